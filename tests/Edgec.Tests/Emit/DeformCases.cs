using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Deformable convolutions: full, grouped, depthwise, with windows too large to be sampled whole; each with several forms of offsets.</summary>
internal static class DeformCases
{
    private static readonly WindowGeometry Plain = new(1, 7, 9, 12, 7, 9, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1);

    private static readonly (string Label, WindowGeometry Window, int OffsetGroups)[] Geometries =
    [
        ("full", Plain with { Batch = 2 }, 3),
        ("grouped", Plain with { Groups = 2, StrideY = 2, OutHeight = 4, DilationX = 2, PadLeft = 2 }, 2),
        ("depthwise", Plain with { Channels = 70, OutChannels = 70, Groups = 70 }, 2),
        ("depth multiplier", Plain with { Channels = 4, Groups = 4 }, 1),
        ("many elements", Plain with { Height = 2, Width = 2, OutHeight = 2, OutWidth = 1, Channels = 1030, OutChannels = 3 }, 1),
        ("even", Plain with { KernelHeight = 2, KernelWidth = 4, OutHeight = 8, OutWidth = 8 }, 1),
    ];

    public static IEnumerable<KernelCase> All(ElementType element)
    {
        var random = new Random(11);
        foreach ((string label, WindowGeometry g, int offsetGroups) in Geometries)
        {
            bool odd = g.KernelHeight % 2 == 1 && g.KernelWidth % 2 == 1;
            yield return Case(random, $"deform {label}", element, g, offsetGroups, ElementType.I8, square: false, fraction: 4, masked: false);
            yield return Case(random, $"deform {label} rounded", element, g, offsetGroups, ElementType.I16, square: odd, fraction: 0, masked: label == "depthwise");
            yield return Case(random, $"deform {label} modulated", element, g, offsetGroups, ElementType.I16, square: false, fraction: 4, masked: true);
            if (odd)
                yield return Case(random, $"deform {label} square", element, g, offsetGroups, ElementType.I8, square: true, fraction: 6, masked: false);
        }

        // Masks of 8 bits, with the zero point they have, and one below which factors are 0.
        foreach ((string label, WindowGeometry g, int offsetGroups) in element == ElementType.F32 ? [] : Geometries)
        {
            ElementType moves = label == "grouped" ? ElementType.I16 : ElementType.I8;
            yield return Masked(Case(random, $"deform {label} narrow mask", element, g, offsetGroups, moves, square: false, fraction: 4, masked: true), -128);
            yield return Masked(Case(random, $"deform {label} rounded narrow mask", element, g, offsetGroups, moves, square: false, fraction: 0, masked: true), -28);
        }
    }

    private static KernelCase Masked(KernelCase wide, int zero) => wide with
    {
        Kernel = (DeformKernel)wide.Kernel with { MaskZero = zero },
        Operands = wide.Operands.SetItem(2, new(ElementType.I8, wide.Operands[2].Shape)),
    };

    private static KernelCase Case(
        Random random, string label, ElementType element, WindowGeometry g, int offsetGroups, ElementType moves, bool square, int fraction, bool masked)
    {
        bool real = element == ElementType.F32;
        int inner = g.KernelHeight * g.KernelWidth * g.Channels / g.Groups;
        // Bounds cut some of the offsets that operands of all their range hold.
        float reach = fraction == 0 ? 2 : real ? 1.5f : Math.Min(3 << fraction, 120);
        var sampling = new DeformSampling(offsetGroups, square, fraction, -reach, reach / 2);
        Tensor weights = real ? RandomTensor.F32(random, g.OutChannels, g.KernelHeight, g.KernelWidth, g.Channels / g.Groups)
            : RandomTensor.I8(random, g.OutChannels, g.KernelHeight, g.KernelWidth, g.Channels / g.Groups);
        if (!real && masked)
            weights = Tensor.PackI4(weights.Shape, [.. weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))]);
        Tensor bias = real ? RandomTensor.F32(random, g.OutChannels) : RandomTensor.I32(random, 5000, g.OutChannels);
        Finish finish = real ? new FloatFinish(-30, float.PositiveInfinity)
            : RequantizeModel.RandomFinish(random, g.OutChannels, Math.ScaleB(0.06 / inner, -fraction) * (masked ? 16 : 1), -127, 126);
        var kernel = new DeformKernel(g, sampling, masked, weights, bias, finish, real ? 0 : random.Next(-128, 128));
        Shape x = [g.Batch, g.Height, g.Width, g.Channels], offsets = [g.Batch, g.OutHeight, g.OutWidth, sampling.Offsets(g)];
        Shape mask = [g.Batch, g.OutHeight, g.OutWidth, offsetGroups * g.KernelHeight * g.KernelWidth];
        TensorType[] operands = [new(element, x), new(real ? element : moves, offsets), .. masked ? [new TensorType(real ? element : ElementType.I16, mask)] : Array.Empty<TensorType>()];
        return new(label, kernel, new(element, [g.Batch, g.OutHeight, g.OutWidth, g.OutChannels]), [.. operands]);
    }
}
