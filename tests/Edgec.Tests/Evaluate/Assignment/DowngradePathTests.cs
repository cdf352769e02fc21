using System.Collections.Immutable;
using CsCheck;
using Edgec.Evaluate.Assignment;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Xunit;

namespace Edgec.Tests.Evaluate.Assignment;

public sealed class DowngradePathTests
{
    private static readonly LayerPrecision[] Precisions = [LayerPrecision.W8A16, LayerPrecision.W8A8, LayerPrecision.W4A8];

    // Three choices each, on a convex curve of noise over price.
    private static readonly Gen<ImmutableArray<LayerChoices>> Layers =
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int[1, 50]).Array[1, 5].Select(layers => layers
            .Select((layer, i) =>
            {
                (int saved1, int noise1, int saved2, int more) = layer;
                // slope of the second step is at least that of the first
                double second = (noise1 / (double)saved1 * saved2) + more;
                return Layer(i, (0, 0), (-saved1, noise1), (-saved1 - saved2, noise1 + second));
            }).ToImmutableArray());

    [Fact]
    public void Every_place_on_the_path_is_the_best_of_its_price() => Layers.Sample(layers =>
    {
        var path = new DowngradePath(layers);
        Assert.Equal(2 * layers.Length, path.Count);
        for (int count = 0; count <= path.Count; count++)
        {
            ImmutableArray<LayerChoice> chosen = path.At(count);
            double price = chosen.Sum(c => c.Price), noise = chosen.Sum(c => c.Noise);
            Assert.DoesNotContain(All(layers), other => other.Price <= price + 1e-9 && other.Noise < noise - 1e-9 * (1 + noise));
        }
    }, iter: 200);

    [Fact]
    public void It_begins_with_the_least_noise_and_ends_with_the_least_price() => Layers.Sample(layers =>
    {
        var path = new DowngradePath(layers);
        Assert.Equal(All(layers).Min(a => a.Noise), path.At(0).Sum(c => c.Noise), 1e-9);
        Assert.Equal(All(layers).Min(a => a.Price), path.At(path.Count).Sum(c => c.Price), 1e-9);
        for (int count = 1; count <= path.Count; count++)
            Assert.True(path.At(count).Sum(c => c.Price) < path.At(count - 1).Sum(c => c.Price));
    }, iter: 50);

    [Fact]
    public void A_limit_is_kept_and_no_step_that_would_keep_it_is_left() => Gen.Select(Layers, Gen.Int[0, 200]).Sample((layers, limit) =>
    {
        ImmutableArray<LayerChoice> chosen = new DowngradePath(layers).Within(limit);
        double noise = chosen.Sum(c => c.Noise);
        Assert.True(noise <= limit);
        for (int i = 0; i < layers.Length; i++)
            Assert.DoesNotContain(layers[i].Options, option => option.Price < chosen[i].Price && noise - chosen[i].Noise + option.Noise <= limit);
    }, iter: 100);

    [Fact]
    public void Of_choices_as_good_the_cheaper_one_is_the_start()
    {
        var path = new DowngradePath([Layer(0, (0, 1), (-5, 1), (-9, 2))]);
        Assert.Equal((1, LayerPrecision.W8A8), (path.Count, path.At(0)[0].Precision));
    }

    private static LayerChoices Layer(int index, params (double Price, double Noise)[] options)
    {
        var node = new Node($"n{index}", Unary.Relu, ["x"], [$"v{index}"], Origin.None);
        return new(
            new(node, $"n{index}", LayerPrecision.W8A8, 0),
            [.. options.Select((option, i) => new LayerChoice(Precisions[i], option.Noise, new(0, 0, null), option.Price))]);
    }

    private static IEnumerable<(double Price, double Noise)> All(ImmutableArray<LayerChoices> layers) => layers.Aggregate(
        (IEnumerable<(double Price, double Noise)>)[(0, 0)],
        (sums, layer) => [.. sums.SelectMany(sum => layer.Options.Select(option => (sum.Price + option.Price, sum.Noise + option.Noise)))]);
}
