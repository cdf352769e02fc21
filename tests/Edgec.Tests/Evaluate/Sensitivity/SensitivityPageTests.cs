using System.Xml.Linq;
using Edgec.Emit;
using Edgec.Evaluate.Sensitivity;
using Edgec.Quantize.Precision;
using Xunit;

namespace Edgec.Tests.Evaluate.Sensitivity;

public sealed class SensitivityPageTests
{
    private const string Hostile = "</title></svg><script>alert(1)</script>\"'>&amp;{{ tool }}\u0000\u202E";

    [Fact]
    public void A_layer_is_a_bar_and_a_row_and_a_value_a_dot()
    {
        XElement page = Page("conv_1");
        Assert.Equal(2, page.Descendants().Count(e => e.Name.LocalName == "rect"));
        Assert.Equal(3, page.Descendants().Count(e => e.Name.LocalName == "circle"));
        Assert.Equal(2, page.Descendants().Where(e => e.Name.LocalName == "tbody").Elements().Count());
        double[] widths = [.. page.Descendants().Where(e => e.Name.LocalName == "rect").Select(e => (double)e.Attribute("width")!)];
        Assert.True(widths[0] > 2 * widths[1], "the bar of the layer that hurts is the longer one");
        string text = page.Value;
        Assert.Contains("conv_1 hurts most: alone in w8a8 it leaves 12.0 dB; in w8a16, all others as they are, the outputs gain +9.5 dB.", text);
        Assert.Contains("exact", text);
    }

    [Fact]
    public void Names_are_text_and_nothing_else()
    {
        XElement page = Page(Hostile);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName == "script");
        Assert.Equal(Page("conv_1").Descendants().Select(e => e.Name), page.Descendants().Select(e => e.Name));
    }

    [Fact]
    public void A_model_without_layers_has_a_page()
    {
        string page = SensitivityPage.Render(new("w8a8", 1, ["y"], double.PositiveInfinity, [], []), "edgec", "m", new Templates());
        Assert.Contains("No layer computes in integers.", page);
    }

    private static XElement Page(string name)
    {
        var result = new SensitivityResult(
            "w8a8", 8, ["y"], 11.5,
            [
                new(1, name, "conv", name, LayerPrecision.W8A8, 40, 12, LayerPrecision.W8A16, 21, 9.5, 20, 0.06),
                new(0, "conv_0", "conv", "v", LayerPrecision.W8A8, 38, 41, LayerPrecision.Float, 11.5, 0, double.PositiveInfinity, 0.0001),
            ],
            [new("x", "input", 48), new("v", "conv", double.PositiveInfinity), new(name, "conv", 20)]);
        string text = SensitivityPage.Render(result, "edgec 1", "m.onnx", new Templates());
        return XDocument.Parse(text[text.IndexOf("<html", StringComparison.Ordinal)..]).Root!;
    }
}
