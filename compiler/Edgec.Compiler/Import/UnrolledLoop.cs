using Edgec.Import.Proto;

namespace Edgec.Import;

/// <summary>
/// Writes out a Loop of a known number of iterations, each with nodes of its own:
/// <code>
///   y, s = Loop(#3, , a) {i, c, v: w = Add(v, i); t = Relu(w) -> c, w, t}    =>    w0 = Add(a, #0);  t0 = Relu(w0)
///                                                                                  w1 = Add(w0, #1); t1 = Relu(w1)
///                                                                                  w2 = Add(w1, #2); t2 = Relu(w2)
///                                                                                  y = w2;  s = Concat(t0, t1, t2), stacked
/// </code>
/// </summary>
internal sealed class UnrolledLoop(FlatNodes flat, InnerGraph inner)
{
    /// <summary>A loop of more makes a program that nobody wants to have.</summary>
    private const int MaxIterations = 1024;

    /// <summary>The first opset whose Unsqueeze has its axes as an input.</summary>
    private const int AxesAreAnInput = 13;

    private const string Remedy = "Export the loop with a constant number of iterations and without a condition, or unrolled.";

    /// <summary>Adds a loop's nodes; false after a diagnostic.</summary>
    /// <param name="scope">Gives values around the loop their names in the flat graph.</param>
    public bool Add(ModelNode loop, Func<string, string> scope)
    {
        int states = Math.Max(0, loop.Inputs.Length - 2);
        if (loop.Attributes.FirstOrDefault(a => a.Name == "body")?.G is not { } body || body.Input.Count != 2 + states || body.Output.Count < 1 + Math.Max(states, loop.Outputs.Length))
            return Refuse(loop, $"Attribute body is no graph with {2 + states} inputs and {1 + loop.Outputs.Length} outputs.");
        if (Given(loop, 0) is not { } limit || flat.Known(limit)?.Integer(0) is not { } count)
            return Refuse(loop, "The number of iterations is not a constant of the model, and compiled programs have no loops that depend on data.");
        if (Given(loop, 1) is { } begin && flat.Known(begin) is null)
            return Refuse(loop, "Whether it begins depends on a condition that is computed.");
        if (inner.Constants(body, loop.Name, loop.Opsets) is not { } constants)
            return false;
        string condition = Given(loop, 1) ?? flat.Fresh($"{loop.Name}/begin");
        if (Given(loop, 1) is null && !flat.AddConstant(condition, condition, new() { DataType = (int)TensorProto.Types.DataType.Bool, Int32Data = { 1 } }, loop.Opsets))
            return false;

        string[] values = [.. loop.Inputs.Skip(2)];
        List<string>[] scans = [.. body.Output.Skip(1 + states).Select(_ => new List<string>())];
        for (int i = 0; i < count && flat.Known(condition)!.Integer(0) != 0; i++)
        {
            if (i == MaxIterations)
                return Refuse(loop, $"It has {count} iterations; up to {MaxIterations} are written out.");
            string place = $"{loop.Name}/{i}", counter = flat.Fresh($"{place}/iteration");
            if (!flat.AddConstant(counter, counter, Integer(i, body.Input[0].Type?.TensorType?.Shape?.Dim.Count ?? 0), loop.Opsets))
                return false;
            var known = new Dictionary<string, string>(constants) { [body.Input[0].Name] = counter, [body.Input[1].Name] = condition };
            for (int state = 0; state < states; state++)
                known[body.Input[2 + state].Name] = values[state];
            if (inner.Nodes(body, place, loop.Opsets, known, scope) is not { } names)
                return false;
            condition = flat.Original(names(body.Output[0].Name));
            if (flat.Known(condition) is null)
                return Refuse(loop, $"Whether it goes on is computed by {condition}.");
            values = [.. body.Output.Skip(1).Take(states).Select(value => names(value.Name))];
            for (int scan = 0; scan < scans.Length; scan++)
                scans[scan].Add(names(body.Output[1 + states + scan].Name));
        }

        return Results(loop, values, scans);
    }

    private bool Results(ModelNode loop, string[] values, List<string>[] scans)
    {
        for (int i = 0; i < loop.Outputs.Length; i++)
        {
            string output = loop.Outputs[i];
            if (output.Length == 0)
                continue;
            bool done = i < values.Length
                ? flat.Add(new(loop.Name, "", "Identity", "", [values[i]], [output], [], loop.Opsets))
                : Stacked(loop, scans[i - values.Length], output);
            if (!done)
                return false;
        }

        return true;
    }

    private bool Stacked(ModelNode loop, List<string> parts, string output)
    {
        if (parts.Count == 0)
            return Refuse(loop, $"It has no iteration, so that its output {output} is empty.");
        string first = flat.Fresh($"{loop.Name}/first");
        bool axesAreAnInput = loop.Opsets.VersionOf("") >= AxesAreAnInput;
        if (axesAreAnInput && !flat.AddConstant(first, first, Integer(0, 1), loop.Opsets))
            return false;
        var stacked = new List<string>();
        foreach (string part in parts)
        {
            stacked.Add(flat.Fresh($"{part}/row"));
            ModelNode row = axesAreAnInput
                ? new(loop.Name, "", "Unsqueeze", "", [part, first], [stacked[^1]], [], loop.Opsets)
                : new(loop.Name, "", "Unsqueeze", "", [part], [stacked[^1]], [new() { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0 } }], loop.Opsets);
            if (!flat.Add(row))
                return false;
        }

        AttributeProto axis = new() { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 0 };
        return flat.Add(new(loop.Name, "", "Concat", "", [.. stacked], [output], [axis], loop.Opsets));
    }

    private bool Refuse(ModelNode loop, string fault) => flat.Refuse(loop, "EC1118", $"{fault} {Remedy}");

    private static string? Given(ModelNode loop, int input) => input < loop.Inputs.Length && loop.Inputs[input].Length > 0 ? loop.Inputs[input] : null;

    private static TensorProto Integer(long value, int rank) =>
        new() { DataType = (int)TensorProto.Types.DataType.Int64, Dims = { Enumerable.Repeat(1L, rank) }, Int64Data = { value } };
}
