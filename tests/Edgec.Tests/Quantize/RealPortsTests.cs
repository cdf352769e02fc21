using Edgec.Ir;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Conversion inside a model is that of the caller's side.</summary>
public sealed class RealPortsTests
{
    [Fact]
    public void Real_ports_compute_what_the_boundary_would()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed)), real = RealPorts.Open(typed);
            Assert.All(real.Inputs.Concat(real.Outputs), port => Assert.Equal(ElementType.F32, real.TypeOf(port).Element));
            Dictionary<string, Tensor> inputs = Passes.RandomInputs.For(real);
            IReadOnlyDictionary<string, Tensor> outside = Edgec.Evaluate.Evaluator.Run(Planner.Plan(typed, new PlanOptions(), "test"), inputs);
            IReadOnlyDictionary<string, Tensor> inside = Edgec.Evaluate.Evaluator.Run(Planner.Plan(real, new PlanOptions(), "test"), inputs);
            foreach (string output in typed.Outputs)
                Assert.Equal(outside[output].Span<float>().ToArray(), inside[output].Span<float>().ToArray());
        }
    }

    [Theory]
    [InlineData("x86-64-v3")]
    [InlineData("csharp")]
    public void Bundles_convert_inside(string target)
    {
        Graph real = RealPorts.Open(BuiltBundle.Quantize(RandomGraph.Of(3)));
        Assert.All(BuiltBundle.Compare(real, TargetCatalog.Load(target)), layer => Assert.True(layer.Passed, layer.Name));
    }
}
