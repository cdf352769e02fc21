using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>Moves: loops around a copy of a run of elements, a fill, or single elements.</summary>
internal static class MoveEmitter
{
    public static CBody Emit(MoveKernel kernel, StepContext context)
    {
        var parts = new List<string>();
        if (kernel.Fill is { } bits)
            parts.Add(Fill(kernel, bits, context.Result.Element));
        parts.AddRange(kernel.Copies.Where(copy => !copy.Extents.Contains(0)).Select(copy => Copy(copy, kernel.ElementSize, context)));
        return new(string.Join('\n', parts), "string.h");
    }

    private static string Fill(MoveKernel kernel, long bits, ElementType element) => kernel.ElementSize == 1
        ? $"memset(y, {CLiteral.Element(ElementType.I8, bits)}, {kernel.Count});"
        : CLoops.Nest([kernel.Count], $"y[i] = {CLiteral.Element(element, bits)};");

    private static string Copy(StridedCopy copy, int elementSize, StepContext context)
    {
        string x = context.Operands[copy.Operand];
        (int[] extents, int[] from, int[] to) = Simplify(copy);
        bool runs = extents is [.., > 1] && to[^1] == 1;
        if (runs && from[^1] == 1)
        {
            (int[] outer, int depth) = (extents[..^1], extents.Length - 1);
            string source = Address(x, CLoops.Index(from.AsSpan(0, depth), depth, copy.SourceOffset));
            string target = Address("y", CLoops.Index(to.AsSpan(0, depth), depth, copy.TargetOffset));
            string run = outer.Length == 0 ? context.Outer(extents[^1]) : $"{extents[^1]}";
            string bytes = (outer.Length == 0 && context.Rows is not null ? "(size_t)" : "") + run + (elementSize == 1 ? "" : " * sizeof *y");
            return CLoops.Nest(outer, $"memcpy({target}, {source}, {bytes});", outer.Length == 0 ? null : context.Outer(outer[0]));
        }

        int loops = extents.Length;
        return CLoops.Nest(extents, $"y[{CLoops.Index(to, loops, copy.TargetOffset)}] = {x}[{CLoops.Index(from, loops, copy.SourceOffset)}];", loops == 0 ? null : context.Outer(extents[0]));
    }

    /// <summary>Loops of one iteration left out, and loops joined that run on where the next one ends.</summary>
    private static (int[] Extents, int[] From, int[] To) Simplify(StridedCopy copy)
    {
        var loops = new List<(int Extent, int From, int To)>();
        for (int axis = 0; axis < copy.Extents.Length; axis++)
        {
            (int Extent, int From, int To) loop = (copy.Extents[axis], copy.SourceStrides[axis], copy.TargetStrides[axis]);
            if (loop.Extent == 1)
                continue;
            if (loops is [.., var outer] && outer.From == loop.From * loop.Extent && outer.To == loop.To * loop.Extent)
                loops[^1] = (outer.Extent * loop.Extent, loop.From, loop.To);
            else
                loops.Add(loop);
        }

        return ([.. loops.Select(l => l.Extent)], [.. loops.Select(l => l.From)], [.. loops.Select(l => l.To)]);
    }

    private static string Address(string array, string index) => index == "0" ? array : $"{array} + {index}";
}
