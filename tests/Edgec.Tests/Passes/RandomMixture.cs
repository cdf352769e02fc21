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
    /// <param name="gated">The first layer of the experts is multiplied by another.</param>
    public static Graph Of(int seed, MixtureForm form, bool gated = false)
    {
        var random = new Random(seed);
        int batch = random.Next(1, 3), rows = random.Next(1, 8), inner = random.Next(2, 9), experts = random.Next(2, 6), tasks = random.Next(1, 3);
        var built = new RandomMixture(form, batch, rows);
        Layer first = Layer.Of(random, inner, experts, tasks, gated), second = Layer.Of(random, inner, experts, 1, gated);
        string[] outputs = [.. Enumerable.Range(0, tasks).Select(task => built.Mixture(built.Mixture("x", first, task), second, 0))];
        var types = built.constants.ToImmutableDictionary(c => c.Key, c => new TensorType(c.Value.Element, c.Value.Shape)).Add("x", TensorType.F32([batch, rows, inner]));
        return new("mixture", Level.Imported, ["x"], [.. outputs], [.. built.nodes], built.constants.ToImmutableDictionary(), types);
    }

    // x + the mixture of x
    private string Mixture(string x, Layer layer, int task)
    {
        string y = form == MixtureForm.Node && layer.Activation is not null && layer.W3 is null
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
            MixtureForm.Unrolled => Unrolled(x, layer, Column(Mask(layer, indices, scores))),
            MixtureForm.OneHotColumns => Unrolled(x, layer, e => ChosenScores(layer, indices, scores, e)),
            MixtureForm.SelectedRows => SelectedRows(x, layer, indices, scores),
            MixtureForm.Selected or MixtureForm.SelectedByMask => Selected(x, layer, indices, scores),
            MixtureForm.Gathered => Gathered(x, layer, indices, scores),
            MixtureForm.Einsum => Summed(x, layer, Mask(layer, indices, scores), "btd,edh->beth", "beth,ehd->betd", "bte,betd->btd"),
            MixtureForm.EinsumByRow => Summed(x, layer, Mask(layer, indices, scores), "btd,edh->bteh", "bteh,ehd->bted", "bte,bted->btd"),
            _ => Dense(x, layer, Mask(layer, indices, scores)),
        };
    }

    private string Mask(Layer layer, string indices, string scores)
    {
        switch (form)
        {
            case MixtureForm.OneHot or MixtureForm.OneHotPicked when form == MixtureForm.OneHot || layer.Normalize:
                return Add(new Reduce(ReduceFunction.Sum, [2], false), Add(Times, OneHot(layer, indices, 1f), Add(new Unsqueeze([-1]), scores)));
            case MixtureForm.OneHotPicked: // the scores are those of a softmax over all
                string all = nodes.Last(node => node.Op is Softmax).Output;
                return Add(Times, all, Add(new Reduce(ReduceFunction.Sum, [2], false), OneHot(layer, indices, 1f)));
            case MixtureForm.OneHotProduct:
                return Add(new Einsum("btk,btke->bte"), scores, OneHot(layer, indices, 1f));
            default:
                return Add(new ScatterElements(-1, "none"), Constant(Tensor.Zeros(ElementType.F32, [batch, rows, layer.Experts])), indices, scores);
        }
    }

    private string OneHot<T>(Layer layer, string indices, T one) where T : unmanaged =>
        Add(new OneHot(-1), indices, Constant(Tensor.Scalar((long)layer.Experts)), Constant(Tensor.Of<T>([2], [default, one])));

    private Func<int, string> Column(string mask) => e => Add(new Slice([e], [e + 1], [2], [1]), mask);

    private string ChosenScores(Layer layer, string indices, string scores, int e)
    {
        string named = Add(new Compare(CompareFunction.Equal), indices, Constant(Tensor.Scalar((long)e)));
        string chosen = layer.Normalize
            ? Add(Times, Add(new Cast(ElementType.F32), named), scores)
            : Add(new Where(), named, scores, Constant(Tensor.Scalar(0f)));
        return Add(new Reduce(ReduceFunction.Sum, [-1], true), chosen);
    }

    // Each expert's tokens are found, gathered, computed and added to where they came from.
    private string Selected(string x, Layer layer, string indices, string scores)
    {
        string flat = Add(new Reshape([-1, layer.Inner]), x), chosen = Add(new Reshape([-1, layer.Choices]), indices), weights = Add(new Reshape([-1, layer.Choices]), scores);
        string final = Constant(Tensor.Zeros(ElementType.F32, [batch * rows, layer.Inner]));
        bool byMask = form == MixtureForm.SelectedByMask;
        string masks = byMask ? "" : Add(new Transpose([2, 1, 0]), OneHot(layer, chosen, 1L));
        for (int e = 0; e < layer.Experts; e++)
        {
            string mask = byMask
                ? Add(new Compare(CompareFunction.Equal), chosen, Constant(Tensor.Scalar((long)e)))
                : Add(new Gather(0), masks, Constant(Tensor.Scalar((long)e)));
            string found = Add(new NonZero(), mask);
            string token = Add(new Gather(0), found, Constant(Tensor.Scalar(byMask ? 0L : 1L))), choice = Add(new Gather(0), found, Constant(Tensor.Scalar(byMask ? 1L : 0L)));
            string value = byMask ? Add(new Gather(0), flat, token) : Add(new Reshape([-1, layer.Inner]), Add(new Gather(1), Add(new Unsqueeze([0]), flat), token));
            string y = Expert(value, layer, e);
            string column = Add(new Unsqueeze([1]), token);
            string weight = Add(new GatherND(0), weights, Add(new Concat(1), column, Add(new Unsqueeze([1]), choice)));
            string weighed = Add(Times, y, Add(new Unsqueeze([1]), weight));
            final = layer.Normalize
                ? Add(new ScatterND("add"), final, column, weighed)
                : Add(new ScatterElements(0, "add"), final, Add(new Expand([]), column, Add(new ShapeOf(0, null), weighed)), weighed);
        }

        return Add(new Reshape([batch, rows, layer.Inner]), final);
    }

    // y[m] += w[m] · expert(x[m]), where m are the rows one of whose choices is the expert, and w its scores.
    private string SelectedRows(string x, Layer layer, string indices, string scores)
    {
        string flat = Add(new Reshape([-1, layer.Inner]), x), chosen = Add(new Reshape([-1, layer.Choices]), indices), weights = Add(new Reshape([-1, layer.Choices]), scores);
        string final = Constant(Tensor.Zeros(ElementType.F32, [batch * rows, layer.Inner])), zero = Constant(Tensor.Scalar(0L));
        for (int e = 0; e < layer.Experts; e++)
        {
            string named = Add(new Compare(CompareFunction.Equal), chosen, Constant(Tensor.Scalar((long)e)));
            string mask = Add(new Compare(CompareFunction.Greater), Add(new Reduce(ReduceFunction.Sum, [-1], false), Add(new Cast(ElementType.I64), named)), zero);
            string column = Add(new Reduce(ReduceFunction.Sum, [-1], false), Add(Times, Add(new Cast(ElementType.F32), named), weights));
            string places = Add(new Transpose([1, 0]), Add(new NonZero(), mask));
            string y = Expert(Add(new GatherND(0), flat, places), layer, e);
            string weighed = Add(Times, Add(new Unsqueeze([1]), Add(new GatherND(0), column, places)), y);
            final = Add(new ScatterND("none"), final, places, Add(Plus, Add(new GatherND(0), final, places), weighed));
        }

        return Add(new Reshape([batch, rows, layer.Inner]), final);
    }

    private string Expert(string x, Layer layer, int e)
    {
        string h = Product(x, Constant(Part(layer.W1, e)), layer.B1 is { } b1 ? Part(b1, e) : null);
        return Product(Gated(Between(h, layer), layer, w => Product(x, Constant(Part(w, e)), null)), Constant(Part(layer.W2, e)), layer.B2 is { } b2 ? Part(b2, e) : null);
    }

    private string Summed(string x, Layer layer, string mask, string first, string second, string sum)
    {
        bool byRow = form == MixtureForm.EinsumByRow;
        string h = Shifted(Add(new Einsum(first), x, Constant(layer.W1)), layer.B1), y = Shifted(Add(new Einsum(second), Gated(Between(h, layer), layer, w => Add(new Einsum(first), x, Constant(w))), Constant(layer.W2)), layer.B2);
        return Add(new Einsum(sum), mask, y);

        string Shifted(string product, Tensor? bias) => bias is null
            ? product
            : Add(Plus, product, Constant(byRow ? bias : bias.Reshape([layer.Experts, 1, bias.Shape[1]])));
    }

    private string Dense(string x, Layer layer, string mask)
    {
        string spread = Add(new Unsqueeze([1]), x), h = Product(spread, Constant(layer.W1), layer.B1?.Reshape([layer.Experts, 1, layer.Hidden]));
        string y = Product(Gated(Between(h, layer), layer, w => Product(spread, Constant(w), null)), Constant(layer.W2), layer.B2?.Reshape([layer.Experts, 1, layer.Inner]));
        string columns = Add(new Unsqueeze([-1]), Add(new Transpose([0, 2, 1]), mask));
        return Add(new Reduce(ReduceFunction.Sum, [1], false), Add(Times, y, columns));
    }

    private string Unrolled(string x, Layer layer, Func<int, string> scores)
    {
        string? sum = null;
        for (int e = 0; e < layer.Experts; e++)
        {
            string weighed = Add(Times, Expert(x, layer, e), scores(e));
            sum = sum is null ? weighed : Add(Plus, sum, weighed);
        }

        return sum!;
    }

    private string Gathered(string x, Layer layer, string indices, string scores)
    {
        string spread = Add(new Unsqueeze([2, 3]), x), h = Copied(spread, layer.W1, layer.B1);
        string y = Copied(Gated(Between(h, layer), layer, w => Copied(spread, w, null)), layer.W2, layer.B2);
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

    private string Gated(string value, Layer layer, Func<Tensor, string> product) => layer.W3 is { } w ? Add(Times, value, product(w)) : value;

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
        int Inner, int Hidden, int Experts, int Choices, bool Normalize, string? Activation, Unary? Function, Tensor[] Gates, Tensor W1, Tensor? B1, Tensor W2, Tensor? B2, Tensor? W3)
    {
        public static Layer Of(Random random, int inner, int experts, int tasks, bool gated)
        {
            (string? Name, Unary? Function)[] functions =
                [("gelu", new(UnaryFunction.Gelu)), ("relu", Unary.Relu), ("silu", new(UnaryFunction.Swish, 1)), ("identity", null), (null, new(UnaryFunction.Tanh))];
            int hidden = random.Next(2, 9), choices = random.Next(1, Math.Min(experts, 3) + 1);
            (string? name, Unary? function) = functions[random.Next(functions.Length)];
            return new(
                inner, hidden, experts, choices, random.Next(2) == 0, name, function,
                [.. Enumerable.Range(0, tasks).Select(_ => RandomTensor.F32(random, inner, experts))],
                RandomTensor.F32(random, experts, inner, hidden), random.Next(3) > 0 ? RandomTensor.F32(random, experts, hidden) : null,
                RandomTensor.F32(random, experts, hidden, inner), random.Next(3) > 0 ? RandomTensor.F32(random, experts, inner) : null,
                gated ? RandomTensor.F32(random, experts, inner, hidden) : null);
        }
    }
}
