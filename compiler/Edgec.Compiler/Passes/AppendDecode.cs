using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Appends to a CenterNet what makes boxes of its maps (Zhou, Wang and Krähenbühl, "Objects as Points", section 4), in operators like any
/// other. The outputs heatmap [1,C,H,W] (logits), wh and reg [1,2,H,W] become
/// <code>
///   boxes   [1,k,4]    x0, y0, x1, y1 in pixels; 16-bit integers in a quantized graph
///   scores  [1,k]      logits, the best first; of equal ones the first in the order of the heatmap
///   classes [1,k]      i64
/// </code>
/// where k is Top, or all there are. An object is a local maximum of 3x3, of equal neighbours the first in row order; the sigmoid is monotone and not
/// needed for that. Where there are fewer objects than k, cells that are none fill up, with the lowest score of the whole map. Not in any pipeline: a user asks for it.
/// </summary>
/// <param name="Kind">The only one is <c>centernet</c>.</param>
/// <param name="Top">Most objects.</param>
/// <param name="Stride">Pixels of the picture a cell; 0 for the picture's extent over the heatmap's.</param>
public sealed record AppendDecode(string Kind = AppendDecode.CenterNet, int Top = 100, int Stride = 0) : Pass
{
    /// <summary>Origin of the operators that compute coordinates, for which 8 bits are too coarse: the quantizer gives them 16.</summary>
    public const string Coordinates = "append-decode/boxes";

    private const string CenterNet = "centernet";

    private const string Selection = "append-decode";

    public static readonly PassDef Def = new(
        "append-decode", "Appends the decoding of a detector's maps to boxes, scores and classes: kind=centernet, top, stride.", Read);

    public override string Name => "append-decode";

    public override Level Accepts => Level.Canonical;

    /// <remarks>Other outputs take the place of the maps.</remarks>
    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context)
    {
        CenterNetMaps? maps = CenterNetMaps.Of(
            [.. graph.Inputs.Select(i => graph.TypeOf(i).Shape)], [.. graph.Outputs.Select(o => (o, graph.TypeOf(o).Shape))], Stride == 0 ? null : Stride);
        if (maps is null)
        {
            string outputs = string.Join(", ", graph.Outputs.Select(o => $"{o} {graph.TypeOf(o)}"));
            context.Diagnostics.Add(Diagnostic.Error(
                "EC2902", context.Model,
                $"append-decode needs three outputs heatmap [1,C,H,W], wh [1,2,H,W] and reg [1,2,H,W] whose height and width divide the picture's alike, and the model has {outputs}. Give the stride, or leave the pass away."));
            return graph;
        }

        string heatmap = graph.Outputs[maps.Heatmap], size = graph.Outputs[maps.Size], offset = graph.Outputs[maps.Offset];
        var builder = new DecodeBuilder(graph);
        (string scores, string classes, string cells) = Best(builder, builder.Last(heatmap, Selection));
        string boxes = Boxes(builder, builder.Last(size, Selection), builder.Last(offset, Selection), cells, maps.Stride);
        string[] decoded = [heatmap, size, offset];
        ImmutableArray<string> results = [.. graph.Outputs.Where(output => !decoded.Contains(output)), boxes, scores, classes];
        return new EliminateDead().Run(builder.Finish(results), context);
    }

    private static AppendDecode Read(AttributeReader a)
    {
        var pass = new AppendDecode(a.Text("kind", CenterNet), a.Int("top", 100), a.Int("stride", 0));
        if (pass.Kind != CenterNet)
            throw OperatorException.Invalid($"kind is {CenterNet}, not {pass.Kind}.");
        return pass.Top > 0 && pass.Stride >= 0 ? pass : throw OperatorException.Invalid("top is at least 1, and stride not negative.");
    }

    // The best cells in two steps, as ties go by class, then by cell: those of each class, then of these those of all.
    private (string Scores, string Classes, string Cells) Best(DecodeBuilder b, string heatmap)
    {
        (int height, int width, int channels) = b.Extents(heatmap);
        int each = Math.Min(Top, height * width), count = Math.Min(Top, channels * each);
        string rows = b.Add("maxima", new Reshape([1, height * width, channels]), Selection, Peaks(b, heatmap));
        string peaks = b.Add("maxima_by_class", new Transpose([0, 2, 1]), Selection, rows);
        string best = b.Add("best_cells", new RankedIndices(2, each, Largest: true), Selection, peaks);
        string values = InOneRow(b, b.Add("best_scores", new GatherElements(2), Selection, peaks, best), channels * each);
        string ranks = b.Add("ranks", new RankedIndices(1, count, Largest: true), Selection, values);
        string classOf = b.Constant("class_of", Tensor.Of([channels * each], [.. Enumerable.Range(0, channels * each).Select(i => (long)(i / each))]));
        string classes = b.Add("classes", new Gather(0), Selection, classOf, ranks);
        return (b.Add("scores", new GatherElements(1), Selection, values, ranks), classes, b.Add("cells", new GatherElements(1), Selection, InOneRow(b, best, channels * each), ranks));
    }

    // [1, C, each] to [1, C · each].
    private static string InOneRow(DecodeBuilder b, string value, int count) => b.Add(value, new Reshape([1, count]), Selection, value);

    // The heatmap at its local maxima and its lowest number elsewhere: not less than any neighbour, and greater than those before it in row order.
    private static string Peaks(DecodeBuilder b, string heatmap)
    {
        (int height, int width, int channels) = b.Extents(heatmap);
        string lowest = b.Add("lowest", new Reduce(ReduceFunction.Minimum, [1, 2, 3], KeepDims: true), Selection, heatmap);
        string around = b.Add("around", Pool(3, 3), Selection, heatmap), row = b.Add("row", Pool(1, 3), Selection, heatmap);
        string above = Shifted(b, row, lowest, 1, height, [1, 1, width, channels]), left = Shifted(b, heatmap, lowest, 2, width, [1, height, 1, channels]);
        string before = b.Add("before", new Binary(BinaryFunction.Maximum, Activation.None), Selection, above, left);
        string highest = b.Add("is_highest", new Compare(CompareFunction.GreaterOrEqual), Selection, heatmap, around);
        string first = b.Add("is_first", new Compare(CompareFunction.Greater), Selection, heatmap, before);
        return b.Add("peaks", new Where(), Selection, b.Add("is_peak", new Compare(CompareFunction.And), Selection, highest, first), heatmap, lowest);
    }

    private static MaxPool Pool(int height, int width) =>
        new(new WindowAttributes([height, width], [1, 1], [1, 1], [height / 2, width / 2, height / 2, width / 2]), ChannelsLast: true, ColumnMajor: false);

    // One further along an axis; the lowest number comes in.
    private static string Shifted(DecodeBuilder b, string value, string lowest, int axis, int extent, Shape edge)
    {
        string begin = b.Add("edge", new Expand([.. edge]), Selection, lowest);
        return extent == 1 ? begin : b.Add("shifted", new Concat(axis), Selection, begin, b.Add("kept", Slice.Range(axis, 0, extent - 1), Selection, value));
    }

    // Boxes of all cells, then those of the best: so calibration sees every cell. Two cells behind the last stand one picture to either side,
    // which gives coordinates a range that does not depend on the samples.
    private static string Boxes(DecodeBuilder b, string size, string offset, string cells, int stride)
    {
        (int height, int width, _) = b.Extents(size);
        float reach = Math.Max(height, width) * stride;
        float[] grid = [.. Enumerable.Range(0, height * width).SelectMany(i => new float[] { i % width * stride, i / width * stride }), -reach, -reach, 2 * reach, 2 * reach];
        string corners = b.Constant("corners", Tensor.Of([1, height * width + 2, 2], grid));
        string moved = b.Add("moved", new Binary(BinaryFunction.Multiply, Activation.None), Coordinates, Rows(offset), Both("stride", stride));
        string centre = b.Add("centre", new Binary(BinaryFunction.Add, Activation.None), Coordinates, corners, moved);
        string half = b.Add("half", new Binary(BinaryFunction.Multiply, Activation.None), Coordinates, Rows(size), Both("half_stride", stride / 2f));
        string from = b.Add("from", new Binary(BinaryFunction.Subtract, Activation.None), Coordinates, centre, half);
        string to = b.Add("to", new Binary(BinaryFunction.Add, Activation.None), Coordinates, centre, half);
        string all = b.Add("all_boxes", new Concat(2), Coordinates, from, to);
        string places = b.Add("places", new Reshape([1, b.Count(cells), 1]), Selection, cells);
        return b.Add("boxes", new GatherND(BatchAxes: 1), Coordinates, all, places);

        string Rows(string map) => b.Add(
            "rows", new Concat(1), Selection, b.Add("cells_of", new Reshape([1, height * width, 2]), Selection, map), b.Constant("none", Tensor.Zeros(ElementType.F32, [1, 2, 2])));

        string Both(string name, float value) => b.Constant(name, Tensor.Of<float>([2], [value, value]));
    }
}
