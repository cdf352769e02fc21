using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Runtime;
using Google.Protobuf.Collections;

namespace Edgec.Import;

/// <summary>Static types for a model's inputs: what the model declares, what the user binds, and 1 for an open leading axis.</summary>
internal sealed class InputTypes(string model, ImportOptions options, DiagnosticBag diagnostics)
{
    private readonly Dictionary<string, int> bound = new(options.Dims);

    /// <param name="inputs">Those that are no initializers.</param>
    public ImmutableArray<(string Name, TensorType Type)> Read(IReadOnlyList<ValueInfoProto> inputs)
    {
        BindFromShapes(inputs);
        ReportUnused(inputs);
        var types = ImmutableArray.CreateBuilder<(string, TensorType)>();
        foreach (ValueInfoProto input in inputs)
        {
            if (TypeOf(input) is { } type)
                types.Add((input.Name, type));
        }

        return types.ToImmutable();
    }

    // --shape input=1x3x320x320 says what the symbols in the input's declaration are, for other inputs too.
    private void BindFromShapes(IReadOnlyList<ValueInfoProto> inputs)
    {
        foreach (ValueInfoProto input in inputs)
        {
            if (!options.Shapes.TryGetValue(input.Name, out Shape? shape) || Declared(input) is not { } dims || dims.Count != shape.Rank)
                continue;
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                if (dims[axis].DimParam.Length > 0)
                    bound.TryAdd(dims[axis].DimParam, shape[axis]);
            }
        }
    }

    private void ReportUnused(IReadOnlyList<ValueInfoProto> inputs)
    {
        string[] symbols = [.. inputs.SelectMany(i => Declared(i) ?? []).Select(d => d.DimParam).Where(p => p.Length > 0).Distinct()];
        foreach (string name in options.Dims.Keys.Where(name => !symbols.Contains(name)))
            Wrong("EC1109", $"--dim {name}: the model has no dimension of that name.{Choice(name, symbols)}");
        string[] names = [.. inputs.Select(i => i.Name)];
        foreach (string name in options.Shapes.Keys.Where(name => !names.Contains(name)))
            Wrong("EC1109", $"--shape {name}: the model has no input of that name.{Choice(name, names)}");
    }

    private TensorType? TypeOf(ValueInfoProto input)
    {
        string where = $"{model}({input.Name})";
        if (input.Type?.TensorType is not { } declared)
            return Fail("EC1108", $"Input {input.Name} is no tensor. Change the model to take tensors.");
        if (DataTypes.Element(declared.ElemType) is not { } element)
            return Fail("EC1108", $"Input {input.Name} holds {DataTypes.Text(declared.ElemType)}, which edgec does not know. Convert it to a float, integer or bool type.");
        if (options.Shapes.TryGetValue(input.Name, out Shape? given))
        {
            if (Declared(input) is { } own && own.Count != given.Rank)
                return Wrong("EC1110", $"--shape {input.Name} has {given.Rank} axes, but the model declares {own.Count}. Write {Pattern(own)}.");
            return Sized([.. given.Select(e => (long)e)]);
        }

        if (Declared(input) is not { } dims)
            return Fail("EC1106", $"Input {input.Name} has no declared shape. Add --shape {input.Name}=1x….");
        var extents = new long[dims.Count];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            TensorShapeProto.Types.Dimension dim = dims[axis];
            if (dim.HasDimValue && dim.DimValue >= 0)
            {
                extents[axis] = dim.DimValue;
            }
            else if (dim.DimParam.Length > 0 && bound.TryGetValue(dim.DimParam, out int extent))
            {
                extents[axis] = extent;
            }
            else if (axis == 0)
            {
                extents[axis] = 1;
                bound[dim.DimParam] = 1;
                diagnostics.Add(Diagnostic.Note("EC1107", where, $"The first axis of input {input.Name} is open and taken as 1. {Flag(input.Name, dims, axis)} sets it."));
            }
            else
            {
                return Fail("EC1106", $"Axis {axis} of input {input.Name} is open. Add {Flag(input.Name, dims, axis)}.");
            }
        }

        return Sized(extents);

        TensorType? Sized(long[] extents) => BoundedShape.Of(extents, element) is { } shape
            ? new(element, shape)
            : Fail("EC1117", $"Input {input.Name} of shape {BoundedShape.Text(extents)} would take more than 2 GiB. Bind smaller dimensions with --dim or --shape.");

        TensorType? Fail(string code, string message)
        {
            diagnostics.Add(Diagnostic.Error(code, where, message));
            return null;
        }
    }

    private static RepeatedField<TensorShapeProto.Types.Dimension>? Declared(ValueInfoProto input) => input.Type?.TensorType?.Shape?.Dim;

    private static string Flag(string input, RepeatedField<TensorShapeProto.Types.Dimension> dims, int axis) =>
        dims[axis].DimParam.Length > 0 ? $"--dim {dims[axis].DimParam}=…" : $"--shape {input}={Pattern(dims)}";

    private static string Pattern(RepeatedField<TensorShapeProto.Types.Dimension> dims) =>
        string.Join('x', dims.Select(d => d.HasDimValue && d.DimValue >= 0 ? d.DimValue.ToString() : "…"));

    private static string Choice(string name, string[] known) =>
        Nearest.Hint(name, known) is { Length: > 0 } hint ? hint : known.Length == 0 ? " It has none." : $" It has {string.Join(", ", known.Take(8))}.";

    private TensorType? Wrong(string code, string message)
    {
        diagnostics.Add(Diagnostic.Error(code, model, message, exitCode: 2));
        return null;
    }
}
