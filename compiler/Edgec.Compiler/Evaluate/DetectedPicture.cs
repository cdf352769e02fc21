using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>A picture with what is in it and what was found.</summary>
/// <param name="Picture">As the model takes it: [1,C,H,W] or [1,H,W,C], 1 or 3 channels.</param>
/// <param name="Float">What the float model finds; null where there is none.</param>
public sealed record DetectedPicture(
    int Index, Tensor Picture, ImmutableArray<(Box Box, int Class)> Truth, ImmutableArray<Detection>? Float, ImmutableArray<Detection> Compiled);
