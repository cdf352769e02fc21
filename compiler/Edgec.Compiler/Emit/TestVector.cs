using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Emit;

/// <summary>Inputs of a model and the outputs expected for them, dense, in the model's order.</summary>
public sealed record TestVector(ImmutableArray<Tensor> Inputs, ImmutableArray<Tensor> Outputs);
