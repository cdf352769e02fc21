using System.Collections.Immutable;
using Edgec.Bundle;
using Edgec.Emit;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Compile;

/// <summary>A model compiled for a target, not yet on disk.</summary>
/// <param name="Graph">The typed graph the plan was made from.</param>
/// <param name="Files">The whole bundle, its manifest among them.</param>
/// <param name="Estimate">Null where the target has no cost model.</param>
public sealed record CompiledModel(
    Graph Graph, ModelPlan Plan, Target Target, Manifest Manifest, ImmutableArray<EmittedFile> Files, Estimate? Estimate);
