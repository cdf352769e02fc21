using CsCheck;
using Edgec.Plan;
using Xunit;

namespace Edgec.Tests.Planning;

public sealed class ArenaLayoutTests
{
    private static readonly Gen<ArenaBlock[]> Blocks =
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 30], Gen.Int[0, 10]).Array[1, 40]
            .Select(rows => rows.Select((r, i) => new ArenaBlock(i, r.Item1, r.Item2, r.Item2 + r.Item3)).ToArray());

    [Fact]
    public void Blocks_that_live_together_never_overlap() => Blocks.Sample(blocks =>
    {
        ArenaLayout layout = ArenaLayout.Of(blocks, 64);
        foreach (ArenaBlock a in blocks)
        {
            Assert.Equal(0, layout.Offset(a.Id) % 64);
            Assert.True(layout.Offset(a.Id) + a.Bytes <= layout.Bytes);
            foreach (ArenaBlock b in blocks.Where(b => b.Id > a.Id && b.Overlaps(a)))
                Assert.True(layout.Offset(a.Id) + a.Bytes <= layout.Offset(b.Id) || layout.Offset(b.Id) + b.Bytes <= layout.Offset(a.Id));
        }
    });

    [Fact]
    public void The_lower_bound_is_one_and_order_does_not_matter() => Blocks.Sample(blocks =>
    {
        ArenaLayout layout = ArenaLayout.Of(blocks, 1), reversed = ArenaLayout.Of([.. blocks.Reverse()], 1);
        Assert.True(layout.Bytes >= layout.LowerBound);
        Assert.All(blocks, block => Assert.Equal(layout.Offset(block.Id), reversed.Offset(block.Id)));
    });

    [Fact]
    public void Blocks_that_never_meet_share_their_bytes()
    {
        ArenaLayout layout = ArenaLayout.Of([new(0, 100, 0, 1), new(1, 100, 2, 3), new(2, 50, 1, 2)], 1);
        Assert.Equal(layout.Offset(0), layout.Offset(1));
        Assert.Equal(150, layout.Bytes);
        Assert.Equal(150, layout.LowerBound);
    }
}
