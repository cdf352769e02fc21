using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The attributes that place windows: shared by convolution and pooling. Empty lists mean ONNX's defaults.</summary>
/// <param name="Pads">All begins, then all ends, as ONNX has them.</param>
/// <param name="AutoPad">NOTSET once resolved.</param>
/// <param name="CeilMode">Pooling: count windows that start inside but end outside.</param>
public sealed record WindowAttributes(
    EquatableArray<int> Kernel,
    EquatableArray<int> Strides,
    EquatableArray<int> Dilations,
    EquatableArray<int> Pads,
    string AutoPad = "NOTSET",
    bool CeilMode = false)
{
    /// <remarks>Defaults are the same list whether a model states them or not, so that printing loses nothing.</remarks>
    public static WindowAttributes Read(AttributeReader a)
    {
        EquatableArray<int> kernel = a.Ints("kernel_shape");
        return new(
            kernel, Stated("strides", 1), Stated("dilations", 1), Stated("pads", 0), a.Text("auto_pad", "NOTSET"), a.Flag("ceil_mode"));

        EquatableArray<int> Stated(string name, int usual)
        {
            EquatableArray<int> values = a.Ints(name);
            if (kernel.Count == 0)
                return values.All(value => value == usual) ? [] : values;
            return values.Count > 0 ? values : [.. Enumerable.Repeat(usual, kernel.Count * (name == "pads" ? 2 : 1))];
        }
    }

    public IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Kernel.Count > 0)
                yield return ("kernel_shape", Kernel);
            if (Strides.Any(s => s != 1))
                yield return ("strides", Strides);
            if (Dilations.Any(d => d != 1))
                yield return ("dilations", Dilations);
            if (Pads.Any(p => p != 0))
                yield return ("pads", Pads);
            if (AutoPad != "NOTSET")
                yield return ("auto_pad", AutoPad);
            if (CeilMode)
                yield return ("ceil_mode", true);
        }
    }

    /// <summary>Everything explicit for the given spatial extents, and the output's spatial extents.</summary>
    /// <param name="input">Spatial extents of the input.</param>
    /// <param name="kernel">Spatial extents of the weights; null for pooling, whose kernel is an attribute.</param>
    /// <exception cref="OperatorException">The attributes contradict the extents.</exception>
    public (WindowAttributes Attributes, int[] Output) Resolve(ReadOnlySpan<int> input, int[]? kernel = null)
    {
        int rank = input.Length;
        kernel ??= [.. Kernel];
        if (kernel.Length != rank || (Kernel.Count > 0 && !Kernel.AsSpan().SequenceEqual(kernel)))
            throw OperatorException.Invalid($"kernel_shape {Kernel} does not fit {rank} spatial axes and weights [{string.Join(',', kernel)}].");
        int[] strides = Filled(Strides, rank, "strides"), dilations = Filled(Dilations, rank, "dilations");
        int[] pads = Pads.Count == 0 ? new int[2 * rank] : [.. Pads];
        if (pads.Length != 2 * rank || pads.Any(p => p < 0))
            throw OperatorException.Invalid($"pads {Pads} should be {2 * rank} numbers that are not negative.");
        var output = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            long reach = ((long)kernel[i] - 1) * dilations[i] + 1;
            if (AutoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                long total = Math.Max(((input[i] + strides[i] - 1L) / strides[i] - 1) * strides[i] + reach - input[i], 0);
                long less = total / 2;
                (pads[i], pads[i + rank]) = AutoPad == "SAME_UPPER" ? ((int)less, (int)(total - less)) : ((int)(total - less), (int)less);
            }
            else if (AutoPad == "VALID")
            {
                (pads[i], pads[i + rank]) = (0, 0);
            }
            else if (AutoPad is not ("NOTSET" or ""))
            {
                throw OperatorException.Invalid($"auto_pad {AutoPad} is not one of NOTSET, SAME_UPPER, SAME_LOWER, VALID.");
            }

            long room = (long)input[i] + pads[i] + pads[i + rank] - reach;
            if (room < 0)
                throw OperatorException.Invalid($"The window covers {reach} positions but axis {i} has only {room + reach} with its padding.");
            long count = room / strides[i] + 1;
            if (CeilMode && room % strides[i] != 0 && count * strides[i] < input[i] + pads[i])
                count++; // the last window starts inside the input or its leading padding
            output[i] = (int)count;
        }

        return (new([.. kernel], [.. strides], [.. dilations], [.. pads], "NOTSET", CeilMode), output);
    }

    /// <summary>The same windows with a spatial axis of extent 1 in front of the only one.</summary>
    public WindowAttributes Lift() => new(
        [1, .. Kernel], [1, .. Strides], [1, .. Dilations], [0, Pads[0], 0, Pads[1]], AutoPad, CeilMode);

    /// <summary>The loop nest over a channels-last input.</summary>
    /// <param name="x">[N, H, W, C].</param>
    public WindowGeometry Geometry(Shape x, int outChannels, int[]? kernel, int groups)
    {
        (WindowAttributes a, int[] output) = Resolve([x[1], x[2]], kernel);
        return new(
            x[0], x[1], x[2], x[3], output[0], output[1], outChannels, a.Kernel[0], a.Kernel[1], a.Strides[0], a.Strides[1],
            a.Dilations[0], a.Dilations[1], a.Pads[0], a.Pads[1], groups);
    }

    private static int[] Filled(EquatableArray<int> values, int rank, string name)
    {
        if (values.Count == 0)
            return [.. Enumerable.Repeat(1, rank)];
        if (values.Count != rank || values.Any(v => v < 1))
            throw OperatorException.Invalid($"{name} {values} should be {rank} positive numbers.");
        return [.. values];
    }
}
