namespace Edgec.Evaluate;

/// <summary>An object a network found.</summary>
/// <param name="Score">How sure it is, 0 to 1.</param>
public readonly record struct Detection(Box Box, int Class, float Score);
