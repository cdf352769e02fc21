using System.Collections.Immutable;

namespace Edgec.Emit.Report;

/// <summary>
/// Multiply-accumulates a second over multiply-accumulates a byte, both logarithmic, under the ceilings of computing and
/// memory (Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009).
/// </summary>
internal static class RooflineDrawing
{
    private const double Width = 1120, Left = 96, Right = 16, Top = 16, Bottom = 46, Height = 440;
    private const double PlotWidth = Width - Left - Right, PlotHeight = Height - Top - Bottom;
    private const double LetterWidth = 6.3, LetterHeight = 14;
    private const int MostLabels = 8;

    public static string Draw(ReportRoofline roofline, ImmutableArray<ReportLayer> layers)
    {
        var drawing = new SvgDrawing("Roofline: rate of each layer over its operational intensity", Width, Height);
        double peak = roofline.Ceilings.Select(c => c.MacsPerSecond).DefaultIfEmpty(roofline.Points.Max(p => p.MacsPerSecond)).Max();
        double ridge = peak / roofline.BytesPerSecond;
        Axis across = Axis.Over([.. roofline.Points.Select(p => p.MacsPerByte), ridge, 1], Left, PlotWidth);
        Axis up = Axis.Over([.. roofline.Points.Select(p => p.MacsPerSecond), .. roofline.Ceilings.Select(c => c.MacsPerSecond)], Top + PlotHeight, -PlotHeight);
        Grid(drawing, across, up);
        Roof(drawing, roofline, peak, across, up);
        Dots(drawing, roofline, layers, across, up);
        return drawing.ToString();
    }

    private static void Grid(SvgDrawing drawing, Axis across, Axis up)
    {
        foreach (double x in across.Decades)
        {
            drawing.Line(across.At(x), Top, across.At(x), Top + PlotHeight, "grid");
            drawing.Text(across.At(x), Top + PlotHeight + 18, Quantity.Round(x), "middle");
        }

        foreach (double y in up.Decades)
        {
            drawing.Line(Left, up.At(y), Left + PlotWidth, up.At(y), "grid");
            drawing.Text(Left - 8, up.At(y) + 4, Quantity.RoundDecimal(y, "MAC/s"), "end");
        }

        drawing.Text(Left + PlotWidth / 2, Height - 6, "operational intensity, MAC per byte", "middle title");
    }

    private static void Roof(SvgDrawing drawing, ReportRoofline roofline, double peak, Axis across, Axis up)
    {
        double low = Math.Max(across.Low, up.Low / roofline.BytesPerSecond), high = Math.Min(across.High, peak / roofline.BytesPerSecond);
        if (low < high)
        {
            drawing.Line(across.At(low), up.At(low * roofline.BytesPerSecond), across.At(high), up.At(high * roofline.BytesPerSecond), "roof");
            string text = $"memory {Quantity.Decimal(roofline.BytesPerSecond, "B/s")}";
            double middle = Math.Sqrt(low * high), x = across.At(middle), y = up.At(middle * roofline.BytesPerSecond);
            if (x - Left > text.Length * LetterWidth + 20)
                drawing.Text(x - 10, y - 6, text, "end strong halo");
            else
                drawing.Text(x + 10, y + 14, text, "strong halo");
        }

        foreach (ReportCeiling ceiling in roofline.Ceilings)
        {
            double from = Math.Clamp(ceiling.MacsPerSecond / roofline.BytesPerSecond, across.Low, across.High);
            drawing.Line(across.At(from), up.At(ceiling.MacsPerSecond), Left + PlotWidth, up.At(ceiling.MacsPerSecond), "roof");
            drawing.Text(Left + PlotWidth - 4, up.At(ceiling.MacsPerSecond) - 7, $"{ceiling.Name} {Quantity.Decimal(ceiling.MacsPerSecond, "MAC/s")}", "end strong halo");
        }
    }

    private static void Dots(SvgDrawing drawing, ReportRoofline roofline, ImmutableArray<ReportLayer> layers, Axis across, Axis up)
    {
        // Large dots first, so that none hides another.
        ReportPoint[] points = [.. roofline.Points.OrderByDescending(p => Share(layers[p.Layer])).ThenBy(p => p.Layer)];
        foreach (ReportPoint p in points)
        {
            ReportLayer layer = layers[p.Layer];
            string tip = $"{layer.Name}: {layer.Kernel}\n{Quantity.Short(p.MacsPerByte)} MAC/byte, {Quantity.Decimal(p.MacsPerSecond, "MAC/s")}\n{Quantity.Percent(Share(layer))} % of the time";
            drawing.Circle(across.At(p.MacsPerByte), up.At(p.MacsPerSecond), Radius(layer), $"dot k-{layer.Family.ToString().ToLowerInvariant()}", tip);
        }

        var taken = points.Select(p => Box.Around(across.At(p.MacsPerByte), up.At(p.MacsPerSecond), Radius(layers[p.Layer]))).ToList();
        taken.AddRange(RoofBoxes(roofline, across, up));
        foreach (ReportPoint p in points.Take(MostLabels))
            Label(drawing, layers[p.Layer], across.At(p.MacsPerByte), up.At(p.MacsPerSecond), taken);
    }

    // Where the roof's lines and the words above them are.
    private static IEnumerable<Box> RoofBoxes(ReportRoofline roofline, Axis across, Axis up)
    {
        const double Grain = 6, WordsWidth = 330, WordsHeight = 24;
        double[] ceilings = [.. roofline.Ceilings.Select(c => c.MacsPerSecond)];
        for (double x = 0; x < PlotWidth; x += Grain)
        {
            double memory = across.ValueAt(Left + x) * roofline.BytesPerSecond;
            foreach (double y in ceilings.Select(c => Math.Min(c, memory)).DefaultIfEmpty(memory))
                yield return Box.Around(Left + x, up.At(y), Grain / 2);
        }

        foreach (double ceiling in ceilings)
            yield return new(Left + PlotWidth - WordsWidth, up.At(ceiling) - WordsHeight, WordsWidth, WordsHeight);
    }

    // Beside, above or below its dot, or across a corner of it, wherever nothing is yet; else not at all: the tip has it.
    private static void Label(SvgDrawing drawing, ReportLayer layer, double x, double y, List<Box> taken)
    {
        string text = ShortName.Of(layer.Value, 26);
        double w = text.Length * LetterWidth, r = Radius(layer) + 4;
        Box[] places =
        [
            new(x + r, y - LetterHeight / 2, w, LetterHeight),
            new(x - r - w, y - LetterHeight / 2, w, LetterHeight),
            new(x - w / 2, y - r - LetterHeight, w, LetterHeight),
            new(x - w / 2, y + r, w, LetterHeight),
            new(x + r, y + r / 2, w, LetterHeight),
            new(x - r - w, y - r / 2 - LetterHeight, w, LetterHeight),
        ];
        foreach (Box place in places)
        {
            if (place.X < Left || place.X + w > Left + PlotWidth || place.Y < Top || place.Y + LetterHeight > Top + PlotHeight || taken.Exists(place.Meets))
                continue;
            taken.Add(place);
            drawing.Text(place.X, place.Y + LetterHeight - 3, text, "halo");
            return;
        }
    }

    private static double Share(ReportLayer layer) => layer.Estimate?.TimeShare ?? 0;

    // The area tells the share of time.
    private static double Radius(ReportLayer layer) => 3.5 + 18 * Math.Sqrt(Share(layer));

    private readonly record struct Box(double X, double Y, double W, double H)
    {
        public static Box Around(double x, double y, double radius) => new(x - radius, y - radius, 2 * radius, 2 * radius);

        public bool Meets(Box other) => X < other.X + other.W && other.X < X + W && Y < other.Y + other.H && other.Y < Y + H;
    }

    /// <summary>Whole decades from below the least value to above the greatest.</summary>
    private readonly record struct Axis(int LowPower, int HighPower, double Start, double Length)
    {
        private const int FewestDecades = 2;

        public double Low => Math.Pow(10, LowPower);

        public double High => Math.Pow(10, HighPower);

        public IEnumerable<double> Decades => Enumerable.Range(LowPower, HighPower - LowPower + 1).Select(p => Math.Pow(10, p));

        public static Axis Over(IReadOnlyList<double> values, double start, double length)
        {
            int low = (int)Math.Floor(Math.Log10(values.Min() * 0.8)), high = (int)Math.Ceiling(Math.Log10(values.Max() * 1.3));
            return new(Math.Min(low, high - FewestDecades), high, start, length);
        }

        public double At(double value) => Start + Length * (Math.Log10(value) - LowPower) / (HighPower - LowPower);

        public double ValueAt(double place) => Math.Pow(10, LowPower + (place - Start) / Length * (HighPower - LowPower));
    }
}
