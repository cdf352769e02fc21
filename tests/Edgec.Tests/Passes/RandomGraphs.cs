using System.Collections.Immutable;
using CsCheck;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Passes;

/// <summary>
/// Random canonical graphs over images: convolutions, pools, sums, clamps, scalings, moves. Each step reads values made
/// before it, so all kinds of sharing occur; shapes stay small.
/// </summary>
internal static class RandomGraphs
{
    public static readonly Gen<Graph> Images =
        from channels in Gen.Int[1, 4]
        from height in Gen.Int[1, 4]
        from width in Gen.Int[1, 4]
        from steps in Gen.Select(Gen.Int[0, 18], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 200]).Array[1, 12]
        from outputs in Gen.Int[1, 3]
        select Build([1, channels, height, width], steps, outputs);

    private static Graph Build(Shape input, (int Kind, int First, int Second, int Seed)[] steps, int outputs)
    {
        var builder = new Builder(input);
        foreach ((int kind, int first, int second, int seed) in steps)
            builder.Step(kind, first, second, seed);
        return builder.Finish(outputs);
    }

    private sealed class Builder
    {
        private readonly List<Node> nodes = [];
        private readonly List<string> values = ["x"];
        private readonly Dictionary<string, Tensor> constants = [];
        private readonly Dictionary<string, TensorType> types = [];

        public Builder(Shape input) => types["x"] = TensorType.F32(input);

        public void Step(int kind, int first, int second, int seed)
        {
            string a = values[first % values.Count], b = values[second % values.Count];
            Shape shape = types[a].Shape;
            int channels = shape.Rank > 1 ? shape[1] : 1;
            bool image = shape.Rank == 4;
            switch (kind)
            {
                case 0 when image:
                    Add(Conv(1, 0, 1), a, Constant(seed, [seed % 3 + 1, channels, 1, 1]));
                    break;
                case 1 when image:
                    Add(Conv(3, 1, channels), a, Constant(seed, [channels, 1, 3, 3]), Constant(seed + 1, [channels]));
                    break;
                case 2 when image:
                    Add(Conv(2, 1, 1), a, Constant(seed, [2, channels, 2, 2]), Constant(seed + 1, [2]));
                    break;
                case 3:
                    Add(Unary.Relu, a);
                    break;
                case 4:
                    Add(new Unary(UnaryFunction.Clip, -0.5f, 0.75f), a);
                    break;
                case 5 when image:
                    Add(new Binary(BinaryFunction.Multiply, Activation.None), a, Constant(seed, [channels, 1, 1]));
                    break;
                case 6 when image:
                    Add(new Binary(BinaryFunction.Add, Activation.None), a, Constant(seed, [1, channels, 1, 1]));
                    break;
                case 7 when types[a] == types[b]:
                    Add(new Binary(BinaryFunction.Add, seed % 2 == 0 ? Activation.None : Activation.Relu), a, b);
                    break;
                case 8:
                    Add(new Binary(BinaryFunction.Multiply, Activation.None), a, Add(new Unary(UnaryFunction.Sigmoid), a));
                    break;
                case 9 when image:
                    Add(new Transpose(new EquatableArray<int>[] { [0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2], [0, 2, 1, 3] }[seed % 4]), a);
                    break;
                case 10:
                    Add(new Reshape(image ? [shape[0], channels, shape[2] * shape[3]] : [1, 1, 1, (int)shape.ElementCount]), a);
                    break;
                case 11 when image && types[b].Shape.Rank == 4 && types[a].Shape.With(1, 1) == types[b].Shape.With(1, 1):
                    Add(new Concat(1), a, b);
                    break;
                case 12 when image:
                    Add(new Pad([0, 0, seed % 2, 1, 0, 0, 1, 0], "constant", seed % 3 == 0 ? 1 : 0), a);
                    break;
                case 13 when image:
                    Add(new Reduce(ReduceFunction.Mean, [2, 3], true), a);
                    break;
                case 14 when image:
                    int length = channels * shape[2] * shape[3];
                    string flat = Add(new Reshape([1, length]), a);
                    if (seed % 2 == 0)
                        Add(new MatMul(true, Activation.None), flat, Constant(seed, [3, length]), Constant(seed + 1, [3]));
                    else
                        Add(new Reshape([.. shape]), Add(new LayerNormalization(1, 1e-3f), flat, Constant(seed, [length], seed % 4 == 1)));
                    break;
                case 15 when types[a].Shape.Rank is 3 or 4 && types[a] == types[b]:
                    EquatableArray<int> swap = image ? [0, 1, 3, 2] : [0, 2, 1];
                    string right = seed % 2 == 0 ? b : Add(new Transpose(swap), b);
                    string left = seed % 3 == 0 ? Add(new Transpose(swap), a) : a;
                    if (types[left].Shape[^1] == types[right].Shape[^2])
                        Add(new MatMul(false, Activation.None), left, right);
                    break;
                case 16 when image && channels > 1:
                    int[] order = [.. Enumerable.Range(0, channels)];
                    new Random(seed).Shuffle(order);
                    string indices = $"c{constants.Count}";
                    constants[indices] = Tensor.Of([channels], [.. order.Select(c => (long)c)]);
                    types[indices] = new(ElementType.I64, [channels]);
                    Add(new Gather(1), a, indices);
                    break;
                case 17 when image && channels > 1:
                    int half = channels / 2;
                    Add(Slice.Range(1, 0, half), a);
                    Add(Slice.Range(1, half, channels), a);
                    break;
                case 18 when image && channels % 2 == 0:
                    string pairs = Add(new Reshape([shape[0], 2, channels / 2, shape[2], shape[3]]), a);
                    if (seed % 2 == 0)
                        Add(new Reshape([.. shape]), Add(new Transpose([0, 2, 1, 3, 4]), pairs));
                    else
                        Add(new Reshape([.. shape.With(1, channels / 2)]), Add(Slice.Range(0, seed % 3 / 2, seed % 3 / 2 + 1), Add(new Transpose([1, 0, 2, 3, 4]), pairs)));
                    break;
            }
        }

        public Graph Finish(int outputs)
        {
            string[] named = [.. values.AsEnumerable().Reverse().Take(outputs)];
            Graph graph = new("random", Level.Canonical, ["x"], [.. named], [.. nodes], constants.ToImmutableDictionary(), types.ToImmutableDictionary());
            return graph;
        }

        private static Conv Conv(int kernel, int pad, int groups) => new(
            new([kernel, kernel], [1, 1], [1, 1], [pad, pad, pad, pad]), groups, Activation.None, ChannelsLast: false);

        private string Constant(int seed, Shape shape, bool uniform = false)
        {
            string name = $"c{constants.Count}";
            constants[name] = ConstantText.Random(ElementType.F32, shape, seed);
            if (uniform)
                constants[name].Span<float>().Fill(1);
            types[name] = TensorType.F32(shape);
            return name;
        }

        private string Add(Operator op, params string[] inputs)
        {
            string name = $"v{nodes.Count}";
            var context = new InferContext([.. inputs.Select(i => types[i])], [.. inputs.Select(i => constants.GetValueOrDefault(i))], 1);
            types[name] = op.Infer(context)[0];
            nodes.Add(new(name, op, [.. inputs], [name], Origin.Of($"n{nodes.Count}")));
            values.Add(name);
            return name;
        }
    }
}
