namespace Edgec.Plan;

/// <summary>A step of a <see cref="BandChain"/>.</summary>
/// <param name="Step">Its index in the plan.</param>
/// <param name="Operand">The operand that the step before it computes; of the first step the image whose rows it reads.</param>
/// <param name="RowElements">Elements of a row of its result.</param>
/// <param name="Rows">Rows of its result that are in memory at one time; of the last step's all.</param>
public sealed record BandLayer(int Step, int Operand, RowReach Reach, int RowElements, int Rows);
