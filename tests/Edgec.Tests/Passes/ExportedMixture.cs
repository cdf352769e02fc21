using Edgec.Import.Proto;
using Edgec.Tests.Import;
using static Edgec.Tests.Import.ModelBuilder;

namespace Edgec.Tests.Passes;

/// <summary>
/// ONNX models of a mixture of experts and a layer behind it, as PyTorch exports the loop over experts that select their tokens: 6 tokens of 8
/// numbers, 4 experts of which 2 are chosen. Constants are the same in all of them.
/// </summary>
internal static class ExportedMixture
{
    private const int Tokens = 6, Inner = 8, Hidden = 12, Experts = 4, Choices = 2;

    /// <param name="looped">The loop is one; else its iterations stand one after the other.</param>
    /// <param name="selects">Experts compute the tokens that choose them; else all, each times its score.</param>
    /// <param name="gated">Experts are w2 · (silu(w1 · x) · (w3 · x)); else w2 · relu(w1 · x + b1) + b2.</param>
    public static ModelBuilder Of(bool looped, bool selects, bool gated)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, Tokens, Inner).Output("z")
            .Floats("gate", [Inner, Experts], Numbers(1, Inner * Experts))
            .Floats("w1", [Experts, Inner, Hidden], Numbers(2, Experts * Inner * Hidden)).Floats("b1", [Experts, Hidden], Numbers(3, Experts * Hidden))
            .Floats("w2", [Experts, Hidden, Inner], Numbers(4, Experts * Hidden * Inner)).Floats("b2", [Experts, Inner], Numbers(5, Experts * Inner))
            .Floats("w3", [Experts, Inner, Hidden], Numbers(6, Experts * Inner * Hidden)).Floats("head", [Inner, 3], Numbers(7, Inner * 3))
            .Floats("ones", [2], 0, 1).Longs("bits", [2], 0, 1).Longs("experts", [1], Experts).Longs("k", [1], Choices).Longs("last", [1], -1)
            .Longs("none", [], 0).Longs("one", [], 1).Longs("first", [1], 1).Longs("rows", [2], Tokens, Inner).Longs("pairs", [2], Tokens, Choices).Longs("all", [3], 1, Tokens, Inner)
            .Node("MatMul", "x gate", "logits").Node("TopK", "logits k", "best chosen").Node("Softmax", "best", "scores", attributes: Attribute("axis", -1))
            .Node("Reshape", "x rows", "flat").Node("Reshape", "scores pairs", "weights").Node("Reshape", "chosen pairs", "indices");
        if (selects)
            model.Node("OneHot", "indices experts bits", "hot").Node("Transpose", "hot", "masks", attributes: Attribute("perm", new long[] { 2, 1, 0 }));
        else
            model.Node("OneHot", "indices experts ones", "hot").Node("Unsqueeze", "weights last", "column").Node("Mul", "hot column", "shares").Node("ReduceSum", "shares first", "gates", attributes: Attribute("keepdims", 0));
        model.Node("Shape", "flat", "extents").Node("ConstantOfShape", "extents", "final0");
        if (looped)
        {
            model.Longs("count", [], Experts).Node("Loop", "count - final0", "final", attributes: Attribute("body", Body(selects, gated)));
        }
        else
        {
            for (int e = 0; e < Experts; e++)
            {
                model.Longs($"at{e}", [], e);
                foreach (NodeProto node in Iteration($"at{e}", e == 0 ? "final0" : $"r{e - 1}final", e == Experts - 1 ? "final" : $"r{e}final", $"r{e}", selects, gated))
                    model.Model.Graph.Node.Add(node);
            }
        }

        return model.Node("Reshape", "final all", "y").Node("Add", "x y", "sum").Node("MatMul", "sum head", "z");
    }

    private static GraphProto Body(bool selects, bool gated)
    {
        var body = new GraphProto { Name = "body", Input = { Value("e", 7), Value("go", 9), Value("final_in", 1, Tokens, Inner) }, Output = { Value("go_on", 9), Value("final_out", 1, Tokens, Inner) } };
        body.Node.Add(Make("Identity", "go", "go_on"));
        body.Node.AddRange(Iteration("e", "final_in", "final_out", "", selects, gated));
        return body;
    }

    private static IEnumerable<NodeProto> Iteration(string expert, string before, string after, string prefix, bool selects, bool gated)
    {
        if (selects)
        {
            yield return Node("Gather", $"masks {expert}", "mask");
            yield return Node("NonZero", "mask", "found");
            yield return Node("Gather", "found none", "choice");
            yield return Node("Gather", "found one", "token");
            yield return Node("Gather", "flat token", "tokens");
        }
        else
        {
            yield return Node("Identity", "flat", "tokens");
        }

        yield return Node("Gather", $"w1 {expert}", "e1");
        yield return Node("Gather", $"w2 {expert}", "e2");
        yield return Node("MatMul", "tokens e1", "h");
        if (gated)
        {
            yield return Node("Gather", $"w3 {expert}", "e3");
            yield return Node("MatMul", "tokens e3", "g");
            yield return Node("Sigmoid", "h", "s");
            yield return Node("Mul", "h s", "silu");
            yield return Node("Mul", "silu g", "a");
            yield return Node("MatMul", "a e2", "y");
        }
        else
        {
            yield return Node("Gather", $"b1 {expert}", "c1");
            yield return Node("Gather", $"b2 {expert}", "c2");
            yield return Node("Add", "h c1", "b");
            yield return Node("Relu", "b", "a");
            yield return Node("MatMul", "a e2", "m");
            yield return Node("Add", "m c2", "y");
        }

        if (selects)
        {
            yield return Node("Unsqueeze", "token last", "tokenc");
            yield return Node("Unsqueeze", "choice last", "choicec");
            yield return Node("Concat", "tokenc choicec", "places", Attribute("axis", 1));
            yield return Node("GatherND", "weights places", "share");
            yield return Node("Unsqueeze", "share last", "sharec");
            yield return Node("Mul", "y sharec", "weighed");
            yield return Node("ScatterND", $"{before} tokenc weighed", after, Attribute("reduction", "add"));
        }
        else
        {
            yield return Node("Gather", $"gates {expert}", "share", Attribute("axis", 1));
            yield return Node("Unsqueeze", "share last", "sharec");
            yield return Node("Mul", "y sharec", "weighed");
            yield return Node("Add", $"{before} weighed", after);
        }

        NodeProto Node(string op, string inputs, string output, params AttributeProto[] attributes) =>
            Make(op, string.Join(' ', inputs.Split(' ').Select(Own)), Own(output), attributes: attributes);

        string Own(string value) =>
            value == expert || value == before || value == after || value is "masks" or "flat" or "none" or "one" or "last" or "weights" or "gates" or "w1" or "w2" or "w3" or "b1" or "b2" ? value : prefix + value;
    }

    private static ValueInfoProto Value(string name, int type, params long[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = type, Shape = new() };
        tensor.Shape.Dim.AddRange(shape.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new() { Name = name, Type = new() { TensorType = tensor } };
    }

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
