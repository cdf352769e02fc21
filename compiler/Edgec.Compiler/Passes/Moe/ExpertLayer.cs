using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes.Moe;

/// <summary>A layer that each expert has: a product with its weights, a bias, then functions of one value; perhaps times another such layer of the same rows.</summary>
/// <param name="Name">The value that the product was called in the model.</param>
/// <param name="Weights">[E·H, D], as <see cref="ExpertMatMul"/> takes them.</param>
/// <param name="Bias">[E·H].</param>
internal sealed record ExpertLayer(string Name, Tensor Weights, Tensor? Bias, Origin Origin, ImmutableArray<ExpertFunction> Functions, ExpertFactor? Factor = null)
{
    /// <summary>This layer times another: SwiGLU and its kin, <c>silu(x · W1) · (x · W3)</c>.</summary>
    public ExpertLayer Times(ExpertLayer other, Node product, IEnumerable<ExpertFunction> functions) =>
        this with { Factor = new(product.Output, other, product.Origin, [.. functions]) };
}

/// <summary>What a layer is multiplied by, element by element.</summary>
/// <param name="Name">The value that the product of both was called.</param>
/// <param name="Functions">Of the product of both.</param>
internal sealed record ExpertFactor(string Name, ExpertLayer Layer, Origin Origin, ImmutableArray<ExpertFunction> Functions);

/// <summary>A function of one value between the layers of experts.</summary>
internal sealed record ExpertFunction(string Name, Unary Op, Origin Origin);
