using Edgec.Emit.Report;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>A bar for each of the most sensitive layers: the noise it alone makes at the outputs.</summary>
internal static class RankingDrawing
{
    private const double Width = 1120, Left = 290, Right = 130, Top = 22, Bottom = 42, RowHeight = 19, BarHeight = 13;
    private const double PlotWidth = Width - Left - Right;
    private const int MostBars = 40, NameLetters = 42;
    private const double Step = 10, Quietest = 80;

    public static string Draw(SensitivityResult result)
    {
        LayerSensitivity[] layers = [.. result.Layers.Take(MostBars)];
        double[] shown = [.. layers.Select(layer => layer.Alone).Append(result.Quantized).Where(double.IsFinite)];
        double high = Math.Min(Quietest, Math.Ceiling((shown.DefaultIfEmpty(Quietest).Max() + 1) / Step) * Step);
        double low = Math.Min(high - 2 * Step, Math.Floor((shown.DefaultIfEmpty(0).Min() - 1) / Step) * Step);
        double height = Top + layers.Length * RowHeight + Bottom, end = height - Bottom;
        var drawing = new SvgDrawing("Signal to noise ratio at the outputs with one layer in integers, the most sensitive layers first", Width, height);
        for (double at = low; at <= high; at += Step)
        {
            drawing.Line(X(at), Top, X(at), end, "grid");
            drawing.Text(X(at), end + 16, Quantity.Round(at), "middle");
        }

        for (int i = 0; i < layers.Length; i++)
        {
            LayerSensitivity layer = layers[i];
            double y = Top + i * RowHeight;
            drawing.Text(Left - 8, y + RowHeight - 5, ShortName.Of(layer.Name, NameLetters), "end");
            drawing.Rectangle(Left, y + (RowHeight - BarHeight) / 2, X(layer.Alone) - Left, BarHeight, "k-elementwise", Tip(layer));
            drawing.Text(Width - 4, y + RowHeight - 5, $"{Decibels.Difference(layer.Gain)} dB in {layer.Wider}", "end");
        }

        drawing.Line(X(result.Quantized), Top, X(result.Quantized), end, "bound");
        drawing.Text(X(result.Quantized), Top - 7, $"all layers: {Decibels.Text(result.Quantized)} dB", "middle strong");
        drawing.Text(Left + PlotWidth / 2, height - 6, "signal to noise ratio at the outputs, dB, falling", "middle title");
        return drawing.ToString();

        // Less signal to noise is further right.
        double X(double decibel) => Left + PlotWidth * (high - Math.Clamp(decibel, low, high)) / (high - low);
    }

    private static string Tip(LayerSensitivity layer) =>
        $"{layer.Name}: {layer.Operator} in {layer.Precision}\nalone {Decibels.Text(layer.Alone)} dB at the outputs\nown result {Decibels.Text(layer.Local)} dB\n"
        + $"in {layer.Wider} the outputs gain {Decibels.Difference(layer.Gain)} dB\npropagated {Decibels.Text(layer.Propagated)} dB";
}
