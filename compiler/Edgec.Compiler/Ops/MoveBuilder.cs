using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Builds a <see cref="MoveKernel"/> from strides and index maps, with as few and as short loop nests as they allow.</summary>
/// <param name="output">What is written; its quantization tells which integer stands for a fill value.</param>
/// <param name="strides">How tensors are stored.</param>
/// <param name="most">The most copies: where they become a program, their description must not outweigh what they copy.</param>
internal sealed class MoveBuilder(TensorType output, Func<Shape, int[]> strides, int most = int.MaxValue)
{
    /// <summary>The most copies a plan may hold for one move.</summary>
    public const int MaxPlanned = 1 << 14;

    private const int MaxLoops = 8;

    private readonly ImmutableArray<StridedCopy>.Builder copies = ImmutableArray.CreateBuilder<StridedCopy>();
    private long? fill;

    public Shape Output => output.Shape;

    public int[] Strides(Shape shape) => strides(shape);

    /// <summary>Elements that no copy writes get this value.</summary>
    public void Fill(double value) => fill = Bits(value);

    /// <summary>Elements that no copy writes get the first element of <paramref name="value"/>, which has the output's type.</summary>
    public void Fill(Tensor value)
    {
        Span<byte> wide = stackalloc byte[sizeof(long)];
        value.Bytes[..value.Element.SizeOf()].CopyTo(wide);
        fill = BitConverter.ToInt64(wide);
    }

    /// <summary>One loop nest; loops of one step vanish and neighbours that run on merge.</summary>
    public void Copy(
        int operand, ReadOnlySpan<int> extents, ReadOnlySpan<int> sourceStrides, ReadOnlySpan<int> targetStrides,
        int sourceOffset = 0, int targetOffset = 0)
    {
        var loops = new List<(int Extent, int Source, int Target)>();
        for (int i = 0; i < extents.Length; i++)
        {
            (int extent, int source, int target) = (extents[i], sourceStrides[i], targetStrides[i]);
            if (extent == 0)
                return;
            if (extent == 1)
                continue;
            if (loops.Count > 0 && loops[^1].Source == source * extent && loops[^1].Target == target * extent)
                loops[^1] = (loops[^1].Extent * extent, source, target);
            else
                loops.Add((extent, source, target));
        }

        Add(operand, loops, sourceOffset, targetOffset);
    }

    /// <summary>
    /// Output element (o0, o1, …) of a box becomes operand element (maps[0][o0], maps[1][o1], …); -1 leaves it to the fill.
    /// </summary>
    /// <param name="source">Shape of the operand.</param>
    /// <param name="target">Where the box begins in the output; its extents are the lengths of the maps.</param>
    public void Gather(int operand, Shape source, int[][] maps, int[]? target = null)
    {
        int[] sourceStrides = Strides(source), targetStrides = Strides(Output);
        ImmutableArray<IndexRun>[] runs = [.. maps.Select(IndexRun.Split)];
        long count = runs.Aggregate(1L, (product, axis) => product * axis.Length);
        if (copies.Count + count > most)
            throw new OperatorException("EC4002", $"Moving {source} to {Output} takes {count} loop nests; {most} are the most. Use indices or scales with a regular pattern.");
        var chosen = new IndexRun[maps.Length];
        Visit(0);

        void Visit(int axis)
        {
            if (axis < maps.Length)
            {
                foreach (IndexRun run in runs[axis])
                {
                    chosen[axis] = run;
                    Visit(axis + 1);
                }

                return;
            }

            int[] extents = [.. chosen.SelectMany(run => new[] { run.Outer.Count, run.Inner.Count })];
            int[] from = [.. chosen.SelectMany((run, i) => new[] { run.Outer.Source * sourceStrides[i], run.Inner.Source * sourceStrides[i] })];
            int[] to = [.. chosen.SelectMany((run, i) => new[] { run.Outer.Target * targetStrides[i], run.Inner.Target * targetStrides[i] })];
            Copy(
                operand, extents, from, to,
                chosen.Select((run, i) => run.From * sourceStrides[i]).Sum(),
                chosen.Select((run, i) => (run.To + (target?[i] ?? 0)) * targetStrides[i]).Sum());
        }
    }

    /// <param name="count">Elements of the output as it is stored.</param>
    public MoveKernel Kernel(int count) => new(output.Element.SizeOf(), count, copies.ToImmutable(), fill);

    private void Add(int operand, List<(int Extent, int Source, int Target)> loops, int sourceOffset, int targetOffset)
    {
        if (loops.Count <= MaxLoops)
        {
            copies.Add(new(
                operand, [.. loops.Select(l => l.Extent)], [.. loops.Select(l => l.Source)], [.. loops.Select(l => l.Target)], sourceOffset, targetOffset));
            return;
        }

        (int extent, int source, int target) = loops[0];
        for (int i = 0; i < extent; i++)
            Add(operand, loops[1..], sourceOffset + i * source, targetOffset + i * target);
    }

    private long Bits(double value)
    {
        if (output.Quantization is { } q)
            return (long)Math.Clamp(Math.Round(value / q.Scale, MidpointRounding.ToEven) + q.Zero, output.Element.Range().Lo, output.Element.Range().Hi);
        Tensor one = Tensor.Scalar(value).ConvertTo(output.Element);
        Span<byte> wide = stackalloc byte[sizeof(long)];
        one.Bytes.CopyTo(wide);
        return BitConverter.ToInt64(wide);
    }
}
