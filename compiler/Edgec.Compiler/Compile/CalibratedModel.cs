using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Quantize;
using Edgec.Quantize.Calibration;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;

namespace Edgec.Compile;

/// <summary>A model whose values have been looked at, so that it can be quantized, by as many plans as one likes.</summary>
/// <param name="canonical">The float graph, perhaps equalized.</param>
/// <param name="values">The ranges of every float value.</param>
/// <param name="weights">Chooses the integers of weights.</param>
/// <param name="finish">Gives a quantized graph the ports and the rounding that were asked for.</param>
/// <param name="model">The model's file name, for diagnostics.</param>
/// <param name="narrow">The target has 8 bits only, see <see cref="Quantizer.Quantize"/>.</param>
public sealed class CalibratedModel(Graph canonical, ImmutableArray<CalibratedValue> values, WeightQuantizer weights, Func<Graph, Graph> finish, string model, bool narrow = false)
{
    private readonly IReadOnlyDictionary<string, ValueRange> ranges = values.Ranges();
    private readonly IReadOnlyDictionary<string, ValueRange> wide = values.WideRanges();

    /// <summary>The float graph that is quantized.</summary>
    public Graph Canonical => canonical;

    /// <summary>The graph in a precision. May be called from several threads, each with a bag of its own.</summary>
    /// <param name="split">False to leave layers whole, see <see cref="Quantizer.Quantize"/>.</param>
    /// <exception cref="DiagnosticException">The plan does not fit the model, or asks for what a layer cannot have.</exception>
    public Graph Quantize(PrecisionPlan plan, DiagnosticBag bag, bool split = true)
    {
        if (plan.IsFloat)
            return canonical;
        Graph quantized = finish(Quantizer.Quantize(canonical, ranges, plan, bag, model, weights, split, wide, narrow));
        Verifier.Verify(quantized, model, "quantize", bag);
        bag.ThrowIfErrors();
        return quantized;
    }
}
