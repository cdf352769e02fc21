using Edgec.Quantize;
using Edgec.Quantize.Weights;

namespace Edgec.Evaluate.Assignment;

/// <summary>
/// What 4 bits instead of 8 cost each output channel of a layer: S_c = Σ_k E[x_k²] (q4(w_ck) - w_ck)², the error that rounding its weights
/// to nearest makes at its output, with inputs that do not correlate. MixLLM (Zheng et al. 2024, §3) puts the gradient of the loss in the
/// place of the inputs; it needs no more than forward passes like this.
/// </summary>
public static class ChannelSalience
{
    /// <param name="statistics">Of the layer's inputs; null counts them all alike.</param>
    /// <param name="bits">Of the narrow channels.</param>
    public static double[] Of(WeightedLayer layer, LayerStatistics? statistics, int bits)
    {
        int highest = (1 << (bits - 1)) - 1;
        double[] scales = Scales.OfWeights(layer.Weights, 0, highest), salience = new double[layer.Outputs];
        for (int group = 0; group < layer.Groups; group++)
        {
            double[]? squares = statistics?.Squares(group);
            for (int output = group * (layer.Outputs / layer.Groups); output < (group + 1) * (layer.Outputs / layer.Groups); output++)
            {
                ReadOnlySpan<float> row = layer.Row(output);
                for (int i = 0; i < row.Length; i++)
                {
                    double error = row[i] - scales[output] * Math.Round(row[i] / scales[output], MidpointRounding.ToEven);
                    salience[output] += (squares?[i] ?? 1) * error * error;
                }
            }
        }

        return salience;
    }
}
