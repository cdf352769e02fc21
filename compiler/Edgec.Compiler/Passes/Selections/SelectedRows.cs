using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Selections;

/// <summary>
/// Follows the rows that a <see cref="SelectedPositions"/> selects from where they are gathered to where they are added up or put back, and lets
/// those that are not selected count for nothing there. Positions become those of all elements, and are constants.
/// </summary>
internal sealed class SelectedRows
{
    private readonly Graph graph;
    private readonly GraphEditor editor;
    private readonly Dictionary<string, (Node Selection, int Axis)> rows = [];
    private readonly Dictionary<string, Tensor> known = [];

    private SelectedRows(Graph graph) => (this.graph, editor) = (graph, new(graph));

    /// <summary>The graph without selections at run time; what stands in the way is reported.</summary>
    /// <param name="graph">Canonical, but for <see cref="SelectedPositions"/>.</param>
    public static Graph Masked(Graph graph, PassContext context)
    {
        var all = new SelectedRows(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!context.Try(node, () => all.Visit(node)))
                return graph;
        }

        return all.editor.Finish(null, new Identity());
    }

    private void Visit(Node node)
    {
        (Node Selection, int Axis)[] selected = [.. node.Inputs.Where(rows.ContainsKey).Select(input => rows[input])];
        if (node.Op is SelectedPositions && selected.Length == 0)
        {
            if (graph.IsOutput(node.Output))
                throw new OperatorException(RowCounts.Code, "It gives as many positions as are selected when the model runs, which is no static shape of an output. Give out the mask they come from.");
            rows[node.Output] = (node, 1);
            SetKnown(node.Output, SelectedPositions.All(graph.TypeOf(node.Inputs[0]).Shape));
        }
        else if (selected.Length == 0)
        {
            editor.Keep(node);
        }
        else if (selected.Select(row => row.Selection).Distinct().Count() == 1 && RowAxis.Of(graph, node, Axis) is { } axis && !graph.IsOutput(node.Output))
        {
            rows[node.Output] = (selected[0].Selection, axis);
            if (node.Inputs.All(input => input.Length == 0 || Known(input) is not null))
                SetKnown(node.Output, ((Operator)node.Op).Evaluate(new([.. node.Inputs.Select(Known)], 1))[0]);
            else
                editor.Keep(node);
        }
        else if (!IsSum(node) && !IsPutBack(node))
        {
            string by = string.Join(" and ", selected.Select(row => row.Selection.Origin.ToString()).Distinct());
            throw new OperatorException(
                RowCounts.Code, $"It is computed from as many rows as {by} selects when the model runs. Such rows are computed one by one, and summed by ReduceSum or put back by ScatterElements or ScatterND where they came from; {node.Op.Name} does neither here. Select with Where instead.");
        }
    }

    private int? Axis(string value) => rows.TryGetValue(value, out (Node Selection, int Axis) row) ? row.Axis : null;

    private Tensor? Known(string value) => value.Length == 0 ? null : known.GetValueOrDefault(value) ?? graph.ConstantOf(value);

    private void SetKnown(string value, Tensor tensor)
    {
        known[value] = tensor;
        editor.SetConstant(value, tensor);
    }

    // reduce-sum(%v) => reduce-sum(where(%m, %v, #zero))
    private bool IsSum(Node node)
    {
        if (node is not { Op: Reduce { Function: ReduceFunction.Sum } reduce, Inputs: [var value] } || !rows.TryGetValue(value, out (Node Selection, int Axis) row) || graph.IsOutput(value)
            || (reduce.Axes.Count > 0 && !reduce.Axes.Any(axis => Extents.Axis(axis, graph.TypeOf(value).Shape.Rank) == row.Axis)))
            return false;
        Shape shape = graph.TypeOf(value).Shape;
        editor.Replace(node, reduce, [Where(node, row.Selection, value, [.. shape.Select((extent, axis) => axis == row.Axis ? extent : 1)], null)]);
        return true;
    }

    // Rows of one selection that are added to those of the data at the places it selects, or take their place.
    private bool IsPutBack(Node node)
    {
        if (node is not { Op: ScatterOperator { Reduction: "add" or "none" } scatter, Inputs: [var data, var indices, var updates] }
            || rows.ContainsKey(data) || !rows.TryGetValue(indices, out (Node Selection, int Axis) row) || Known(indices) is not { } places
            || (rows.TryGetValue(updates, out (Node Selection, int Axis) put) && (put.Selection != row.Selection || (put.Axis != row.Axis && places.Shape[row.Axis] > 1))) // of one row any axis counts
            || RowTargets.Of(scatter, graph.TypeOf(data).Shape, places, row.Axis) is not { } targets)
            return false;
        Shape mask = graph.TypeOf(row.Selection.Inputs[0]).Shape;
        if (targets.AxesOf(mask) is not { } kept)
            return false;
        int[] summed = [.. Enumerable.Range(0, mask.Rank).Except(kept)];
        bool adds = scatter.Reduction == "add";
        if (!adds && Added(data, places, updates) is { } rest)
            (adds, updates) = (true, rest);
        else if (!adds && summed.Any(axis => mask[axis] != 1))
            return false;

        Shape split = [targets.Before, .. mask, targets.After], to = graph.TypeOf(data).Shape;
        string old = Add(node, Reshape.To([targets.Before, .. summed.Select(_ => 1), .. kept.Select(axis => mask[axis]), targets.After]), data);
        string value = Add(node, Reshape.To(split), updates);
        int[] order = [0, .. summed.Select(axis => axis + 1), .. kept.Select(axis => axis + 1), mask.Rank + 1];
        string? other = adds ? null : Moved(node, old, Inverse(order));
        value = Moved(node, Where(node, row.Selection, value, [1, .. mask, 1], other), order);
        if (summed.Length > 0)
            value = Add(node, new Reduce(ReduceFunction.Sum, [.. Enumerable.Range(1, summed.Length)], true), value);
        if (!adds || IsZero(data))
            editor.Replace(node, Reshape.To(to), [value]);
        else
            editor.Replace(node, new Binary(BinaryFunction.Add, Activation.None), [data, Add(node, Reshape.To(to), value)]);
        return true;
    }

    // What is added to the data's own rows before these are put back: data[m] += … as it is exported.
    private string? Added(string data, Tensor places, string updates)
    {
        if (graph.Producer(updates) is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] })
            return null;
        return IsOwn(a) ? b : IsOwn(b) ? a : null;

        bool IsOwn(string value) =>
            graph.Producer(value) is { Op: GatherND { BatchAxes: 0 } or Gather { Axis: 0 }, Inputs: [var source, var at] } && source == data && Known(at) is { } own
            && own.Count == places.Count && Enumerable.Range(0, own.Count).All(i => own.Integer(i) == places.Integer(i))
            && graph.TypeOf(value).Shape == graph.TypeOf(updates).Shape;
    }

    // The value where the mask, seen as a shape, is set, and another elsewhere; zero if none.
    private string Where(Node node, Node selection, string value, Shape shape, string? other)
    {
        string mask = selection.Inputs[0];
        if (editor.TypeOf(mask).Element != ElementType.Bool)
            mask = Add(node, new Cast(ElementType.Bool), mask);
        other ??= editor.AddConstant($"{node.Output}_zero", Tensor.Zeros(editor.TypeOf(value).Element, Shape.Scalar));
        return Add(node, new Where(), Add(node, Reshape.To(shape), mask), value, other);
    }

    private string Moved(Node node, string value, int[] order) =>
        order.SequenceEqual(Enumerable.Range(0, order.Length)) ? value : Add(node, new Transpose([.. order]), value);

    private string Add(Node node, Operator op, params ImmutableArray<string> inputs)
    {
        TensorType type = op.Infer(new([.. inputs.Select(editor.TypeOf)], [.. inputs.Select(editor.ConstantOf)], 1))[0];
        return editor.Add(node.Output, op, inputs, node.Origin, type);
    }

    private bool IsZero(string value) => graph.ConstantOf(value) is { } constant && Enumerable.Range(0, constant.Count).All(i => constant.Number(i) == 0);

    private static int[] Inverse(int[] order)
    {
        var inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
            inverse[order[i]] = i;
        return inverse;
    }
}
