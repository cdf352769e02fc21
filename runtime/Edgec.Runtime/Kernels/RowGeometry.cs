namespace Edgec.Runtime.Kernels;

/// <summary>Rows along a middle axis: the tensor is [Outer, Length, Inner] and a row is the <c>Length</c> elements with stride <c>Inner</c>.</summary>
public readonly record struct RowGeometry(int Outer, int Length, int Inner);
