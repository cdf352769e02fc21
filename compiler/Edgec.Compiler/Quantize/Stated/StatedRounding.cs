using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize.Stated;

/// <summary>
/// The rounding profile a canonical graph brings. A model that states its quantization states how ties round too: ONNX's
/// QuantizeLinear to even, which is <see cref="RoundingProfile.Onnx"/>. Sums that are finished as the model says, number for number
/// (<see cref="SumFinisher"/>), are <see cref="RoundingProfile.Single"/> in any network, and hardware has one profile for all: beside
/// them it stays.
/// </summary>
public static class StatedRounding
{
    public static RoundingProfile Of(Graph graph)
    {
        bool toEven = graph.Nodes.Any(node => node.Op is FakeQuantize or QuantizeLinear)
            && graph.Nodes.All(node => node.Op is not SumFinisher and not FakeQuantize { Rounding: not RoundingMode.HalfEven });
        return toEven ? RoundingProfile.Onnx : graph.Rounding;
    }
}
