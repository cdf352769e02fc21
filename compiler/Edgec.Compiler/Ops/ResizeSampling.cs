namespace Edgec.Ops;

/// <summary>How a resized axis samples the input, in ONNX's terms.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="Transformation">From an output index to an input coordinate: half_pixel, asymmetric, align_corners, ….</param>
/// <param name="Nearest">How nearest rounds; <c>simple</c> is what operator sets before 11 do.</param>
public sealed record ResizeSampling(
    string Mode, string Transformation, string Nearest, float CubicA, bool ExcludeOutside, float Extrapolation, bool Antialias)
{
    private static readonly ResizeSampling Newest = new("nearest", "half_pixel", "round_prefer_floor", -0.75f, false, 0, false);

    /// <summary>What Upsample and the first Resize do.</summary>
    public static ResizeSampling Legacy(string mode) => Newest with
    {
        Mode = mode == "bilinear" ? "linear" : mode,
        Transformation = "asymmetric",
        Nearest = "simple",
    };

    public static ResizeSampling Read(AttributeReader a)
    {
        var sampling = new ResizeSampling(
            a.Text("mode", Newest.Mode), a.Text("coordinate_transformation_mode", Newest.Transformation), a.Text("nearest_mode", Newest.Nearest),
            a.Float("cubic_coeff_a", Newest.CubicA), a.Flag("exclude_outside"), a.Float("extrapolation_value", 0), a.Flag("antialias"));
        if (sampling.Mode is not ("nearest" or "linear" or "cubic"))
            throw OperatorException.Invalid($"Resize mode {sampling.Mode} is not one of nearest, linear, cubic.");
        return sampling;
    }

    public IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Mode != Newest.Mode)
                yield return ("mode", Mode);
            if (Transformation != Newest.Transformation)
                yield return ("coordinate_transformation_mode", Transformation);
            if (Nearest != Newest.Nearest)
                yield return ("nearest_mode", Nearest);
            if (CubicA != Newest.CubicA)
                yield return ("cubic_coeff_a", CubicA);
            if (ExcludeOutside)
                yield return ("exclude_outside", true);
            if (Extrapolation != 0)
                yield return ("extrapolation_value", Extrapolation);
            if (Antialias)
                yield return ("antialias", true);
        }
    }

    /// <summary>The input coordinate of an output index; null where the extrapolation value stands.</summary>
    public double? Coordinate(int index, in ResizeAxis axis)
    {
        double scale = axis.Scale, length = axis.Input * scale;
        switch (Transformation)
        {
            case "half_pixel":
                return (index + 0.5) / scale - 0.5;
            case "half_pixel_symmetric":
                return axis.Input / 2.0 * (1 - axis.Output / length) + (index + 0.5) / scale - 0.5;
            case "pytorch_half_pixel":
                return axis.Output > 1 ? (index + 0.5) / scale - 0.5 : 0;
            case "align_corners":
                return length == 1 ? 0 : index * (axis.Input - 1) / (length - 1);
            case "asymmetric":
                return index / scale;
            case "tf_half_pixel_for_nn":
                return (index + 0.5) / scale;
            case "tf_crop_and_resize":
                double reach = (axis.RoiEnd - axis.RoiStart) * (axis.Input - 1);
                double x = axis.RoiStart * (axis.Input - 1) + (length == 1 ? reach / 2 : index * reach / (length - 1));
                return x < 0 || x > axis.Input - 1 ? null : x;
            default:
                throw OperatorException.Invalid($"coordinate_transformation_mode {Transformation} is not known. Use half_pixel or asymmetric.");
        }
    }

    /// <summary>The input index that nearest takes for an output index; -1 where the extrapolation value stands.</summary>
    public int NearestIndex(int index, in ResizeAxis axis)
    {
        if (Coordinate(index, axis) is not { } x)
            return -1;
        double whole = Nearest switch
        {
            "round_prefer_floor" => Math.Ceiling(x - 0.5),
            "round_prefer_ceil" => Math.Floor(x + 0.5),
            "floor" => Math.Floor(x),
            "ceil" => Math.Ceiling(x),
            "simple" => axis.Scale < 1 ? Math.Ceiling(x) : Math.Truncate(x),
            _ => throw OperatorException.Invalid($"nearest_mode {Nearest} is not known. Use round_prefer_floor, round_prefer_ceil, floor or ceil."),
        };
        return (int)Math.Clamp(whole, 0, axis.Input - 1);
    }

    /// <summary>The weights of the input indices First, First + 1, … for an output index; null where the extrapolation value stands.</summary>
    /// <remarks>Indices may lie outside the input: they stand for its first or last element.</remarks>
    public (int First, double[] Weights)? Taps(int index, in ResizeAxis axis)
    {
        if (Coordinate(index, axis) is not { } x)
            return null;
        // The pixel to the left of x, so that the distance to it is in (0, 1].
        int left = (int)Math.Ceiling(x) - 1;
        double ratio = x - left, scale = Antialias ? Math.Min(axis.Scale, 1) : 1;
        int support = Mode == "cubic" ? 2 : 1, first = (int)Math.Floor(-support / scale) + 1, count = 2 - 2 * first;
        var weights = new double[count];
        for (int i = 0; i < count; i++)
        {
            double distance = Math.Abs((first + i - ratio) * scale);
            weights[i] = Mode == "cubic" ? Cubic(distance) : Math.Max(1 - distance, 0);
            if (ExcludeOutside && (uint)(left + first + i) >= (uint)axis.Input)
                weights[i] = 0;
        }

        if (Antialias || ExcludeOutside)
        {
            double sum = weights.Sum();
            weights = [.. weights.Select(weight => weight / sum)];
        }

        return (left + first, weights);
    }

    /// <summary>The convolution kernel of Keys with parameter a.</summary>
    private double Cubic(double x)
    {
        double a = CubicA;
        return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
    }
}
