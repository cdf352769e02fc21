using Edgec.Plan.Hls;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>The loads of attention by formula, for the three heads of 129 tokens and 64 elements of Edge-MoE's network.</summary>
public sealed class AttentionTrafficTests
{
    private const int Heads = 3, Tokens = 129, Width = 64;
    private const long Compulsory = 4L * Heads * Tokens * Width; // queries, keys, values, results

    [Fact]
    public void Without_an_order_all_keys_are_loaded_for_each_query()
    {
        AttentionTraffic traffic = Planned(null);
        Assert.Equal(Heads * (Tokens * Tokens + Tokens), traffic.UnorderedTokens);
        Assert.Equal(2L * Heads * Tokens * Width + 2L * Heads * Tokens * Tokens * Width, traffic.UnorderedBytes);
        Assert.Equal(traffic.UnorderedTokens, traffic.At(1).StreamedTokens); // one query in flight is no order
    }

    [Theory]
    [InlineData(1, 16641)]
    [InlineData(4, 4257)]
    [InlineData(8, 2193)]
    [InlineData(16, 1161)]
    public void In_order_a_key_and_a_value_are_loaded_a_step(int parallel, int steps)
    {
        AttentionTraffic traffic = Planned(null).At(parallel);
        Assert.False(traffic.Resident);
        Assert.Equal((Heads * (steps + Tokens), Heads * steps), (traffic.StreamedTokens, traffic.ValueLoads));
        Assert.Equal(2L * Heads * Tokens * Width + 2L * Heads * steps * Width, traffic.PlannedBytes);
        Assert.True(traffic.LowerBoundBytes <= traffic.PlannedBytes);
    }

    [Fact]
    public void What_stays_on_chip_is_loaded_once()
    {
        AttentionTraffic resident = Planned(null), streamed = Planned(0);
        Assert.True(resident.Resident);
        Assert.Equal(Compulsory, resident.PlannedBytes);
        Assert.Equal(Compulsory, resident.LowerBoundBytes);
        Assert.False(streamed.Resident);
        Assert.Equal(streamed.StreamedBytes, streamed.PlannedBytes);
        Assert.True(streamed.OnChip < 2 * Tokens * Width && 2 * Tokens * Width < resident.OnChip); // keys and values of a head
    }

    /// <summary>d² = 4096 bytes: below that of matrix products, from there on that of attention.</summary>
    [Theory]
    [InlineData(1024, Heads * 129.0 * 129 * 64 / 32)]
    [InlineData(4096, Heads * 129.0 * 129)]
    [InlineData(1 << 20, 0)]
    public void The_bound_follows_the_memory_at_hand(long bytes, double order)
    {
        AttentionTraffic traffic = Planned(null) with { OnChip = bytes };
        Assert.Equal(Math.Max(Compulsory, order), traffic.LowerBoundBytes, 1e-6);
    }

    [Fact]
    public void Heads_that_share_keys_and_values_load_them_once()
    {
        EngineCase shared = AttentionEngineTests.Attend(new(4), "shared", [Heads, Tokens, Width], [1, Tokens, Width], [1, Tokens, Width]);
        AttentionTraffic traffic = Plan(shared, null).Layers[0].Attention!;
        Assert.Equal(2L * (Heads + 1) * Tokens * Width, traffic.CompulsoryBytes);
    }

    [Fact]
    public void A_plan_says_what_is_in_flight_and_what_stays()
    {
        EngineCase one = Case();
        string resident = HlsPlanPrinter.Print(Plan(one, null)), streamed = HlsPlanPrinter.Print(Plan(one, 0));
        Assert.Matches(@"attention \[3,129,129,64,64\] parallel=\d+ resident cycles=", resident);
        Assert.Matches(@"attention \[3,129,129,64,64\] parallel=\d+ streamed cycles=", streamed);
        Assert.Contains("held=516+516", resident, StringComparison.Ordinal);
        Assert.Contains("held=0+0", streamed, StringComparison.Ordinal);
    }

    private static AttentionTraffic Planned(int? heldWords) => Plan(Case(), heldWords).Layers[0].Attention!;

    private static EngineCase Case() => AttentionEngineTests.Attend(new(3), "tokens", [Heads, Tokens, Width], [Heads, Tokens, Width], [Heads, Tokens, Width]);

    private static HlsPlan Plan(EngineCase one, int? heldWords) =>
        HlsPlanner.Plan(EngineBench.Plan([one]), EngineBench.Board("ultra96"), new(HeldWords: heldWords), "m.onnx");
}
