namespace Edgec.Ops;

/// <summary>One axis of a resize.</summary>
/// <param name="Scale">Output over input as the model states it, which need not be exact.</param>
/// <param name="RoiStart">Where tf_crop_and_resize begins, as a fraction of the input.</param>
public readonly record struct ResizeAxis(int Input, int Output, double Scale, double RoiStart, double RoiEnd);
