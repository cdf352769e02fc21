using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// <c>x / (bias + alpha / size · Σ x²)^beta</c>, the sum over <paramref name="Size"/> neighbouring channels. Canonical, the
/// sum is a 1x1 convolution of the squares with a band of weights, the rest is element-wise.
/// </summary>
public sealed record LocalResponseNormalization(int Size, float Alpha, float Beta, float Bias) : Operator
{
    public static readonly OpDef Def = new("lrn", "LRN", a =>
        new LocalResponseNormalization(a.Int("size"), a.Float("alpha", 1e-4f), a.Float("beta", 0.75f), a.Float("bias", 1)));

    public override string Name => "lrn";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("size", Size);
            if (Alpha != 1e-4f)
                yield return ("alpha", Alpha);
            if (Beta != 0.75f)
                yield return ("beta", Beta);
            if (Bias != 1)
                yield return ("bias", Bias);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (x.Shape.Rank < 3 || Size < 1)
            throw OperatorException.Invalid($"LRN needs an input [N,C,…] and a positive size, not {x} and {Size}.");
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape shape = context.Shape(0);
        int channels = shape[1], spatial = shape.Rank - 2;
        string x = context.Input(0);
        var weights = new float[channels * channels];
        for (int c = 0; c < channels; c++)
        {
            for (int k = First(c); k <= Last(c, channels); k++)
                weights[c * channels + k] = Alpha / Size;
        }

        var bias = new float[channels];
        Array.Fill(bias, Bias);
        var window = new WindowAttributes([.. Enumerable.Repeat(1, spatial)], [], [], []);
        string square = context.Add(new Binary(BinaryFunction.Multiply, Activation.None), x, x);
        string sum = context.Add(
            new Conv(window, 1, Activation.None, false), square,
            context.AddConstant("band", Tensor.Of([channels, channels, .. Enumerable.Repeat(1, spatial)], weights)),
            context.AddConstant("bias", Tensor.Of([channels], bias)));
        string factor = context.Add(new Unary(UnaryFunction.Power, -Beta), sum);
        return [context.Add(new Binary(BinaryFunction.Multiply, Activation.None), x, factor)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), values = x.ToF32(), y = Tensor.Zeros(ElementType.F32, x.Shape);
        int channels = x.Shape[1], inner = x.Shape.Product(2, x.Shape.Rank);
        ReadOnlySpan<float> source = values.Span<float>();
        for (int i = 0; i < x.Count; i++)
        {
            int c = i / inner % channels;
            double sum = 0;
            for (int k = First(c); k <= Last(c, channels); k++)
                sum += (double)source[i + (k - c) * inner] * source[i + (k - c) * inner];
            y.Span<float>()[i] = (float)(source[i] / Math.Pow(Bias + Alpha / Size * sum, Beta));
        }

        return [y.ConvertTo(x.Element)];
    }

    private int First(int channel) => Math.Max(channel - (Size - 1) / 2, 0);

    private int Last(int channel, int channels) => (int)Math.Min((long)channel + Size / 2, channels - 1);
}
