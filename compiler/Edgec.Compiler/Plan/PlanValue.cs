using Edgec.Ir;

namespace Edgec.Plan;

/// <summary>A tensor of the plan: what it is and where its bytes lie.</summary>
/// <param name="Index">Its position in <see cref="ModelPlan.Values"/>.</param>
/// <param name="Name">The value's name in the graph.</param>
/// <param name="Place">For inputs and outputs, <paramref name="Port"/> tells which.</param>
/// <param name="Port">Index among the inputs or outputs; -1 elsewhere.</param>
/// <param name="Offset">Byte offset in the arena or the weight image; 0 for inputs and outputs.</param>
/// <param name="Bytes">Size as stored, padding of rows included; of a <see cref="BandChain"/>'s inner results the rows that are in memory at one time.</param>
/// <param name="FirstStep">The step that writes it, or the first of the chain that does; -1 if it is there from the start.</param>
/// <param name="LastStep">The last step that reads it, or the last of the chain that does; the number of steps if it outlives the run.</param>
/// <param name="Root">The value whose bytes these are: itself, or the value it is a view of.</param>
public sealed record PlanValue(
    int Index, string Name, TensorType Type, Place Place, int Port, long Offset, long Bytes, int FirstStep, int LastStep, int Root);
