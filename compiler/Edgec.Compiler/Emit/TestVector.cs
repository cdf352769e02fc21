using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Emit;

/// <summary>Inputs of a model and the outputs expected for them, dense, in the model's order.</summary>
public sealed record TestVector(ImmutableArray<Tensor> Inputs, ImmutableArray<Tensor> Outputs)
{
    /// <summary>The inputs one after the other.</summary>
    public byte[] InputBytes => Join(Inputs);

    /// <summary>The outputs one after the other.</summary>
    public byte[] OutputBytes => Join(Outputs);

    private static byte[] Join(ImmutableArray<Tensor> tensors) => [.. tensors.SelectMany(t => t.Bytes.ToArray())];
}
