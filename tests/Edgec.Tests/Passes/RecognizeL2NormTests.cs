using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Tests.Import;
using Xunit;

namespace Edgec.Tests.Passes;

public sealed class RecognizeL2NormTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-6)]
    public void A_division_by_ReduceL2_becomes_one_normalization(double least)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 6, 3, 5)
            .Node("ReduceL2", "x", "n", attributes: ModelBuilder.Attribute("axes", new long[] { 1 }))
            .Floats("e", (float)least)
            .Node(least == 0 ? "Identity" : "Max", least == 0 ? "n" : "n e", "c")
            .Node("Div", "x c", "y").Output("y");
        var diagnostics = new DiagnosticBag();
        Graph canonical = Pipelines.Canonical.Run(model.Import(diagnostics), new("m.onnx", diagnostics)), ready = Pipelines.Optimize.Run(canonical, new("m.onnx", diagnostics));
        Assert.Empty(diagnostics.Items);
        RandomInputs.AssertSameAnswer(canonical, ready);
        Assert.Equal(least == 0 ? 0 : 1, ready.Nodes.Count(node => node.Op is RmsNormalization)); // without a least norm 0/0 is asked for
    }
}
