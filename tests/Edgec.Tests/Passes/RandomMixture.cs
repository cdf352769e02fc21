using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Passes;

/// <summary>One random mixture of experts with a residual, and a second one behind it, in any form: imported graphs of the same weights.</summary>
internal sealed class RandomMixture
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = [];
    private readonly MixtureForm form;
    private readonly int batch, rows;

    private RandomMixture(MixtureForm form, int batch, int rows) => (this.form, this.batch, this.rows) = (form, batch, rows);

    /// <summary>The graph of a seed: extents, functions, biases and the order of softmax and TopK differ from seed to seed.</summary>
    public static Graph Of(int seed, MixtureForm form)
    {
        var random = new Random(seed);
        int batch = random.Next(1, 3), rows = random.Next(1, 8), inner = random.Next(2, 9), experts = random.Next(2, 6), tasks = random.Next(1, 3);
        var built = new RandomMixture(form, batch, rows);
        Layer first = Layer.Of(random, inner, experts, tasks), second = Layer.Of(random, inner, experts, 1);
        string[] outputs = [.. Enumerable.Range(0, tasks).Select(task => built.Mixture(built.Mixture("x", first, task), second, 0))];
        var types = built.constants.ToImmutableDictionary(c => c.Key, c => new TensorType(c.Value.Element, c.Value.Shape)).Add("x", TensorType.F32([batch, rows, inner]));
        return new("mixture", Level.Imported, ["x"], [.. outputs], [.. built.nodes], built.constants.ToImmutableDictionary(), types);
    }

    // x + the mixture of x
    private string Mixture(string x, Layer layer, int task)
    {
        string y = form == MixtureForm.Node && layer.Activation is not null
            ? Add(
                new MixtureOfExperts(layer.Choices, layer.Activation, layer.Normalize, Routed: false),
                x, Constant(layer.Gates[task]), Constant(layer.W1), Bias(layer.B1), Constant(layer.W2), Bias(layer.B2))
            : Expanded(x, layer, task);
        return Add(Plus, x, y);

        string Bias(Tensor? bias) => bias is null ? "" : Constant(bias);
    }

    private string Expanded(string x, Layer layer, int task)
    {
        string logits = Add(new MatMul(false, Activation.None), x, Constant(layer.Gates[task])), ranked = layer.Normalize ? logits : Add(new Softmax(-1, false), logits);
        string scores = $"s{nodes.Count}", indices = $"i{nodes.Count}";
        nodes.Add(new(scores, new TopK(-1, true, layer.Choices), [ranked], [scores, indices], Origin.Of($"n{nodes.Count}")));
        if (layer.Normalize)
            scores = Add(new Softmax(-1, false), scores);
        return form switch
        {
            MixtureForm.Unrolled => Unrolled(x, layer, Mask(layer, indices, scores)),
            MixtureForm.Gathered => Gathered(x, layer, indices, scores),
            MixtureForm.Einsum => Summed(x, layer, Mask(layer, indices, scores), "btd,edh->beth", "beth,ehd->betd", "bte,betd->btd"),
            MixtureForm.EinsumByRow => Summed(x, layer, Mask(layer, indices, scores), "btd,edh->bteh", "bteh,ehd->bted", "bte,bted->btd"),
            _ => Dense(x, layer, Mask(layer, indices, scores)),
        };
    }

    private string Mask(Layer layer, string indices, string scores) =>
        Add(new ScatterElements(-1, "none"), Constant(Tensor.Zeros(ElementType.F32, [batch, rows, layer.Experts])), indices, scores);

    private string Summed(string x, Layer layer, string mask, string first, string second, string sum)
    {
        bool byRow = form == MixtureForm.EinsumByRow;
        string h = Shifted(Add(new Einsum(first), x, Constant(layer.W1)), layer.B1), y = Shifted(Add(new Einsum(second), Between(h, layer), Constant(layer.W2)), layer.B2);
        return Add(new Einsum(sum), mask, y);

        string Shifted(string product, Tensor? bias) => bias is null
            ? product
            : Add(Plus, product, Constant(byRow ? bias : bias.Reshape([layer.Experts, 1, bias.Shape[1]])));
    }

    private string Dense(string x, Layer layer, string mask)
    {
        string h = Product(Add(new Unsqueeze([1]), x), Constant(layer.W1), layer.B1?.Reshape([layer.Experts, 1, layer.Hidden]));
        string y = Product(Between(h, layer), Constant(layer.W2), layer.B2?.Reshape([layer.Experts, 1, layer.Inner]));
        string columns = Add(new Unsqueeze([-1]), Add(new Transpose([0, 2, 1]), mask));
        return Add(new Reduce(ReduceFunction.Sum, [1], false), Add(Times, y, columns));
    }

    private string Unrolled(string x, Layer layer, string mask)
    {
        string? sum = null;
        for (int e = 0; e < layer.Experts; e++)
        {
            string h = Product(x, Constant(Part(layer.W1, e)), layer.B1 is { } b1 ? Part(b1, e) : null);
            string y = Product(Between(h, layer), Constant(Part(layer.W2, e)), layer.B2 is { } b2 ? Part(b2, e) : null);
            string weighed = Add(Times, y, Add(new Slice([e], [e + 1], [2], [1]), mask));
            sum = sum is null ? weighed : Add(Plus, sum, weighed);
        }

        return sum!;
    }

    private string Gathered(string x, Layer layer, string indices, string scores)
    {
        string h = Copied(Add(new Unsqueeze([2, 3]), x), layer.W1, layer.B1), y = Copied(Between(h, layer), layer.W2, layer.B2);
        return Add(new Reduce(ReduceFunction.Sum, [2], false), Add(Times, Add(new Squeeze([3]), y), Add(new Unsqueeze([-1]), scores)));

        string Copied(string left, Tensor weights, Tensor? bias)
        {
            string product = Add(new MatMul(false, Activation.None), left, Add(new Gather(0), Constant(weights), indices));
            return bias is null ? product : Add(Plus, product, Add(new Unsqueeze([3]), Add(new Gather(0), Constant(bias), indices)));
        }
    }

    private string Product(string left, string weights, Tensor? bias)
    {
        string product = Add(new MatMul(false, Activation.None), left, weights);
        return bias is null ? product : Add(Plus, product, Constant(bias));
    }

    private string Between(string value, Layer layer) => layer.Function is { } function ? Add(function, value) : value;

    private static Binary Plus => new(BinaryFunction.Add, Activation.None);

    private static Binary Times => new(BinaryFunction.Multiply, Activation.None);

    private static Tensor Part(Tensor all, int expert)
    {
        Shape shape = [.. all.Shape.Skip(1)];
        int size = (int)shape.ElementCount;
        return Tensor.Of<float>(shape, all.Span<float>().Slice(expert * size, size).ToArray());
    }

    private string Constant(Tensor value)
    {
        string name = constants.FirstOrDefault(c => ReferenceEquals(c.Value, value)).Key ?? $"c{constants.Count}";
        constants[name] = value;
        return name;
    }

    private string Add(Operator op, params string[] inputs)
    {
        string name = $"v{nodes.Count}";
        nodes.Add(new(name, op, [.. inputs], [name], Origin.Of($"n{nodes.Count}")));
        return name;
    }

    private sealed record Layer(
        int Inner, int Hidden, int Experts, int Choices, bool Normalize, string? Activation, Unary? Function, Tensor[] Gates, Tensor W1, Tensor? B1, Tensor W2, Tensor? B2)
    {
        public static Layer Of(Random random, int inner, int experts, int tasks)
        {
            (string? Name, Unary? Function)[] functions =
                [("gelu", new(UnaryFunction.Gelu)), ("relu", Unary.Relu), ("silu", new(UnaryFunction.Swish, 1)), ("identity", null), (null, new(UnaryFunction.Tanh))];
            int hidden = random.Next(2, 9), choices = random.Next(1, Math.Min(experts, 3) + 1);
            (string? name, Unary? function) = functions[random.Next(functions.Length)];
            return new(
                inner, hidden, experts, choices, random.Next(2) == 0, name, function,
                [.. Enumerable.Range(0, tasks).Select(_ => RandomTensor.F32(random, inner, experts))],
                RandomTensor.F32(random, experts, inner, hidden), random.Next(3) > 0 ? RandomTensor.F32(random, experts, hidden) : null,
                RandomTensor.F32(random, experts, hidden, inner), random.Next(3) > 0 ? RandomTensor.F32(random, experts, inner) : null);
        }
    }
}
