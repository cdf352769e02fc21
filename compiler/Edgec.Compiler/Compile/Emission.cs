using System.Collections.Immutable;
using Edgec.Emit;
using Edgec.Plan;

namespace Edgec.Compile;

/// <summary>What a backend makes of a plan.</summary>
/// <param name="Estimate">Null for a target without a cost model.</param>
public sealed record Emission(ImmutableArray<EmittedFile> Files, Estimate? Estimate);
