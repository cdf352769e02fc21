using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Emit;

/// <summary>One input and the output the reference gives for it: goes into every bundle, so that it can test itself.</summary>
public sealed record Vectors(ImmutableArray<Tensor> Inputs, ImmutableArray<Tensor> Outputs)
{
    /// <summary>The inputs one after the other, dense.</summary>
    public byte[] InputBytes => Join(Inputs);

    /// <summary>The outputs one after the other, dense.</summary>
    public byte[] OutputBytes => Join(Outputs);

    private static byte[] Join(ImmutableArray<Tensor> tensors) => [.. tensors.SelectMany(t => t.Bytes.ToArray())];
}
