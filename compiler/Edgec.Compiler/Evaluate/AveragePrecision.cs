namespace Edgec.Evaluate;

/// <summary>
/// How well detections match the truth: the area under the curve of precision over recall, made to fall by taking at each recall the best
/// precision at that recall or a higher one (all-point interpolation; Everingham et al., "The Pascal Visual Object Classes Challenge:
/// A Retrospective", section 3.3, and its development kit of 2012).
/// </summary>
public static class AveragePrecision
{
    /// <summary>The mean over the classes that occur in the truth; 0 if there is none.</summary>
    /// <param name="found">Detections of each picture.</param>
    /// <param name="truth">Boxes of each picture with their classes.</param>
    /// <param name="overlap">The least intersection over union of a match.</param>
    public static double Mean(IReadOnlyList<IReadOnlyList<Detection>> found, IReadOnlyList<IReadOnlyList<(Box Box, int Class)>> truth, double overlap)
    {
        int[] classes = [.. truth.SelectMany(boxes => boxes).Select(box => box.Class).Distinct().Order()];
        return classes.Length == 0 ? 0 : classes.Average(c => OfClass(
            [.. found.SelectMany((detections, picture) => detections.Where(d => d.Class == c).Select(d => (d, picture)))],
            [.. truth.Select(boxes => boxes.Where(box => box.Class == c).Select(box => box.Box).ToArray())],
            overlap));
    }

    private static double OfClass((Detection Detection, int Picture)[] found, Box[][] truth, double overlap)
    {
        var taken = truth.Select(boxes => new bool[boxes.Length]).ToArray();
        bool[] hits = [.. found.OrderByDescending(one => one.Detection.Score).Select(one => Match(one.Detection.Box, truth[one.Picture], taken[one.Picture], overlap))];
        var precision = new double[hits.Length];
        int right = 0;
        for (int i = 0; i < hits.Length; i++)
        {
            right += hits[i] ? 1 : 0;
            precision[i] = right / (double)(i + 1);
        }

        double area = 0, best = 0;
        for (int i = hits.Length - 1; i >= 0; i--)
        {
            best = Math.Max(best, precision[i]);
            area += hits[i] ? best : 0; // recall rises at hits only, by one box each
        }

        return area / truth.Sum(boxes => boxes.Length);
    }

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
