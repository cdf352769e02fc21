using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>The share of samples whose largest output is the label's; of equal outputs the first counts.</summary>
public sealed record Top1 : IMetric
{
    public string Name => "top1";

    public bool NeedsFloat => false;

    public IMeasurement Begin(MetricSubject subject) => new Measurement(subject);

    public string Describe(Evaluation result) => result.Float is { } real
        ? $"top-1 on {result.Count} samples: float {real:p2}, compiled {result.Quantized:p2}, the same class on {result.Agreement:p2}"
            + $"\n  compiled - float: {100 * (result.Quantized - real):+0.00;-0.00;0.00} points, standard error of the pairs {100 * result.StandardError:f2}; compiled with 95 % confidence {100 * result.Interval?.Low:f2} to {100 * result.Interval?.High:f2} %"
        : $"top-1 on {result.Count} samples: compiled {result.Quantized:p2}";

    private sealed class Measurement : IMeasurement
    {
        private readonly MetricSubject subject;
        private readonly int port;
        private readonly Verdict[] verdicts;

        public Measurement(MetricSubject subject)
        {
            (this.subject, port, verdicts) = (subject, subject.Port, new Verdict[subject.Count]);
            if (!subject.Data.HasLabels(Output))
                throw new DiagnosticException(DataDiagnostics.NoLabels(Output));
        }

        private string Output => subject.Outputs[port].Name;

        public void Add(int index, ImmutableArray<Tensor>? real, ImmutableArray<Tensor> compiled)
        {
            int label = subject.Data.Label(index, Output) ?? -1, integer = Largest(compiled[port]);
            int? single = real is { } outputs ? Largest(outputs[port]) : null;
            verdicts[index] = new(single is { } a ? a == label : null, integer == label, single is { } b ? b == integer : null);
        }

        public Evaluation Finish()
        {
            double? real = Share(v => v.Float);
            double compiled = Share(v => v.Quantized) ?? 0;
            return new(
                "top1", Output, subject.Count, real, compiled, Share(v => v.Same),
                real is { } share ? Interval.OfShare(share, subject.Count) : null, Interval.OfShare(compiled, subject.Count), real is null ? null : StandardError());
        }

        // Of the mean of differences that are -1, 0 or 1: √((b + c) - (b - c)²/n) / n, for b samples that only the float
        // model gets right and c that only the compiled one does.
        private double StandardError()
        {
            double lost = verdicts.Count(v => v is { Float: true, Quantized: false }), won = verdicts.Count(v => v is { Float: false, Quantized: true }), n = verdicts.Length;
            return Math.Sqrt(lost + won - (lost - won) * (lost - won) / n) / n;
        }

        private double? Share(Func<Verdict, bool?> of) => verdicts.Average(v => of(v) is { } yes ? yes ? 1.0 : 0.0 : (double?)null);
    }

    private static int Largest(Tensor output)
    {
        ReadOnlySpan<float> values = output.ToF32().Span<float>();
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    private readonly record struct Verdict(bool? Float, bool Quantized, bool? Same);
}
