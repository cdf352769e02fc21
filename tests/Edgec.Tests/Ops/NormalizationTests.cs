using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Normalisation in integers against exact arithmetic on the same integers.</summary>
public sealed class NormalizationTests
{
    private readonly Random random = new(11);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(192)]
    [InlineData(768)]
    [InlineData(2352)]
    [InlineData(40000)]
    public void Rows_stay_within_the_bound(int length)
    {
        for (int trial = 0; trial < (length > 1000 ? 5 : 60); trial++)
        {
            Tensor x = Rows(3, length, trial);
            foreach (Operator op in (Operator[])[new LayerNormalization(1, 1e-5f), new RmsNormalization(1, 1e-6f), new RmsNormalization(1, 1e-37f)])
            {
                Tensor gamma = Parameters(length, 0.2, 1.6), beta = Parameters(length, -0.5, 0.5);
                (Tensor, Quantization?)[] operands = [(x, Scale(Math.Pow(10, -3 + 2 * random.NextDouble()), trial % 3 * 40 - 40)), (gamma, null)];
                if (op is LayerNormalization)
                    operands = [.. operands, (beta, null)];
                Check(new(op, operands, Scale(4 / 127.0, 3), [.. Enumerable.Range(1, operands.Length - 1)]));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Groups_stay_within_the_bound(int groups)
    {
        for (int trial = 0; trial < 20; trial++)
        {
            Tensor x = RandomTensor.I8(random, 2, 5, 4, 12);
            (Tensor, Quantization?)[] operands = [(x, Scale(0.03, 9)), (Parameters(12, -2, 2), null), (Parameters(12, -1, 1), null)];
            Check(new(new GroupNormalization(groups, 1e-5f, true), operands, Scale(0.03, -20), 1, 2));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(192)]
    [InlineData(768)]
    [InlineData(9000)]
    public void Rows_of_16_bits_stay_within_the_bound(int length)
    {
        for (int trial = 0; trial < (length > 1000 ? 3 : 20); trial++)
        {
            int spread = 1 << (trial % 3 == 0 ? 15 : random.Next(2, 15));
            Tensor x = Tensor.Of([3, length], [.. Enumerable.Range(0, 3 * length).Select(_ => (short)random.Next(-spread, spread))]);
            (Tensor, Quantization?) gamma = (Parameters(length, 0.2, 1.6), null), beta = (Parameters(length, -0.5, 0.5), null);
            Quantization from = Scale(4.0 / spread, 0), to = Scale(6 / 32767.0, 0);
            Check(new(new LayerNormalization(1, 1e-5f), [(x, from), gamma, beta], to, 1, 2) { Element = ElementType.I16 });
            Check(new(new RmsNormalization(1, 1e-6f), [(x, from), gamma], to, 1) { Element = ElementType.I16 });
        }
    }

    [Fact]
    public void Every_row_of_two_stays_within_the_bound()
    {
        var pairs = new sbyte[2 * 65536];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = (sbyte)(i % 2 == 0 ? i / 2 : i / 512);
        Tensor x = Tensor.Of([65536, 2], pairs);
        Check(new(new LayerNormalization(1, 1e-5f), [(x, Scale(0.05, 3)), (Tensor.Of<float>([2], [1.5f, -0.7f]), null)], Scale(0.02, 3), 1));
        Check(new(new RmsNormalization(1, 1e-37f), [(x, Scale(0.05, -3)), (Tensor.Of<float>([2], [1, 1]), null)], Scale(2 / 255.0, 0), 1));
    }

    [Fact]
    public void A_deviation_far_below_epsilon_keeps_its_digits()
    {
        Tensor gamma = Parameters(64, 0.5, 1.5);
        Check(new(new LayerNormalization(1, 1e-5f), [(RandomTensor.I8(random, 20, 64), Scale(2e-8, 3)), (gamma, null)], Scale(1e-5, 3), 1));
    }

    [Fact]
    public void What_64_bits_do_not_hold_is_a_diagnostic()
    {
        Tensor gamma = Tensor.Of<float>([4], [1, 1, 1, 1]);
        Assert.Equal("EC3002", Code(new(new LayerNormalization(1, 1e-5f), [(RandomTensor.I8(random, 2, 4), Scale(0.1, 0)), (gamma, null), (gamma, null)], Scale(1e-8, 0), 1, 2)));
        Assert.Equal("EC4002", Code(new(new LayerNormalization(1, 1), [(RandomTensor.I8(random, 2, 4), Scale(1e-12, 0)), (gamma, null)], Scale(0.1, 0), 1)));
    }

    private static void Check(QuantizedNode node)
    {
        var kernel = Assert.IsType<GroupNormKernel>(node.Kernel());
        Edgec.Plan.AccumulatorRange.Prove(kernel, node.Element);
        double bound = Edgec.Plan.RoundingError.Of(kernel)!.Value;
        double worst = WorstError(node, kernel);
        TestContext.Current.TestOutputHelper?.WriteLine($"rows of {kernel.Geometry.Count}: {worst:f3} steps, at most {bound:f3}");
        // In 16 bits gains and roots of 16 bits count, and gains have fewer fraction bits in long rows.
        Assert.InRange(bound, 0.5, node.Element == ElementType.I16 ? 3.5 + 2 * Math.Sqrt(kernel.Geometry.Count) : 0.8);
        Assert.InRange(worst, 0, bound);
    }

    // The greatest distance from exact arithmetic, in steps of the output.
    private static double WorstError(QuantizedNode node, GroupNormKernel kernel)
    {
        GroupGeometry g = kernel.Geometry;
        (Tensor x, Quantization? type) = node.Operands[0];
        Tensor y = node.Run();
        double epsilon = node.Op switch { LayerNormalization op => op.Epsilon, GroupNormalization op => op.Epsilon, RmsNormalization op => op.Epsilon, _ => double.NaN };
        double worst = 0;
        for (int row = 0; row < g.Rows; row++)
        {
            int[] at = [.. Enumerable.Range(0, g.Count).Select(i => g.RowOffset(row) + i / g.Channels * g.Pitch + i % g.Channels)];
            double[] reals = [.. at.Select(i => type!.Scale * (x.Integer(i) - type.Zero))];
            double mean = kernel.Step.Centered ? reals.Average() : 0, root = Math.Sqrt(reals.Average(v => (v - mean) * (v - mean)) + epsilon);
            for (int i = 0; i < at.Length; i++)
            {
                int parameter = row % g.Groups * g.Channels + i % g.Channels;
                double beta = node.Operands.Length > 2 ? node.Operands[2].Value.Number(parameter) : 0;
                double exact = (reals[i] - mean) / root * node.Operands[1].Value.Number(parameter) + beta;
                double ideal = Math.Clamp(exact / node.Output!.Scale + node.Output.Zero, node.Element.Range().Lo, node.Element.Range().Hi);
                worst = Math.Max(worst, Math.Abs(y.Integer(at[i]) - ideal));
            }
        }

        return worst;
    }

    // Random spreads, rows of one value, rows with one value that sticks out.
    private Tensor Rows(int rows, int length, int trial)
    {
        int spread = 1 << random.Next(0, 8);
        Tensor x = Tensor.Zeros(ElementType.I8, [rows, length]);
        for (int i = 0; i < x.Count; i++)
            x.Span<sbyte>()[i] = (sbyte)((trial % 5) switch { 0 => 7, 1 => i % length == 0 ? 8 : 7, _ => random.Next(-spread, spread) });
        return x;
    }

    private Tensor Parameters(int count, double lo, double hi) =>
        Tensor.Of([count], [.. Enumerable.Range(0, count).Select(_ => (float)(lo + (hi - lo) * random.NextDouble()))]);

    private static string Code(QuantizedNode node) => Assert.Throws<OperatorException>(node.Run).Code;

    private static Quantization Scale(double scale, int zero) => Quantization.PerTensor(scale, zero);
}
