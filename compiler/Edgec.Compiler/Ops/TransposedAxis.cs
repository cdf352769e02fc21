namespace Edgec.Ops;

/// <summary>
/// One axis of a transposed convolution: input i and kernel position k meet in output <c>i · Stride + k · Dilation - Begin</c>.
/// </summary>
internal readonly record struct TransposedAxis(int Input, int Output, int Kernel, int Stride, int Dilation, int Begin)
{
    /// <summary>The axis that lifts one spatial axis to two.</summary>
    public static readonly TransposedAxis One = new(1, 1, 1, 1, 1, 0);

    /// <param name="output">The extent the model asks for; pads follow from it, and what nothing reaches is zero.</param>
    public static TransposedAxis Of(
        int input, int kernel, int stride, int dilation, int begin, int end, int outputPadding, int? output, string autoPad)
    {
        long natural = (input - 1L) * stride + outputPadding + (kernel - 1L) * dilation + 1;
        if (autoPad is not ("NOTSET" or "" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw OperatorException.Invalid($"auto_pad {autoPad} is not one of NOTSET, SAME_UPPER, SAME_LOWER, VALID.");
        if (autoPad is "SAME_UPPER" or "SAME_LOWER" && output is null)
            output = checked(input * stride);
        if (output is { } wanted)
        {
            long total = Math.Max(natural - wanted, 0);
            begin = (int)(autoPad == "SAME_UPPER" ? total / 2 : total - total / 2);
            return new(input, wanted, kernel, stride, dilation, begin);
        }

        if (autoPad == "VALID")
            (begin, end) = (0, 0);
        long extent = natural - begin - end;
        return extent is > 0 and <= Extents.MaxElements && (kernel - 1L) * dilation <= Extents.MaxElements
            ? new(input, (int)extent, kernel, stride, dilation, begin)
            : throw OperatorException.Invalid($"ConvTranspose pads away more than the {natural} positions it makes, or makes too many.");
    }

    /// <summary>How many input positions before its own an output block reads.</summary>
    public int Reach => (Kernel - 1) * Dilation / Stride;

    /// <summary>Whole blocks of outputs that <see cref="Begin"/> cuts off and that need not be computed.</summary>
    public int Skipped => Math.Min(Begin / Stride, Reach);

    /// <summary>Outputs to drop before the first one.</summary>
    public int Crop => Begin - Skipped * Stride;

    /// <summary>Padding of the input before and behind, so that there are enough blocks.</summary>
    public (int Before, int Behind) Pads => (Reach - Skipped, Math.Max((Crop + Output + Stride - 1) / Stride - Input + Skipped, 0));

    /// <summary>The kernel position that joins an output at <paramref name="place"/> in its block with input <c>block - step</c>; -1 if there is none.</summary>
    public int Position(int place, int step)
    {
        int distance = step * Stride + place;
        return distance % Dilation == 0 && distance / Dilation < Kernel ? distance / Dilation : -1;
    }
}
