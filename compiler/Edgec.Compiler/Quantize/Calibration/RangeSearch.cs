namespace Edgec.Quantize.Calibration;

/// <summary>Finds the ends of a range at which a cost is least, among fractions 2^(-k/64) of the extremes.</summary>
internal static class RangeSearch
{
    private const int StepsPerOctave = 64, CoarseStep = 8, Octaves = 10, MostRounds = 4;

    /// <summary>
    /// Both ends together first, from the extremes inwards, then each end alone while that helps, in steps of an eighth of an
    /// octave; at last in fine steps around the best. Of equal costs the wider range stays.
    /// </summary>
    /// <param name="extremes">What was seen. 0 is always inside the result; an end at 0 stays there.</param>
    /// <param name="cost">Of a range.</param>
    public static ValueRange Minimize(ValueRange extremes, Func<ValueRange, double> cost)
    {
        ValueRange full = extremes.Union(new(0, 0));
        if (full.Lo == full.Hi)
            return full;
        var search = new Search(full, cost);
        search.Try(Steps(0, Octaves * StepsPerOctave, CoarseStep).Select(k => (k, k)));
        search.Alternate(_ => Steps(0, Octaves * StepsPerOctave, CoarseStep));
        search.Alternate(k => Steps(Math.Max(0, k - CoarseStep + 1), k + CoarseStep - 1, 1));
        return search.Best;
    }

    private static IEnumerable<int> Steps(int from, int to, int step)
    {
        for (int k = from; k <= to; k += step)
            yield return k;
    }

    private sealed class Search(ValueRange full, Func<ValueRange, double> cost)
    {
        private (int Lo, int Hi) best;
        private double least = cost(full);

        public ValueRange Best => At(best);

        public void Try(IEnumerable<(int Lo, int Hi)> candidates)
        {
            foreach ((int, int) candidate in candidates)
            {
                double value = cost(At(candidate));
                if (value < least)
                    (least, best) = (value, candidate);
            }
        }

        public void Alternate(Func<int, IEnumerable<int>> candidates)
        {
            for (int round = 0; round < MostRounds; round++)
            {
                (int Lo, int Hi) before = best;
                if (full.Hi > 0)
                    Try(candidates(best.Hi).ToList().Select(k => (before.Lo, k)));
                int hi = best.Hi;
                if (full.Lo < 0)
                    Try(candidates(best.Lo).ToList().Select(k => (k, hi)));
                if (best == before)
                    break;
            }
        }

        private ValueRange At((int Lo, int Hi) steps) => new(full.Lo * Fraction(steps.Lo), full.Hi * Fraction(steps.Hi));

        private static float Fraction(int steps) => (float)Math.Pow(2, -(double)steps / StepsPerOctave);
    }
}
