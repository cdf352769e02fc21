using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Plan;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Xunit;

namespace Edgec.Tests.Planning;

public sealed class BandSearchTests
{
    private static readonly PlanOptions Whole = new(), Banded = new(Bands: true, Panels: true);

    private static readonly Graph Block = GraphParser.Parse(
        """
        graph @block canonical
          input %x : f32[1,16,16,8]
          %a = conv(%x, #w0, #b0) {kernel_shape=[1,1], activation=[0.0,6.0], channels_last=1} : f32[1,16,16,24] ; Expand
          %b = conv(%a, #w1, #b0) {kernel_shape=[3,3], pads=[1,1,1,1], group=24, activation=[0.0,6.0], channels_last=1} : f32[1,16,16,24] ; Depthwise
          %y = conv(%b, #w2, #b2) {kernel_shape=[1,1], channels_last=1} : f32[1,16,16,8] ; Project
          output %y
          const #w0 : f32[24,1,1,8] = random(1)
          const #b0 : f32[24] = random(2)
          const #w1 : f32[24,3,3,1] = random(3)
          const #w2 : f32[8,1,1,24] = random(4)
          const #b2 : f32[8] = random(5)
        """,
        "block.ir",
        new DiagnosticBag())!;

    [Fact]
    public void Random_networks_take_no_more_room_and_what_lives_together_never_overlaps()
    {
        int chains = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed, seed % 2 == 1));
            ModelPlan whole = Planner.Plan(typed, Whole, "test"), plan = Planner.Plan(typed, Banded, "test");
            Assert.True(plan.Bands.IsEmpty ? plan.ArenaBytes == whole.ArenaBytes : plan.ArenaBytes < whole.ArenaBytes, $"seed {seed}");
            chains += plan.Bands.Length;
            ArenaBlock[] blocks = [.. ArenaBlock.Of(plan)];
            long At(ArenaBlock block) => plan.Values[block.Id].Offset;
            Assert.All(blocks, a => Assert.True(At(a) + a.Bytes <= plan.ArenaBytes));
            Assert.All(blocks, a => Assert.All(
                blocks.Where(b => b.Id > a.Id && b.Overlaps(a)), b => Assert.True(At(a) + a.Bytes <= At(b) || At(b) + b.Bytes <= At(a), $"seed {seed}: {a} and {b}")));
            foreach (BandChain chain in plan.Bands)
            {
                // All that a chain reads or writes is there as long as it runs.
                IEnumerable<int> touched = plan.Steps.Where(step => chain.Has(step.Index)).SelectMany(step => step.Operands.Append(step.Result)).Select(v => plan.Values[v].Root);
                Assert.All(touched.Where(root => plan.Values[root].Place == Place.Arena), root =>
                    Assert.True(plan.Values[root].FirstStep <= chain.First && plan.Values[root].LastStep >= chain.Last));
            }
        }

        Assert.InRange(chains, 10, int.MaxValue);
    }

    [Fact]
    public void Weights_that_each_call_prepares_ask_for_higher_bands()
    {
        ModelPlan plan = Planner.Plan(BuiltBundle.Quantize(Block), new PlanOptions(Bands: true), "test");
        Assert.Equal(4, Assert.Single(plan.Bands).Rows);
    }

    [Fact]
    public void A_block_of_a_mobile_network_runs_in_bands()
    {
        ModelPlan plan = Planner.Plan(BuiltBundle.Quantize(Block), Banded, "test");
        BandChain chain = Assert.Single(plan.Bands);
        // 16 rows of 24 channels, of which a 3x3 window needs three.
        Assert.Contains("rows=1 of 16 holding", PlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Contains(chain.Layers, layer => layer is { Rows: 3, RowElements: 16 * 24 });
        Assert.InRange(plan.ArenaBytes, 1, Planner.Plan(BuiltBundle.Quantize(Block), Whole, "test").ArenaBytes / 2);
    }

    [Fact]
    public void Windows_that_leave_out_the_first_rows_take_no_part()
    {
        Assert.True(new RowReach(4, 4, 1, 0, 1).IsWhole);
        Assert.False(new RowReach(3, 4, 1, -1, 1).IsWhole);
    }

    [Fact]
    public void Only_processors_take_bands()
    {
        Graph typed = BuiltBundle.Quantize(Block);
        ImmutableArray<BandChain> Of(string target) => Planner.Plan(typed, Edgec.Compile.Backends.PlanOptions(TargetCatalog.Load(target), null), "test").Bands;
        Assert.NotEmpty(Of("cortex-a72"));
        Assert.Empty(Of("csharp"));
        Assert.Empty(Of("ultra96"));
    }
}
