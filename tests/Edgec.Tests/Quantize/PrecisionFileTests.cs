using CsCheck;
using Edgec.Diagnostics;
using Edgec.Quantize.Precision;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class PrecisionFileTests
{
    private static readonly Gen<LayerPrecision> Precisions =
        Gen.Select(Gen.OneOf([.. LayerPrecision.All.Select(p => Gen.Const(p))]), Gen.OneOf(Gen.Const(0), Gen.Int[2, 512]), Gen.Int[0, 30].Array[0, 9], Gen.Int[0, 4], (precision, group, wide, rank) =>
            precision.IsFloat ? precision : precision with { WeightGroup = group, Wide = wide.Length == 0 ? null : ChannelSet.Of(wide), Rank = rank });

    private static readonly Gen<PrecisionPlan> Plans = Gen.Select(
        Precisions,
        Precisions,
        Gen.Select(Gen.String[Gen.Char["ab/*\\#= \t\n\"é.:"], 1, 8], Precisions).Array[0, 4],
        (standard, ends, rules) => rules.Aggregate(
            new PrecisionPlan(standard, ends, []), (plan, rule) => plan.With(rule.Item1, rule.Item2)));

    [Fact]
    public void What_is_printed_reads_back() =>
        Plans.Sample(plan => Assert.Equal(plan, PrecisionFile.Parse(plan.ToString(), "plan")));

    [Fact]
    public void A_name_taken_literally_matches_itself_and_nothing_else() =>
        Gen.Select(Gen.String[Gen.Char["ab*\\#= \n"], 1, 6], Gen.String[Gen.Char["ab*\\#= \n"], 1, 6]).Sample((name, other) =>
        {
            var pattern = NamePattern.Exactly(name);
            Assert.True(pattern.Matches(name));
            Assert.Equal(name == other, pattern.Matches(other));
            Assert.Equal(name, pattern.ToString());
        });

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "a/b", true)]
    [InlineData("a*", "b/a", false)]
    [InlineData("*/conv*", "stem/conv_1", true)]
    [InlineData("a*b*c", "aXbbXc", true)]
    [InlineData("a*b*c", "aXbbXd", false)]
    [InlineData(@"a\*", "ab", false)]
    public void A_star_stands_for_any_characters(string pattern, string name, bool matches) =>
        Assert.Equal(matches, new NamePattern(pattern).Matches(name));

    [Fact]
    public void A_plan_with_comments_and_without_ends()
    {
        PrecisionPlan plan = PrecisionFile.Parse("# weights of four bits\r\n\r\ndefault = w4a8 group 32 # all\r\n  layer a\\ b=w8a16\r\nlayer c/* = fp32", "plan");
        Assert.Equal(
            new(new(4, 8, 32), LayerPrecision.W8A8, [new(new(@"a\ b"), LayerPrecision.W8A16), new(new("c/*"), LayerPrecision.Float)]), plan);
        Assert.Equal("w4a8 group 32 and 2 rules", plan.Summary);
        Assert.Equal("w4a8", PrecisionFile.Parse("default = w4a8", "plan").Summary);
        Assert.Equal(PrecisionPlan.W8A8, PrecisionFile.Parse("", "plan"));
    }

    [Theory]
    [InlineData("default = w3a8", "(1,11)", "expected one of fp32, w8a8, w4a8, w8a16, w4a16, found 'w3a8'.")]
    [InlineData("\n  layer = w8a8", "(2,9)", "expected the name of a layer, found '='.")]
    [InlineData("layer a b = w8a8", "(1,9)", "expected '=', found 'b'.")]
    [InlineData("default = w4a8 group 1", "(1,22)", "expected a group of 2 to 65536 weights, found '1'.")]
    [InlineData("default = fp32 group 32", "(1,16)", "expected the end of the line, found 'group'.")]
    [InlineData("default = w4a8 wide", "(1,20)", "expected a channel from 0 to 65535, found the end of the line.")]
    [InlineData("default = w4a8 wide 3-", "(1,23)", "expected a channel from 3 on, found the end of the line.")]
    [InlineData("default = w4a8 wide 3-2", "(1,23)", "expected a channel from 3 on, found '2'.")]
    [InlineData("default = w4a8 wide 70000", "(1,21)", "expected a channel from 0 to 65535, found '70000'.")]
    [InlineData("default = w4a16 rank 0", "(1,22)", "expected a rank of 1 to 4096, found '0'.")]
    [InlineData("weights = w8a8", "(1,1)", "expected the end of the line or 'default', 'ends' or 'layer', found 'weights'.")]
    [InlineData("ends =", "(1,7)", "expected one of fp32, w8a8, w4a8, w8a16, w4a16, found the end of the line.")]
    [InlineData("ends = w8a8\nends = w8a8", "(2,1)", "'ends' stands here a second time. Remove one.")]
    public void A_fault_is_told_with_line_and_column(string text, string at, string message)
    {
        Diagnostic fault = Assert.Single(Assert.Throws<DiagnosticException>(() => PrecisionFile.Parse(text, "my.plan")).Diagnostics);
        Assert.Equal(("EC3030", "my.plan" + at, message), (fault.Code, fault.Location, fault.Message));
    }

    [Fact]
    public void Wide_channels_in_any_order()
    {
        LayerPrecision precision = PrecisionFile.ParseWords("w4a8 wide 17 , 2-3,0-2,4")!;
        Assert.Equal(("w4a8 wide 0-4,17", "w4a8 wide (6 channels)", 6), (precision.ToString(), precision.Brief, precision.Wide!.Count));
        Assert.Equal(precision, PrecisionFile.ParseWords(precision.ToString()));
        Assert.Equal(["4 8 8 8 8 8 4"], [string.Join(' ', new[] { 16, 17, 0, 1, 3, 4, 5 }.Select(precision.BitsOf))]);
        Assert.Equal(LayerPrecision.W8A8, PrecisionPlan.EndsOf(precision));
    }

    [Fact]
    public void Every_faulty_line_is_told()
    {
        var fault = Assert.Throws<DiagnosticException>(() => PrecisionFile.Parse("a\ndefault = w8a8\nb\nlayer", "p"));
        Assert.Equal(["p(1,1)", "p(3,1)", "p(4,6)"], fault.Diagnostics.Select(d => d.Location));
    }

    [Fact]
    public void A_file_that_is_absent_or_too_long()
    {
        Assert.Equal("EC3032", Assert.Throws<DiagnosticException>(() => PrecisionFile.Load("no/such.plan")).Diagnostics[0].Code);
        string longText = new('#', PrecisionFile.LongestText + 1);
        Assert.Equal("EC3034", Assert.Throws<DiagnosticException>(() => PrecisionFile.Parse(longText, "p")).Diagnostics[0].Code);
    }
}
