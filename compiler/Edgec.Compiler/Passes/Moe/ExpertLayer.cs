using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes.Moe;

/// <summary>A layer that each expert has: a product with its weights, a bias, then functions of one value.</summary>
/// <param name="Name">The value that the product was called in the model.</param>
/// <param name="Weights">[E·H, D], as <see cref="ExpertMatMul"/> takes them.</param>
/// <param name="Bias">[E·H].</param>
internal sealed record ExpertLayer(string Name, Tensor Weights, Tensor? Bias, Origin Origin, ImmutableArray<ExpertFunction> Functions);

/// <summary>A function of one value between the layers of experts.</summary>
internal sealed record ExpertFunction(string Name, Unary Op, Origin Origin);
