using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Export;

/// <summary>The ONNX forms of operators that only move numbers: what is an attribute in a canonical graph is an input there.</summary>
internal static class MoveForm
{
    /// <summary>The form of a node; null if it has none.</summary>
    public static OnnxForm? Of(Node node) => node.Op switch
    {
        Reshape op => new(op.AllowZero ? 14 : OnnxForm.LowestOpset, w => w.Add("Reshape", [w.Inputs[0], w.Integers("shape", w.Output)], op.AllowZero ? [("allowzero", true)] : [])),
        Transpose op => OnnxForm.Plain(w => w.Add("Transpose", w.Inputs, ("perm", op.Permutation))),
        Concat op => OnnxForm.Plain(w => w.Add("Concat", w.Inputs, ("axis", op.Axis))),
        Slice op when node.Inputs.Length == 1 => OnnxForm.Plain(w => w.Add(
            "Slice",
            [
                w.Inputs[0], w.Integers("starts", op.Starts), w.Integers("ends", op.Ends),
                op.Axes.Count > 0 ? w.Integers("axes", op.Axes) : "", op.Steps.Count > 0 ? w.Integers("steps", op.Steps) : "",
            ])),
        Pad op when node.Inputs.Length == 1 => new(op.Mode == "wrap" ? 19 : OnnxForm.LowestOpset, w => w.Add(
            "Pad",
            [w.Inputs[0], w.Integers("pads", op.Pads), op is { Mode: "constant", Value: not 0 } ? w.Constant("value", Tensor.Scalar(op.Value)) : ""],
            ("mode", op.Mode))),
        Gather op => OnnxForm.Plain(w => w.Add("Gather", w.Inputs, ("axis", op.Axis))),
        GatherElements op => OnnxForm.Plain(w => w.Add("GatherElements", w.Inputs, ("axis", op.Axis))),
        GatherND op => OnnxForm.Plain(w => w.Add("GatherND", w.Inputs, ("batch_dims", op.BatchAxes))),
        ScatterElements { Reduction: "none" } op => OnnxForm.Plain(w => w.Add("ScatterElements", w.Inputs, ("axis", op.Axis))),
        ScatterND { Reduction: "none" } => OnnxForm.Plain(w => w.Add("ScatterND", w.Inputs)),
        Where => OnnxForm.Plain(w => w.Add("Where", w.Inputs)),
        Expand op when node.Inputs.Length == 1 => OnnxForm.Plain(w => w.Add("Expand", [w.Inputs[0], w.Integers("shape", op.Shape)])),
        Tile op when node.Inputs.Length == 1 => OnnxForm.Plain(w => w.Add("Tile", [w.Inputs[0], w.Integers("repeats", op.Repeats)])),
        Trilu op => new(14, w => w.Add("Trilu", w.Inputs, ("upper", op.Upper))),
        DepthToSpace { IsChannelsLast: false } op when op.BlockHeight == op.BlockWidth =>
            OnnxForm.Plain(w => w.Add("DepthToSpace", w.Inputs, ("blocksize", op.BlockHeight), ("mode", op.Mode))),
        SpaceToDepth { IsChannelsLast: false } op => OnnxForm.Plain(w => w.Add("SpaceToDepth", w.Inputs, ("blocksize", op.Block))),
        Resize { Sampling.Nearest: not "simple", Axes.Count: 0, ScalesFirst: false } op when node.Inputs.Length == 1 => Resized(op, op.Sampling),
        // Before operator set 11 nearest rounded down where it enlarges.
        Resize { Sampling.Nearest: "simple", Axes.Count: 0 } op when node.Inputs.Length == 1 && op.Scales.Count > 0 && op.Scales.All(s => s >= 1) =>
            Resized(op, op.Sampling with { Nearest = "floor" }),
        _ => null,
    };

    private static OnnxForm Resized(Resize op, ResizeSampling sampling) => new(sampling.Antialias ? 18 : OnnxForm.LowestOpset, w => w.Add(
        "Resize",
        [
            w.Inputs[0],
            op.Roi.Count > 0 ? w.Constant("roi", Tensor.Of([op.Roi.Count], [.. op.Roi])) : "",
            op.Scales.Count > 0 ? w.Constant("scales", Tensor.Of([op.Scales.Count], [.. op.Scales])) : "",
            op.Sizes.Count > 0 ? w.Integers("sizes", op.Sizes) : "",
        ],
        sampling.Attributes));
}
