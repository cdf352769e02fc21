using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>Adds up noise over samples and over the values of interest. Samples may come in any order and from several threads.</summary>
/// <param name="values">How many values there are; each weighs the same, however large its numbers.</param>
public sealed class NoiseMeter(int samples, int values)
{
    private readonly Noise[] parts = new Noise[samples * values];

    public void Add(int sample, int value, Tensor wanted, Tensor got) => parts[sample * values + value] = Noise.Between(wanted, got);

    /// <summary>Adds all values of interest of a sample, as real numbers.</summary>
    public void Add(int sample, ImmutableArray<string> names, RunValues wanted, RunValues got)
    {
        for (int value = 0; value < names.Length; value++)
            Add(sample, value, wanted.Real(names[value]), got.Real(names[value]));
    }

    /// <summary>Noise over signal, each value over all samples, the mean over the values; those without any signal do not count.</summary>
    public double Ratio
    {
        get
        {
            double sum = 0;
            int counted = 0;
            for (int value = 0; value < values; value++)
            {
                Noise total = default;
                for (int sample = 0; sample < samples; sample++)
                    total += parts[sample * values + value];
                if (total.Signal == 0)
                    continue;
                sum += total.Ratio;
                counted++;
            }

            return counted == 0 ? 0 : sum / counted;
        }
    }
}
