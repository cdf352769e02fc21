using System.Globalization;
using System.Text;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Tests.Quantize;

namespace Edgec.Tests.Backends;

/// <summary>
/// Random networks that arrive quantized, as QDQ and as operators on integers: u8 and i8, odd scales and zero points, weights with one
/// scale or one a channel. Beside the network stands what each of its layers is in exact arithmetic.
/// </summary>
internal sealed class RandomStatedGraph
{
    private readonly Random random;
    private readonly StringBuilder nodes = new(), constants = new();
    private readonly List<StatedValue> values = [];

    private RandomStatedGraph(int seed) => random = new(seed);

    /// <summary>The quantized values in order; the first is the input.</summary>
    public IReadOnlyList<StatedValue> Values => values;

    public static RandomStatedGraph Of(int seed)
    {
        var graph = new RandomStatedGraph(seed);
        int[] shape = [1, graph.random.Next(1, 7), graph.random.Next(5, 9), graph.random.Next(5, 9)];
        graph.Quantize("x", shape, [], _ => [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => StatedRational.Of(graph.random.NextSingle() * 2 - 0.9f))]);
        for (int i = 0; i < 7; i++)
            graph.Grow();
        graph.Head();
        return graph;
    }

    /// <summary>The network as imported.</summary>
    /// <param name="open">Every value is an output.</param>
    public Graph Imported(bool open)
    {
        IEnumerable<int> outputs = open ? Enumerable.Range(1, values.Count - 1) : [values.Count - 1];
        return StatedNetworks.Parse($"graph @stated imported\n  input %x : f32[{string.Join(',', values[0].Shape)}]\n{nodes}"
            + string.Concat(outputs.Select(i => $"  output %r{i}\n")) + constants + "\n");
    }

    private void Grow()
    {
        int x = random.Next(Math.Max(0, values.Count - 3), values.Count);
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                Convolve(x, depthwise: false);
                break;
            case 3:
                Convolve(x, depthwise: true);
                break;
            case 4 or 5:
                Combine(x, values.FindLastIndex(v => v.Shape.SequenceEqual(values[x].Shape)), random.Next(2) == 0 ? "add" : "mul");
                break;
            case 6:
                Concatenate(x, values.FindLastIndex(v => v.Shape[2] == values[x].Shape[2] && v.Shape[3] == values[x].Shape[3]));
                break;
            default:
                Pool(x, mean: random.Next(2) == 0);
                break;
        }
    }

    private void Convolve(int x, bool depthwise)
    {
        StatedValue v = values[x];
        int channels = v.Shape[1], outputs = depthwise ? channels : random.Next(1, 9), kernel = random.Next(2) * 2 + 1, stride = v.Shape[2] > 4 ? random.Next(1, 3) : 1, pad = kernel / 2;
        int inner = depthwise ? 1 : channels, height = (v.Shape[2] + 2 * pad - kernel) / stride + 1, width = (v.Shape[3] + 2 * pad - kernel) / stride + 1;
        bool perChannel = random.Next(2) == 0, unsigned = !perChannel && random.Next(3) == 0, relu = random.Next(2) == 0, operation = !relu && random.Next(2) == 0;
        int zero = unsigned ? 128 : 0;
        int[] w = [.. Enumerable.Range(0, outputs * inner * kernel * kernel).Select(_ => random.Next(-127, 128))];
        float[] scales = [.. Enumerable.Range(0, perChannel ? outputs : 1).Select(_ => Scale(0.004, 0.03))];
        int[] bias = [.. Enumerable.Range(0, outputs).Select(_ => random.Next(-9000, 9000))];
        float[] products = [.. scales.Select(s => v.Scale * s)];
        string weights = Integers(unsigned ? "u8" : "i8", $"{outputs},{inner},{kernel},{kernel}", w.Select(q => q + zero)), scale = Reals(scales), zeros = Integers(unsigned ? "u8" : "i8", Extents(scales), scales.Select(_ => zero));
        string window = $"kernel_shape=[{kernel},{kernel}], strides=[{stride},{stride}], pads=[{pad},{pad},{pad},{pad}]{(depthwise ? $", group={channels}" : "")}";
        string b = Integers("i32", $"{outputs}", bias), result = $"f{values.Count}";
        string Compute(string y)
        {
            if (operation)
                return $"qlinear-conv(%q{x}, #s{x}, #z{x}, {weights}, {scale}, {zeros}, {y}, {b}) {{{window}}}";
            nodes.Append(CultureInfo.InvariantCulture, $"  %w{result} = dequantize-linear({weights}, {scale}, {zeros}) {{axis=0}}\n");
            string none = Integers("i32", Extents(scales), scales.Select(_ => 0));
            nodes.Append(CultureInfo.InvariantCulture, $"  %b{result} = dequantize-linear({b}, {Reals(products)}, {none}) {{axis=0}}\n");
            nodes.Append(CultureInfo.InvariantCulture, $"  %c{result} = conv(%r{x}, %w{result}, %b{result}) {{{window}}}\n");
            return relu ? $"relu(%c{result})" : $"max(%c{result}, {Reals([-1000f])})";
        }

        Layer(operation, Compute, [1, outputs, height, width], [x], input =>
        {
            var y = new StatedRational[outputs * height * width];
            for (int i = 0; i < y.Length; i++)
            {
                int o = i / (height * width), top = i / width % height * stride - pad, left = i % width * stride - pad;
                long sum = 0;
                for (int k = 0; k < inner * kernel * kernel; k++)
                {
                    int c = depthwise ? o : k / (kernel * kernel), row = top + k / kernel % kernel, column = left + k % kernel;
                    if (row >= 0 && row < v.Shape[2] && column >= 0 && column < v.Shape[3])
                        sum += (input[0][(c * v.Shape[2] + row) * v.Shape[3] + column] - v.Zero) * w[o * inner * kernel * kernel + k];
                }

                int s = perChannel ? o : 0;
                StatedRational real = sum * (StatedRational.Of(v.Scale) * StatedRational.Of(scales[s])) + bias[o] * StatedRational.Of(products[s]);
                y[i] = relu && real.Numerator < 0 ? new(0, 1) : real;
            }

            return y;
        });
    }

    private void Combine(int a, int b, string op)
    {
        StatedValue x = values[a], y = values[b];
        bool operation = random.Next(2) == 0;
        Layer(operation, z => operation ? $"qlinear-{op}(%q{a}, #s{a}, #z{a}, %q{b}, #s{b}, #z{b}, {z})" : $"{op}(%r{a}, %r{b})", x.Shape, [a, b], input =>
            [.. input[0].Zip(input[1], (p, q) => op == "add" ? x.Real(p) + y.Real(q) : x.Real(p) * y.Real(q))]);
    }

    private void Concatenate(int a, int b)
    {
        StatedValue x = values[a], y = values[b];
        bool operation = random.Next(2) == 0;
        Layer(operation, z => operation ? $"qlinear-concat({z}, %q{a}, #s{a}, #z{a}, %q{b}, #s{b}, #z{b}) {{axis=1}}" : $"concat(%r{a}, %r{b}) {{axis=1}}",
            [1, x.Shape[1] + y.Shape[1], x.Shape[2], x.Shape[3]], [a, b], input => [.. input[0].Select(x.Real), .. input[1].Select(y.Real)]);
    }

    private void Pool(int x, bool mean)
    {
        StatedValue v = values[x];
        int height = v.Shape[2] - 1, width = v.Shape[3] - 1;
        if (height < 2 || width < 2)
            return;
        Layer(false, _ => $"{(mean ? "average" : "max")}-pool(%r{x}) {{kernel_shape=[2,2]}}", [1, v.Shape[1], height, width], [x], input =>
        [
            .. Enumerable.Range(0, v.Shape[1] * height * width).Select(i =>
            {
                int at = (i / (height * width) * v.Shape[2] + i / width % height) * v.Shape[3] + i % width;
                int[] four = [input[0][at], input[0][at + 1], input[0][at + v.Shape[3]], input[0][at + v.Shape[3] + 1]];
                return mean ? (four.Sum() - 4 * v.Zero) * (StatedRational.Of(v.Scale) * new StatedRational(1, 4)) : v.Real(four.Max());
            }),
        ]);
    }

    // Means of the images, then a dense layer.
    private void Head()
    {
        int x = values.Count - 1;
        StatedValue v = values[x];
        int channels = v.Shape[1], pixels = v.Shape[2] * v.Shape[3];
        Layer(false, _ => $"global-average-pool(%r{x})", [1, channels, 1, 1], [x], input =>
            [.. input[0].Chunk(pixels).Select(image => (image.Sum() - pixels * v.Zero) * (StatedRational.Of(v.Scale) * new StatedRational(1, pixels)))]);
        StatedValue mean = values[^1];
        int[] w = [.. Enumerable.Range(0, channels * 5).Select(_ => random.Next(-128, 128))];
        float scale = Scale(0.004, 0.03);
        string weights = Integers("i8", $"{channels},5", w), s = Reals([scale]), zero = Integers("i8", "", [0]);
        nodes.Append(CultureInfo.InvariantCulture, $"  %flat = flatten(%q{x + 1})\n");
        Layer(true, y => $"qlinear-matmul(%flat, #s{x + 1}, #z{x + 1}, {weights}, {s}, {zero}, {y})", [1, 5], [x + 1], input =>
            [.. Enumerable.Range(0, 5).Select(o => input[0].Select((q, c) => (long)(q - mean.Zero) * w[c * 5 + o]).Sum() * (StatedRational.Of(mean.Scale) * StatedRational.Of(scale)))]);
    }

    private void Layer(bool operation, Func<string, string> compute, int[] shape, int[] operands, Func<int[][], StatedRational[]> exact)
    {
        int y = values.Count;
        string node = compute($"#s{y}, #z{y}");
        if (!operation)
            nodes.Append(CultureInfo.InvariantCulture, $"  %f{y} = {node}\n");
        Quantize(operation ? null : $"f{y}", shape, operands, exact, operation ? node : null);
    }

    // A scale at which what the layer gives on the sample fills its integers, more or less.
    private void Quantize(string? source, int[] shape, int[] operands, Func<int[][], StatedRational[]> exact, string? node = null)
    {
        int y = values.Count;
        StatedRational[] reals = exact([.. operands.Select(i => values[i].Sample)]);
        double lo = Math.Min(0, reals.Min(r => r.Double)), hi = Math.Max(reals.Max(r => r.Double), lo + 0.01);
        bool signed = random.Next(2) == 0;
        float scale = (float)((hi - lo) / 255 * (0.7 + random.NextDouble()));
        int least = signed ? -128 : 0, zero = (int)Math.Clamp(Math.Round(least - lo / scale) + random.Next(-3, 4), least, least + 255);
        var value = new StatedValue(shape, scale, zero, least, operands, exact, []);
        values.Add(value with { Sample = [.. reals.Select(value.Integer)] });
        constants.Append(CultureInfo.InvariantCulture, $"  const #s{y} : f32[] = [{scale:R}]\n  const #z{y} : {(signed ? "i8" : "u8")}[] = [{zero}]\n");
        nodes.Append(CultureInfo.InvariantCulture, $"  %q{y} = {node ?? $"quantize-linear(%{source}, #s{y}, #z{y})"}\n  %r{y} = dequantize-linear(%q{y}, #s{y}, #z{y})\n");
    }

    private float Scale(double least, double most) => (float)(least + random.NextDouble() * (most - least));

    private static string Extents(float[] scales) => scales.Length == 1 ? "" : $"{scales.Length}";

    private string Reals(float[] numbers) => Constant("f32", Extents(numbers), numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    private string Integers(string element, string shape, IEnumerable<int> numbers) => Constant(element, shape, numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    private string Constant(string element, string shape, IEnumerable<string> numbers)
    {
        string name = $"#k{constants.Length}";
        constants.Append(CultureInfo.InvariantCulture, $"  const {name} : {element}[{shape}] = [{string.Join(',', numbers)}]\n");
        return name;
    }
}
