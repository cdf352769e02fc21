using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>
/// Average precision of a CenterNet detector at an overlap of one half, the mean over classes. The outputs are called
/// <c>heatmap</c>, <c>wh</c> and <c>reg</c>, or are three maps of one size in that order, the last two with two channels; or the model decodes them itself and
/// they are called <c>boxes</c>, <c>scores</c> and <c>classes</c>.
/// </summary>
public sealed record Ap50 : IMetric
{
    private const double Overlap = 0.5;

    // So many are kept to be looked at.
    private const int Pictures = 12;

    public string Name => "ap50";

    public bool NeedsFloat => false;

    public IMeasurement Begin(MetricSubject subject) => new Measurement(subject);

    public string Describe(Evaluation result) => result.Float is { } real
        ? $"AP50 on {result.Count} pictures: float {real:f4}, compiled {result.Quantized:f4}"
            + $"\n  compiled - float: {result.Quantized - real:+0.0000;-0.0000;0.0000}, standard error of the pairs {result.StandardError:f4}"
        : $"AP50 on {result.Count} pictures: compiled {result.Quantized:f4}";

    private sealed class Measurement : IMeasurement
    {
        private readonly MetricSubject subject;
        private readonly DetectorPorts ports;
        private readonly ImmutableArray<Detection>[] real;
        private readonly ImmutableArray<Detection>[] compiled;
        private readonly (Box Box, int Class)[][] truth;

        public Measurement(MetricSubject subject)
        {
            this.subject = subject;
            ports = DetectorPorts.Of(subject.Inputs, subject.Outputs);
            if (!subject.Data.HasBoxes)
                throw new DiagnosticException(DataDiagnostics.NoBoxes());
            (real, compiled, truth) = (new ImmutableArray<Detection>[subject.Count], new ImmutableArray<Detection>[subject.Count], new (Box, int)[subject.Count][]);
        }

        public void Add(int index, ImmutableArray<Tensor>? real, ImmutableArray<Tensor> compiled)
        {
            truth[index] = Truth(subject.Data.Boxes(index)!);
            this.compiled[index] = ports.Decode(compiled);
            if (real is { } outputs)
                this.real[index] = ports.Decode(outputs);
        }

        public Evaluation Finish()
        {
            bool paired = !real.Any(r => r.IsDefault);
            AveragePrecision integer = Of(compiled);
            AveragePrecision? single = paired ? Of(real) : null;
            return new(
                "ap50", string.Join(", ", ports.All.Select(port => subject.Outputs[port].Name)), subject.Count, single?.Mean(), integer.Mean(), null,
                StandardError: single is null ? null : Bootstrap.StandardError(subject.Count, copies => integer.Mean(copies) - single.Mean(copies)))
            {
                Pictures = [.. Enumerable.Range(0, IsDrawable(subject.Inputs[0].Shape) ? Math.Min(Pictures, subject.Count) : 0).Select(i => new DetectedPicture(
                    i, subject.Data.Sample(i)[subject.Inputs[0].Name], [.. truth[i]], paired ? real[i] : null, compiled[i]))],
            };
        }

        private static bool IsDrawable(Shape shape) => shape is [1, 1 or 3, _, _] or [1, _, _, 1 or 3];

        private AveragePrecision Of(ImmutableArray<Detection>[] found) => new([.. found.Select(d => (IReadOnlyList<Detection>)d)], truth, Overlap);

        private static (Box, int)[] Truth(Tensor boxes)
        {
            float[] rows = boxes.Span<float>().ToArray();
            return [.. rows.Chunk(5).Where(row => row[4] >= 0).Select(row => (new Box(row[0], row[1], row[2], row[3]), (int)row[4]))];
        }
    }
}
