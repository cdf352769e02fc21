using System.Collections.Immutable;

namespace Edgec.Emit.Report;

/// <summary>The arena over time: steps to the right, byte offsets upwards, a rectangle for each block.</summary>
internal static class MemoryMapDrawing
{
    private const double Width = 1120, Left = 76, Right = 12, Top = 20, Bottom = 40, Height = 420;
    private const double PlotWidth = Width - Left - Right, PlotHeight = Height - Top - Bottom;
    private const double LetterWidth = 6.1, LetterHeight = 13;
    private const int MostLabels = 60, FewestLetters = 5;

    public static string Draw(ImmutableArray<ReportBlock> blocks, ReportTotals totals)
    {
        var drawing = new SvgDrawing("Memory map: which bytes of the arena hold which value at each step", Width, Height);
        double step = PlotWidth / Math.Max(1, totals.Layers), bytes = PlotHeight / Math.Max(1, totals.ArenaBytes);
        Axes(drawing, totals, step, bytes);
        foreach (ReportBlock block in blocks)
        {
            (double x, double y, double w, double h) = Place(block, step, bytes);
            drawing.Rectangle(x, y, w, h, $"block k-{block.Family.ToString().ToLowerInvariant()}", Tip(block));
        }

        foreach (ReportBlock block in blocks.OrderByDescending(b => b.Bytes).ThenBy(b => b.FirstStep).Take(MostLabels))
            Label(drawing, block.Value, Place(block, step, bytes));
        double bound = Top + PlotHeight - totals.ArenaLowerBound * bytes;
        drawing.Line(Left, bound, Left + PlotWidth, bound, "bound");
        drawing.Text(Left + PlotWidth, bound - 5, $"lower bound {Quantity.Bytes(totals.ArenaLowerBound)}", "end strong");
        if (bound - Top >= LetterHeight)
        {
            drawing.Line(Left, Top, Left + PlotWidth, Top, "grid");
            drawing.Text(Left + PlotWidth, Top - 5, $"arena {Quantity.Bytes(totals.ArenaBytes)}", "end strong");
        }

        return drawing.ToString();
    }

    private static void Axes(SvgDrawing drawing, ReportTotals totals, double step, double bytes)
    {
        long byteStep = 1;
        while (totals.ArenaBytes / byteStep > 6)
            byteStep *= 2;
        for (long at = 0; at <= totals.ArenaBytes; at += byteStep)
        {
            double y = Top + PlotHeight - at * bytes;
            drawing.Line(Left, y, Left + PlotWidth, y, "grid");
            drawing.Text(Left - 8, y + 4, at == 0 ? "0" : Quantity.RoundBytes(at), "end");
        }

        int stepStep = RoundStep(totals.Layers, 20);
        for (int at = 0; at < totals.Layers; at += stepStep)
            drawing.Text(Left + (at + 0.5) * step, Top + PlotHeight + 16, Quantity.Count(at), "middle");
        drawing.Text(Left + PlotWidth / 2, Height - 4, "step", "middle title");
    }

    /// <summary>The least of 1, 2, 5, 10, 20, … that makes at most <paramref name="most"/> steps of the extent.</summary>
    private static int RoundStep(int extent, int most)
    {
        for (int power = 1; ; power *= 10)
        {
            foreach (int digit in (ReadOnlySpan<int>)[1, 2, 5])
            {
                if (extent / (digit * power) <= most)
                    return digit * power;
            }
        }
    }

    private static (double X, double Y, double W, double H) Place(ReportBlock block, double step, double bytes)
    {
        double h = block.Bytes * bytes;
        return (Left + block.FirstStep * step, Top + PlotHeight - block.Offset * bytes - h, (block.LastStep + 1 - block.FirstStep) * step, h);
    }

    private static void Label(SvgDrawing drawing, string name, (double X, double Y, double W, double H) at)
    {
        bool turned = at.W < at.H && Letters(at.W) < ShortName.Of(name).Length && at.W >= LetterHeight;
        (double along, double across) = turned ? (at.H, at.W) : (at.W, at.H);
        if (across < LetterHeight || Letters(along) < FewestLetters)
            return;
        string text = ShortName.Of(name, Letters(along));
        double x = at.X + at.W / 2, y = at.Y + at.H / 2;
        drawing.Text(turned ? x + 4 : x, turned ? y : y + 4, text, "middle inside", turned);
    }

    private static int Letters(double room) => (int)((room - 6) / LetterWidth);

    private static string Tip(ReportBlock block)
    {
        string views = block.Views.IsEmpty ? "" : $"\nalso {string.Join(", ", block.Views)}";
        return $"{block.Value} : {block.Type}\n{Quantity.Count(block.Bytes)} bytes at {Quantity.Count(block.Offset)}\nsteps {block.FirstStep} to {block.LastStep}{views}";
    }
}
