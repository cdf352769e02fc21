using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Tests.Ops;

/// <summary>ONNX's Attention as its formula says, in double precision, an element after the other: the oracle where nothing else computes it.</summary>
internal sealed record AttentionFormula(bool Causal, int QueryHeads, int KeyHeads, double Scale, double Softcap, int Step)
{
    /// <summary>The result, all keys and values [Batch, Heads, Tokens, Width], and a step of the scores. A query without an open key gives 0.</summary>
    /// <param name="mask">Broadcast to [Batch, Heads, Queries, Keys]; it may end before the keys do.</param>
    /// <param name="counts">Keys of each batch.</param>
    public Tensor[] Of(Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor? pastKeys, Tensor? pastValues, Tensor? counts)
    {
        bool joined = q.Shape.Rank == 3;
        Values queries = Values.Of(q, QueryHeads, null), keys = Values.Of(k, KeyHeads, pastKeys), values = Values.Of(v, KeyHeads, pastValues);
        int batches = queries.Shape[0], heads = queries.Shape[1], rows = queries.Shape[2], width = queries.Shape[3], columns = keys.Shape[2], share = heads / keys.Shape[1];
        int past = pastKeys?.Shape[2] ?? 0;
        double scale = Scale == 0 ? 1 / Math.Sqrt(width) : Scale;
        Values y = new([batches, heads, rows, values.Shape[3]]), steps = new([batches, heads, rows, columns]);
        for (int at = 0; at < batches * heads * rows; at++)
        {
            (int b, int h, int i) = (at / rows / heads, at / rows % heads, at % rows);
            var scores = new double[columns];
            for (int j = 0; j < columns; j++)
            {
                double raw = scale * Enumerable.Range(0, width).Sum(c => queries[b, h, i, c] * keys[b, h / share, j, c]);
                double capped = Softcap > 0 ? Softcap * Math.Tanh(raw / Softcap) : raw;
                int last = counts is null ? i + past : i + (int)counts.Integer(b) - rows;
                bool open = (!Causal || j <= last) && (counts is null || j < counts.Integer(b));
                scores[j] = open ? capped + Added(mask, steps.Shape, b, h, i, j) : double.NegativeInfinity;
                steps[b, h, i, j] = Step switch { 0 => raw, 1 => capped, _ => scores[j] };
            }

            double highest = scores.Max();
            double[] shares = [.. scores.Select(score => double.IsNegativeInfinity(highest) ? 0 : Math.Exp(score - highest))];
            double sum = Math.Max(shares.Sum(), double.Epsilon);
            for (int j = 0; Step == 3 && j < columns; j++)
                steps[b, h, i, j] = shares[j] / sum;
            for (int c = 0; c < values.Shape[3]; c++)
                y[b, h, i, c] = Enumerable.Range(0, columns).Sum(j => shares[j] / sum * values[b, h / share, j, c]);
        }

        Tensor result = y.Tensor(q.Element);
        return [joined ? result.Transpose([0, 2, 1, 3]).Reshape([batches, rows, heads * values.Shape[3]]) : result, keys.Tensor(q.Element), values.Tensor(q.Element), steps.Tensor(q.Element)];
    }

    private static double Added(Tensor? mask, Shape full, int b, int h, int i, int j)
    {
        if (mask is null)
            return 0;
        int[] place = [b, h, i, j];
        int at = 0;
        for (int axis = 0; axis < mask.Shape.Rank; axis++)
        {
            int extent = mask.Shape[axis], own = place[axis + full.Rank - mask.Shape.Rank];
            if (own >= extent && extent != 1)
                return double.NegativeInfinity;
            at = at * extent + (extent == 1 ? 0 : own);
        }

        return mask.Element == ElementType.Bool ? (mask.Integer(at) != 0 ? 0 : double.NegativeInfinity) : mask.Number(at);
    }

    private sealed class Values(Shape shape)
    {
        private readonly double[] all = new double[shape.ElementCount];

        public Shape Shape => shape;

        public double this[int b, int h, int i, int c]
        {
            get => all[((b * shape[1] + h) * shape[2] + i) * shape[3] + c];
            set => all[((b * shape[1] + h) * shape[2] + i) * shape[3] + c] = value;
        }

        // Of three axes or four, behind what is of the past.
        public static Values Of(Tensor x, int heads, Tensor? past)
        {
            Tensor four = x.Shape.Rank == 4 ? x : x.Reshape([x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads]).Transpose([0, 2, 1, 3]);
            int before = past?.Shape[2] ?? 0;
            var values = new Values(four.Shape.With(2, before + four.Shape[2]));
            int width = four.Shape[3], tokens = values.Shape[2];
            for (int i = 0; i < values.all.Length; i++)
            {
                int head = i / width / tokens, token = i / width % tokens;
                values.all[i] = token < before
                    ? past!.Number((head * before + token) * width + i % width)
                    : four.Number((head * four.Shape[2] + token - before) * width + i % width);
            }

            return values;
        }

        public Tensor Tensor(ElementType element) => Runtime.Tensor.Of<float>(shape, [.. all.Select(value => (float)value)]).ConvertTo(element);
    }
}
