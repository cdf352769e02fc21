namespace Edgec.Evaluate;

/// <summary>
/// How well detections match the truth: the area under the curve of precision over recall, made to fall by taking at each recall the best
/// precision at that recall or a higher one (all-point interpolation; Everingham et al., "The Pascal Visual Object Classes Challenge:
/// A Retrospective", section 3.3, and its development kit of 2012).
/// </summary>
public sealed class AveragePrecision
{
    private readonly ClassRanking[] classes;

    /// <param name="found">Detections of each picture.</param>
    /// <param name="truth">Boxes of each picture with their classes.</param>
    /// <param name="overlap">The least intersection over union of a match.</param>
    public AveragePrecision(IReadOnlyList<IReadOnlyList<Detection>> found, IReadOnlyList<IReadOnlyList<(Box Box, int Class)>> truth, double overlap) =>
        classes = [.. truth.SelectMany(boxes => boxes).Select(box => box.Class).Distinct().Order().Select(c => ClassRanking.Of(
            [.. found.SelectMany((detections, picture) => detections.Where(d => d.Class == c).Select(d => (d, picture)))],
            [.. truth.Select(boxes => boxes.Where(box => box.Class == c).Select(box => box.Box).ToArray())],
            overlap))];

    /// <summary>The mean over the classes that occur in the truth; 0 if there is none.</summary>
    public static double Mean(IReadOnlyList<IReadOnlyList<Detection>> found, IReadOnlyList<IReadOnlyList<(Box Box, int Class)>> truth, double overlap) =>
        new AveragePrecision(found, truth, overlap).Mean();

    /// <summary>The same, with a picture counted as often as a list says; null for once each. Classes that then do not occur are left out.</summary>
    public double Mean(ReadOnlySpan<int> copies = default)
    {
        double sum = 0;
        int occurring = 0;
        foreach (ClassRanking ranking in classes)
        {
            if (ranking.Area(copies) is not { } area)
                continue;
            sum += area;
            occurring++;
        }

        return occurring == 0 ? 0 : sum / occurring;
    }

    /// <summary>The detections of a class, the best first: matching is a matter of each picture, and done once.</summary>
    private sealed record ClassRanking((bool IsHit, int Picture)[] Ranked, int[] Boxes)
    {
        public static ClassRanking Of((Detection Detection, int Picture)[] found, Box[][] truth, double overlap)
        {
            var taken = truth.Select(boxes => new bool[boxes.Length]).ToArray();
            return new(
                [.. found.OrderByDescending(one => one.Detection.Score).Select(one => (Match(one.Detection.Box, truth[one.Picture], taken[one.Picture], overlap), one.Picture))],
                [.. truth.Select(boxes => boxes.Length)]);
        }

        public double? Area(ReadOnlySpan<int> copies)
        {
            var precision = new double[Ranked.Length];
            int right = 0, all = 0, boxes = 0;
            for (int picture = 0; picture < Boxes.Length; picture++)
                boxes += Boxes[picture] * Copies(copies, picture);
            if (boxes == 0)
                return null;
            for (int i = 0; i < precision.Length; i++)
            {
                (bool isHit, int picture) = Ranked[i];
                int count = Copies(copies, picture);
                all += count;
                right += isHit ? count : 0;
                precision[i] = all == 0 ? 0 : right / (double)all;
            }

            double area = 0, best = 0;
            for (int i = precision.Length - 1; i >= 0; i--)
            {
                best = Math.Max(best, precision[i]);
                area += Ranked[i].IsHit ? best * Copies(copies, Ranked[i].Picture) : 0; // recall rises at hits only, by one box each
            }

            return area / boxes;
        }

        private static int Copies(ReadOnlySpan<int> copies, int picture) => copies.IsEmpty ? 1 : copies[picture];

        // The box that overlaps most decides: if an earlier detection has it, this one is wrong, even if another box would do.
        private static bool Match(Box box, Box[] truth, bool[] taken, double overlap)
        {
            if (truth.Length == 0)
                return false;
            int best = Enumerable.Range(0, truth.Length).MaxBy(i => box.Overlap(truth[i]));
            if (box.Overlap(truth[best]) < overlap || taken[best])
                return false;
            return taken[best] = true;
        }
    }
}
