using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>
/// Weights of 8 or 4 bits, [columns, inner], in the order in which vector units take them: panels of 16 columns, the last of 8 where 8 are enough,
/// each [(inner + 1) / 2, columns, 2], with zeros for columns and elements there are none of. Each expert has panels of its own. Those of a
/// depthwise convolution, of 8 bits, are [(taps + 1) / 2, channels, 2].
/// </summary>
public static class WeightPanels
{
    /// <summary>The role of the constant that takes the place of <c>weights</c>.</summary>
    public const string Role = "panels";

    /// <summary>Columns of a panel.</summary>
    public const int Columns = 16;

    /// <summary>Longest inner axis: at least four rows of it lie in the runtime's buffer (edgec_panel_i8.h).</summary>
    public const int MostInner = 4608;

    /// <summary>Most taps of a depthwise kernel of which the runtime keeps the places at hand (edgec_depthwise_i8.h).</summary>
    public const int MostTaps = 256;

    private const int Narrow = 8;

    /// <summary>A kernel's constants, its weights as panels where every row of activations meets them whole.</summary>
    /// <param name="activations">The element type of the kernel's first operand.</param>
    public static IEnumerable<KernelConstant> Constants(Kernel kernel, ElementType activations) => Serve(kernel, activations)
        ? kernel.Constants.Select(c => c.Role == "weights" ? new(Role, Pack(c.Value, kernel)) : c)
        : kernel.Constants;

    /// <summary>Elements of the panels of so many columns.</summary>
    public static int Elements(int columns, int inner) => (inner + 1) / 2 * 2 * Width(columns);

    private static bool Serve(Kernel kernel, ElementType activations) => activations == ElementType.I8 && kernel switch
    {
        MatmulKernel { Weights: { Element: ElementType.I8 or ElementType.I4 } weights, Geometry: { RightTransposed: true, BroadcastLeft: false } g } =>
            g.Inner is > 0 and <= MostInner && (g.BroadcastRight || g.Batch == 1) && weights.Count == (long)g.Columns * g.Inner,
        WindowKernel { Mode: WindowMode.Convolution, Weights.Element: ElementType.I8 or ElementType.I4, Geometry: { Groups: 1 } g } =>
            g.KernelHeight * g.KernelWidth * g.Channels is > 0 and <= MostInner,
        WindowKernel { Mode: WindowMode.Convolution, Weights.Element: ElementType.I8, Geometry: var g } =>
            g.Channels >= Narrow && g.Groups == g.Channels && g.Groups == g.OutChannels && g.KernelHeight * g.KernelWidth <= MostTaps,
        ExpertMatmulKernel { Weights.Element: ElementType.I8 or ElementType.I4, Geometry: { Columns: > 0, Inner: > 0 and <= MostInner } } => true,
        _ => false,
    };

    private static int Width(int columns) =>
        columns % Columns is > 0 and <= Narrow ? columns / Columns * Columns + Narrow : (columns + Columns - 1) / Columns * Columns;

    private static Tensor Pack(Tensor weights, Kernel kernel) => kernel switch
    {
        WindowKernel { Geometry.Groups: > 1 } => PackTaps(weights),
        ExpertMatmulKernel { Geometry.Experts: var experts } => Pack(weights, experts),
        _ => Pack(weights, experts: 1),
    };

    // Weights are [channels, taps].
    private static Tensor PackTaps(Tensor weights)
    {
        int channels = weights.Shape[0], taps = weights.Count / channels;
        ReadOnlySpan<sbyte> source = weights.Span<sbyte>();
        var packed = new sbyte[(taps + 1) / 2 * channels * 2];
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < taps; tap++)
                packed[(tap / 2 * channels + c) * 2 + tap % 2] = source[c * taps + tap];
        }

        return Tensor.Of([packed.Length], packed);
    }

    // Weights are [experts · columns, …].
    private static Tensor Pack(Tensor weights, int experts)
    {
        int columns = weights.Shape[0] / experts, inner = weights.Count / weights.Shape[0], elements = Elements(columns, inner);
        ReadOnlySpan<sbyte> source = weights.Element == ElementType.I4 ? Int4.Unpack(weights.Bytes, weights.Count) : weights.Span<sbyte>();
        var packed = new sbyte[experts * elements];
        for (int e = 0; e < experts; e++)
            Pack(source.Slice(e * columns * inner, columns * inner), columns, inner, packed.AsSpan(e * elements, elements));
        return weights.Element == ElementType.I4 ? Tensor.PackI4([packed.Length], packed) : Tensor.Of([packed.Length], packed);
    }

    private static void Pack(ReadOnlySpan<sbyte> source, int columns, int inner, Span<sbyte> packed)
    {
        int width = Width(columns), at = 0;
        for (int first = 0; first < columns; first += Columns)
        {
            int panel = Math.Min(Columns, width - first);
            for (int k = 0; k < inner; k += 2)
            {
                for (int c = first; c < first + panel; c++)
                {
                    for (int i = k; i < k + 2; i++)
                        packed[at++] = c < columns && i < inner ? source[c * inner + i] : (sbyte)0;
                }
            }
        }
    }
}
