using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>Indices found by comparing elements, and moves by indices.</summary>
internal static class IndexEmitter
{
    public static CBody Emit(SelectKernel kernel) => new(
        $"""
        {ReduceEmitter.Axis(kernel.Geometry)}
        edgec_select_{kernel.Operand.Text()}(axis, {kernel.Count}, x, {Bool(kernel.Greatest)}, y);
        """,
        "edgec_select.h");

    public static CBody Emit(GatherKernel kernel) => new(
        $"""
        {Geometry(kernel.Geometry)}
        edgec_gather_{kernel.Index.Text()}(gather, sizeof *y, a, b, y);
        """,
        "edgec_gather.h");

    public static CBody Emit(ScatterKernel kernel) => new(
        $"""
        {Geometry(kernel.Geometry)}
        edgec_scatter_{kernel.Index.Text()}(gather, sizeof *y, {kernel.Count}, x0, x1, x2, y);
        """,
        "edgec_gather.h");

    private static string Geometry(GatherGeometry g) =>
        $$"""
        const edgec_gather gather = {
            .outer = {{g.Outer}},
            .count = {{g.Count}},
            .inner = {{g.Inner}},
            .depth = {{g.Extents.Length}},
            .extents = {{{string.Join(", ", g.Extents)}}},
            .outer_indexed = {{Bool(g.OuterIndexed)}},
            .inner_indexed = {{Bool(g.InnerIndexed)}},
        };
        """;

    private static string Bool(bool value) => value ? "true" : "false";
}
