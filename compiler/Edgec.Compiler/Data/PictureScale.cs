using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>What each byte of each channel becomes: <c>(u8/255 - mean) / std</c>, rounded once.</summary>
internal sealed class PictureScale
{
    private readonly float[][] tables;

    private PictureScale(double[] mean, double[] std) => tables =
        [.. mean.Zip(std, (m, s) => Enumerable.Range(0, 256).Select(value => (float)((value / 255.0 - m) / s)).ToArray())];

    /// <summary>256 values for the bytes of a channel.</summary>
    public ReadOnlySpan<float> this[int channel] => tables[channel];

    /// <param name="mean">From the data, which knows better than the options; null if it does not say.</param>
    /// <param name="std">Likewise.</param>
    public static PictureScale Of(
        PictureInput input, string path, DataOptions options, DiagnosticBag diagnostics, double[]? mean = null, double[]? std = null)
    {
        if (!input.Element.IsFloat() && options.Mean.Length + options.Std.Length > 0)
            diagnostics.Add(Diagnostic.Warning("EC7031", path, $"The model's input {input.Name} is u8 and takes pixels as they are: --mean and --std do nothing."));
        mean ??= options.Mean.Length > 0 ? [.. options.Mean] : null;
        std ??= options.Std.Length > 0 ? [.. options.Std] : null;
        if (mean is null && std is null && input.Element.IsFloat())
            diagnostics.Add(Diagnostic.Warning("EC7030", path, "No mean and std are given, so pixels become 0 to 1. Give --mean and --std as the model was trained with."));
        return new(Spread(mean ?? [0], "mean", _ => true), Spread(std ?? [1], "std", value => value > 0));

        double[] Spread(double[] values, string name, Func<double, bool> allowed)
        {
            if (values.Length != 1 && values.Length != input.Channels || !values.All(value => double.IsFinite(value) && allowed(value)))
                throw DataError.At(path, "EC7024", $"{name} is {string.Join(' ', values.Take(8))} and should be 1 or {input.Channels} numbers{(name == "std" ? " above zero" : "")}.");
            return values.Length == input.Channels ? values : [.. Enumerable.Repeat(values[0], input.Channels)];
        }
    }
}
