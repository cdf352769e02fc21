using System.Collections.Immutable;
using Edgec.Emit.Report;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>The signal to noise ratio of every value, from the inputs on the left to the outputs on the right.</summary>
internal static class PropagationDrawing
{
    private const double Width = 1120, Left = 60, Right = 16, Top = 16, Bottom = 42, Height = 300;
    private const double PlotWidth = Width - Left - Right, PlotHeight = Height - Top - Bottom;
    private const double Step = 10, Most = 80;

    public static string Draw(ImmutableArray<ValueNoise> values)
    {
        double[] shown = [.. values.Select(value => value.Decibel).Where(double.IsFinite)];
        double high = Math.Min(Most, Math.Ceiling((shown.DefaultIfEmpty(Most).Max() + 1) / Step) * Step);
        double low = Math.Min(high - 2 * Step, Math.Floor((shown.DefaultIfEmpty(0).Min() - 1) / Step) * Step);
        var drawing = new SvgDrawing("Signal to noise ratio of every value in the order of computing", Width, Height);
        for (double at = low; at <= high; at += Step)
        {
            drawing.Line(Left, Y(at), Left + PlotWidth, Y(at), "grid");
            drawing.Text(Left - 8, Y(at) + 4, $"{Quantity.Round(at)} dB", "end");
        }

        for (int i = 1; i < values.Length; i++)
            drawing.Line(X(i - 1), Y(values[i - 1].Decibel), X(i), Y(values[i].Decibel), "grid");
        for (int i = 0; i < values.Length; i++)
            drawing.Circle(X(i), Y(values[i].Decibel), values.Length > 200 ? 2.2 : 3.5, "dot k-convolution", $"{values[i].Value}\n{values[i].Operator}\n{Decibels.Text(values[i].Decibel)} dB");
        drawing.Text(Left + PlotWidth / 2, Height - 6, "values, from the inputs to the outputs", "middle title");
        return drawing.ToString();

        double X(int index) => Left + (values.Length == 1 ? PlotWidth / 2 : PlotWidth * (index + 0.5) / values.Length);
        double Y(double decibel) => Top + PlotHeight * (high - Math.Clamp(decibel, low, high)) / (high - low);
    }
}
