using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>Signal to quantization noise of an output over all samples, in dB: the float model's energy over that of the difference.</summary>
public sealed record Sqnr : IMetric
{
    public string Name => "sqnr";

    public bool NeedsFloat => true;

    public IMeasurement Begin(MetricSubject subject) => new Measurement(subject);

    public string Describe(Evaluation result) => $"signal to quantization noise on {result.Count} samples: {result.Quantized:f1} dB";

    private sealed class Measurement(MetricSubject subject) : IMeasurement
    {
        private readonly int port = subject.Port;
        private readonly (double Signal, double Noise)[] energies = new (double, double)[subject.Count];

        public void Add(int index, ImmutableArray<Tensor>? real, ImmutableArray<Tensor> compiled)
        {
            ReadOnlySpan<float> wanted = real!.Value[port].ToF32().Span<float>(), got = compiled[port].ToF32().Span<float>();
            double signal = 0, noise = 0;
            for (int i = 0; i < wanted.Length; i++)
            {
                double difference = (double)wanted[i] - got[i];
                signal += (double)wanted[i] * wanted[i];
                noise += difference * difference;
            }

            energies[index] = (signal, noise);
        }

        public Evaluation Finish()
        {
            double noise = energies.Sum(e => e.Noise);
            double decibel = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(energies.Sum(e => e.Signal) / noise);
            return new("sqnr", subject.Outputs[port].Name, subject.Count, null, decibel, null);
        }
    }
}
