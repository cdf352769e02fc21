using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>
/// One ONNX node with attributes and inputs, run in four ways that must agree: ONNX Runtime, the operator as imported, the
/// canonical graph, and the kernels the canonical graph lowers to.
/// </summary>
internal sealed class OperatorCase(string op, int opset, string domain = "")
{
    private readonly List<(string Name, AttributeValue Value)> attributes = [];
    private readonly List<(Tensor? Value, bool IsConstant)> inputs = [];
    private int outputs = 1;
    private bool lowers = true;

    public OperatorCase With(string name, AttributeValue value)
    {
        attributes.Add((name, value));
        return this;
    }

    public OperatorCase List(string name, params long[] values) => With(name, (EquatableArray<long>)[.. values]);

    /// <summary>An input known only when the model runs.</summary>
    public OperatorCase Input(Tensor value)
    {
        inputs.Add((value, false));
        return this;
    }

    /// <summary>An input known at compile time.</summary>
    public OperatorCase Constant(Tensor value)
    {
        inputs.Add((value, true));
        return this;
    }

    public OperatorCase Constant(params long[] values) => Constant(Tensor.Of([values.Length], values));

    /// <summary>An optional input that is left out.</summary>
    public OperatorCase Absent()
    {
        inputs.Add((null, false));
        return this;
    }

    public OperatorCase Outputs(int count)
    {
        outputs = count;
        return this;
    }

    /// <summary>The operator has no kernel: lowering is an error.</summary>
    public OperatorCase EvaluatesOnly()
    {
        lowers = false;
        return this;
    }

    /// <summary>Runs it in all ways and compares: exactly, or within a tolerance.</summary>
    /// <returns>The canonical graph, to look at.</returns>
    public Graph Check(double tolerance = 0) => Check(OnnxOracle.Run(op, opset, domain, attributes, inputs, outputs), tolerance);

    /// <summary>The same against given outputs, where ONNX Runtime has no such operator.</summary>
    public Graph Check(Tensor[] expected, double tolerance = 0)
    {
        Operator operation = Read(attributes.ToDictionary(a => a.Name, a => a.Value), opset, FromOnnx: true);
        Assert.Equal(operation, RoundTrip(operation));
        ImmutableArray<Tensor> direct = operation.Evaluate(new([.. inputs.Select(i => i.Value)], outputs));
        Compare(expected, direct, tolerance, "evaluated as imported");

        Graph canonical = Canonical(operation);
        foreach (Node node in canonical.Nodes)
            Assert.Equal((Operator)node.Op, RoundTrip((Operator)node.Op));
        Dictionary<string, Tensor> feeds = canonical.Inputs.ToDictionary(name => name, name => inputs[int.Parse(name[1..])].Value!);
        ImmutableDictionary<string, Tensor> results = GraphEvaluator.Evaluate(canonical, feeds);
        Compare(expected, [.. canonical.Outputs.Select(name => results[name])], tolerance, "evaluated in canonical form");
        if (!lowers)
        {
            Assert.Throws<OperatorException>(() => Lowered(canonical, feeds, tolerance));
            return canonical;
        }

        Dictionary<string, Tensor> lowered = Lowered(canonical, feeds, tolerance);
        Compare(expected, [.. canonical.Outputs.Select(name => lowered.GetValueOrDefault(name) ?? canonical.Constants[name])], tolerance, "run as kernels");
        return canonical;
    }

    /// <summary>The code of the diagnostic that ends canonicalization.</summary>
    public string Fails()
    {
        Operator operation = Read(attributes.ToDictionary(a => a.Name, a => a.Value), opset, FromOnnx: true);
        return Assert.Throws<DiagnosticException>(() => Canonical(operation)).Diagnostics[0].Code;
    }

    private Graph Canonical(Operator operation)
    {
        string Name(int i) => inputs[i].Value is null ? "" : $"x{i}";
        var node = new Node(
            "node", operation, [.. inputs.Select((_, i) => Name(i))], [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")], Origin.Of(op));
        int[] present = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].Value is not null)];
        var graph = new Graph(
            op,
            Level.Imported,
            [.. present.Where(i => !inputs[i].IsConstant).Select(Name)],
            node.Outputs,
            [node],
            present.Where(i => inputs[i].IsConstant).ToImmutableDictionary(Name, i => inputs[i].Value!),
            present.ToImmutableDictionary(Name, i => new TensorType(inputs[i].Value!.Element, inputs[i].Value!.Shape)));
        var context = new PassContext(op, new DiagnosticBag());
        graph = new InferShapes().Run(graph, context);
        context.Diagnostics.ThrowIfErrors();
        graph = new Edgec.Passes.Canonicalize().Run(graph, context);
        context.Diagnostics.ThrowIfErrors();
        return graph;
    }

    /// <summary>Every value by kernels alone; what has a channels-last form is run in that form too.</summary>
    private static Dictionary<string, Tensor> Lowered(Graph graph, Dictionary<string, Tensor> feeds, double tolerance)
    {
        var values = new Dictionary<string, Tensor>(feeds);
        foreach (Node node in graph.Nodes)
        {
            if (node.Outputs.Length > 1)
                throw new OperatorException("EC4001", "no kernel has two outputs");
            Tensor? last = LoweredLast(graph, node, Value);
            try
            {
                values[node.Output] = Lower(graph, node, Value);
            }
            catch (OperatorException e) when (e.Code == "EC4003" && last is not null)
            {
                values[node.Output] = last; // only the channels-last form has a kernel
            }

            CheckPaddedRows(graph, node, Value, values[node.Output]);
            if (last is not null)
                Compare([values[node.Output]], [last], tolerance, "run channels-last");
        }

        return values;

        Tensor Value(string name) => values.GetValueOrDefault(name) ?? graph.Constants[name];
    }

    /// <summary>Moves know about targets that pad rows; the elements must land in the same places.</summary>
    private static void CheckPaddedRows(Graph graph, Node node, Func<string, Tensor> value, Tensor expected)
    {
        const int lanes = 4;
        if (node.Op is not MoveOperator move || move.Lower(new(graph, node, lanes)) is not KernelLowered { Kernel: MoveKernel kernel } lowered)
            return;
        Tensor padded = KernelRunner.Run(
            kernel, [.. lowered.Operands.Select(name => Relayout.Pad(value(name), lanes))], expected.Element, [kernel.Count]);
        int size = expected.Element.SizeOf(), row = expected.Shape[^1] * size, pitch = Storage.Pitch(expected.Shape, lanes) * size;
        for (int i = 0; i < Storage.Rows(expected.Shape); i++)
            Assert.Equal(expected.Bytes.Slice(i * row, row), padded.Bytes.Slice(i * pitch, row));
    }

    private static Tensor Lower(Graph graph, Node node, Func<string, Tensor> value)
    {
        TensorType type = graph.TypeOf(node.Output);
        return ((Operator)node.Op).Lower(new(graph, node)) switch
        {
            ViewLowered view => value(view.Operand).Reshape(type.Shape),
            KernelLowered kernel => KernelRunner.Run(kernel.Kernel, [.. kernel.Operands.Select(value)], type.Element, type.Shape),
            var other => throw new InvalidOperationException($"lowered to {other}"),
        };
    }

    /// <summary>The value of a node with all images stored [N,H,W,C], put back into [N,C,H,W]; null if it has no such form.</summary>
    private static Tensor? LoweredLast(Graph graph, Node node, Func<string, Tensor> value)
    {
        var op = (Operator)node.Op;
        if (graph.TypeOf(node.Output).Shape.Rank != 4 || op.ToChannelsLast(InferContext.Of(graph, node)) is not { } lastOp)
            return null;
        var operands = new Dictionary<string, Tensor>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Tensor operand = value(node.Inputs[i]);
            operands[node.Inputs[i]] = op.RoleOf(i) is ParameterRole or BiasRole ? operand : Last(operand);
        }

        // What broadcasts has its axes in front counted as 1: a vector along C is [C,1,1], along W it is [W].
        Tensor Last(Tensor operand) =>
            operand.Reshape([.. Enumerable.Repeat(1, 4 - operand.Shape.Rank), .. operand.Shape]).Transpose([0, 2, 3, 1]);
        Tensor Operand(string name) => operands[name];
        Tensor evaluated = lastOp.Evaluate(new([.. node.Inputs.Select(Operand)], 1))[0];
        Graph last = graph.With(
            constants: operands.Where(o => graph.Constants.ContainsKey(o.Key)).ToImmutableDictionary(),
            types: operands.ToImmutableDictionary(o => o.Key, o => new TensorType(o.Value.Element, o.Value.Shape))
                .Add(node.Output, new(evaluated.Element, evaluated.Shape)));
        Tensor lowered = Lower(last, node.With(lastOp), Operand);
        Compare([evaluated], [lowered], 1e-6, "channels-last by kernel");
        return lowered.Transpose([0, 3, 1, 2]);
    }

    private Operator Read(Dictionary<string, AttributeValue> values, int version, bool FromOnnx) =>
        (FromOnnx ? OpTable.FindOnnx(domain, op) : OpTable.FindText(op))!.Read(new(values, version));

    /// <summary>An operator written as text and read again.</summary>
    private static Operator RoundTrip(Operator operation)
    {
        OpDef def = OpTable.FindText(operation.Name)!;
        var reader = new AttributeReader(operation.Attributes.ToDictionary(a => a.Name, a => a.Value), AttributeReader.Newest);
        Operator again = def.Read(reader);
        Assert.Empty(reader.Unread);
        return again;
    }

    // Reals by a share of their size; integers, where anything is let through, by a step in one of twenty.
    private static void Compare(Tensor[] expected, ImmutableArray<Tensor> actual, double tolerance, string how)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Element == actual[i].Element && expected[i].Shape == actual[i].Shape, $"{how}: {actual[i]}, not {expected[i]}");
            bool real = expected[i].Element.IsFloat();
            int apart = 0;
            for (int k = 0; k < expected[i].Count; k++)
            {
                double e = expected[i].Number(k), a = actual[i].Number(k);
                bool same = e.Equals(a) || Math.Abs(e - a) <= (real ? tolerance * Math.Max(1, Math.Abs(e)) : tolerance > 0 ? 1 : 0);
                Assert.True(same, $"{how}: output {i} at {k} of {expected[i].Shape} is {a}, not {e}");
                apart += e.Equals(a) ? 0 : 1;
            }

            Assert.True(real || apart * 20 <= expected[i].Count, $"{how}: {apart} of {expected[i].Count} elements are a step apart");
        }
    }
}
