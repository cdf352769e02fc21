namespace Edgec.Runtime.Kernels;

/// <summary>Convolution of i8 images whose weights have a multiplier for each group of them.</summary>
public static class GroupedWindow
{
    /// <summary>finish(bias + Σ over groups multiplier · (Σ weight · (x - zero))); positions outside the image count as real 0.</summary>
    /// <param name="size">Weights of a group, consecutive in an output's.</param>
    /// <param name="multipliers">[OutChannels, groups].</param>
    /// <param name="bias">[OutChannels], or empty for none.</param>
    public static void Convolve(
        in WindowGeometry g, ReadOnlySpan<sbyte> x, int zero, ReadOnlySpan<sbyte> weights, int size, ReadOnlySpan<byte> multipliers,
        ReadOnlySpan<int> bias, Requantizer finish, Span<sbyte> y, int firstRow, int endRow)
    {
        int perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int length = g.KernelHeight * g.KernelWidth * perGroup;
        long[] corrections = GroupedDot.Corrections(weights, size, multipliers, bias, zero, g.OutChannels, length);
        var patch = new sbyte[length];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
                for (int group = 0; group < g.Groups; group++)
                {
                    IntegerWindow.GatherPatch(g, x, row, ox, group * perGroup, perGroup, (sbyte)zero, patch);
                    for (int oc = group * outPerGroup; oc < (group + 1) * outPerGroup; oc++)
                    {
                        long sum = corrections[oc] + GroupedDot.Product(patch, weights, size, multipliers, oc);
                        y[(row * g.OutWidth + ox) * g.OutChannels + oc] = finish.Apply<sbyte>(sum, oc);
                    }
                }
    }
}
