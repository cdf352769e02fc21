namespace Edgec.Emit.C;

/// <summary>What the C backend is told beside the plan and the target.</summary>
/// <param name="Tool">Name and version of the compiler, for the heads of files.</param>
/// <param name="Model">File name of the model, for the heads of files.</param>
/// <param name="SingleFile">All of it in <c>model.c</c>, weights too.</param>
public sealed record COptions(string Tool, string Model, bool SingleFile = false);
