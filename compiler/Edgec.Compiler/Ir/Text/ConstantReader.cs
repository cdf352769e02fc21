using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ir.Text;

/// <summary>Makes tensors from what the text form says of them, within a bound on memory.</summary>
/// <param name="sideFile">The file behind <c>file(offset)</c>; null if the graph names none.</param>
internal sealed class ConstantReader(string? sideFile)
{
    /// <summary>Bytes that <c>random</c>, <c>splat</c> and <c>file</c> may make in one graph; a list is as long as its text.</summary>
    private const long MaxMade = 2L << 30;

    private long made;

    /// <summary>The tensor, or what is wrong.</summary>
    public (Tensor? Tensor, string? Fault) Read(TensorType type, DataForm data) => data switch
    {
        RandomForm random => Bounded(type, () => (ConstantText.Random(type.Element, type.Shape, random.Seed), null)),
        SplatForm splat => Bounded(type, () => Filled(type, _ => splat.Value)),
        ListForm list when list.Values.Length != type.Shape.ElementCount =>
            (null, $"{list.Values.Length} values for {type}, which has {type.Shape.ElementCount}. List each element once."),
        ListForm list => Filled(type, i => list.Values[i]),
        FileForm file => Bounded(type, () => FromFile(type, file.Offset)),
        _ => throw new ArgumentException($"unknown form {data.GetType().Name}"),
    };

    private (Tensor?, string?) Bounded(TensorType type, Func<(Tensor?, string?)> make)
    {
        made += type.Bytes;
        return made > MaxMade || type.Bytes > Array.MaxLength
            ? (null, $"The constants of this graph take more than {MaxMade} bytes. Make them smaller.")
            : make();
    }

    private static (Tensor?, string?) Filled(TensorType type, Func<int, string> text)
    {
        if (type.Element == ElementType.I4)
            return Packed(type, text);
        int size = type.Element.SizeOf();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < type.Shape.ElementCount; i++)
        {
            if (!ConstantText.TryWrite(type.Element, text(i), bytes.AsSpan(i * size)))
                return (null, $"{text(i)} is no value of {type.Element.Text()}. Write one in its range.");
        }

        return (Tensor.FromBytes(type.Element, type.Shape, bytes), null);
    }

    private static (Tensor?, string?) Packed(TensorType type, Func<int, string> text)
    {
        (Tensor? bytes, string? fault) = Filled(type with { Element = ElementType.I8 }, text);
        if (bytes is null)
            return (null, fault);
        ReadOnlySpan<sbyte> values = bytes.Span<sbyte>();
        foreach (sbyte value in values)
        {
            if (value is < Int4.Lowest or > Int4.Highest)
                return (null, $"{value} is no value of {type.Element.Text()}. Write one in its range.");
        }

        return (Tensor.PackI4(type.Shape, values), null);
    }

    private (Tensor?, string?) FromFile(TensorType type, long offset)
    {
        if (sideFile is null)
            return (null, "The graph names no side file. Add a line weights \"file\" below the first.");
        try
        {
            using FileStream stream = File.OpenRead(sideFile);
            if (offset < 0 || offset > stream.Length || type.Bytes > stream.Length - offset || type.Bytes > Array.MaxLength)
                return (null, $"{type} at offset {offset} lies beyond the end of {Path.GetFileName(sideFile)}. The two files do not belong together.");
            stream.Position = offset;
            var bytes = new byte[type.Bytes];
            stream.ReadExactly(bytes);
            return (Tensor.FromBytes(type.Element, type.Shape, bytes), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"The side file {Path.GetFileName(sideFile)} cannot be read: {e.Message}");
        }
    }
}
