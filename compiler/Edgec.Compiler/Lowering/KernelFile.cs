namespace Edgec.Lowering;

/// <summary>A C# source holding kernel classes.</summary>
/// <param name="Path">As diagnostics print it.</param>
public sealed record KernelFile(string Path, string Text);
