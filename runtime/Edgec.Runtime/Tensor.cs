using System.Runtime.InteropServices;

namespace Edgec.Runtime;

/// <summary>A dense row-major array of one element type over little-endian bytes.</summary>
public sealed class Tensor
{
    private readonly byte[] bytes;
    private Tensor? unpacked;

    private Tensor(ElementType element, Shape shape, byte[] bytes) => (Element, Shape, this.bytes) = (element, shape, bytes);

    public ElementType Element { get; }

    public Shape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => (int)Shape.ElementCount;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The bytes, for the code that fills a tensor it has just made.</summary>
    public Span<byte> WritableBytes => bytes;

    /// <summary>A tensor of zeros.</summary>
    /// <exception cref="ArgumentException">It would need more than 2 GiB.</exception>
    public static Tensor Zeros(ElementType element, Shape shape)
    {
        long size = element.BytesOf(shape.ElementCount);
        if (size > Array.MaxLength)
            throw new ArgumentException($"a tensor {element.Text()}{shape} needs {size} bytes");
        return new(element, shape, new byte[size]);
    }

    /// <summary>A tensor that holds a copy of <paramref name="values"/>.</summary>
    public static Tensor Of<T>(Shape shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.Length != shape.ElementCount)
            throw new ArgumentException($"{values.Length} values for shape {shape}");
        return new(ElementTypes.Of<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());
    }

    public static Tensor Of<T>(Shape shape, T[] values) where T : unmanaged => Of(shape, (ReadOnlySpan<T>)values);

    public static Tensor Scalar<T>(T value) where T : unmanaged => Of(Shape.Scalar, [value]);

    /// <summary>A tensor over the given bytes, which it takes without copying.</summary>
    public static Tensor FromBytes(ElementType element, Shape shape, byte[] bytes)
    {
        if (bytes.Length != element.BytesOf(shape.ElementCount))
            throw new ArgumentException($"{bytes.Length} bytes for {element.Text()}{shape}");
        return new(element, shape, bytes);
    }

    /// <summary>A tensor of 4-bit integers.</summary>
    /// <param name="values">In [-8, 7].</param>
    public static Tensor PackI4(Shape shape, ReadOnlySpan<sbyte> values) => FromBytes(ElementType.I4, shape, Kernels.Int4.Pack(values));

    /// <summary>4-bit integers one to a byte, made once; any other tensor as it is.</summary>
    public Tensor Unpacked => Element != ElementType.I4 ? this : unpacked ??= Of(Shape, Kernels.Int4.Unpack(bytes, Count));

    /// <summary>The elements, for reading and, while a kernel fills its output, for writing.</summary>
    public Span<T> Span<T>() where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Element)
            throw new InvalidOperationException($"a tensor of {Element.Text()} read as {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
    }

    /// <summary>The same elements under another shape of the same count. Shares memory.</summary>
    public Tensor Reshape(Shape shape) => shape.ElementCount == Shape.ElementCount
        ? new(Element, shape, bytes)
        : throw new ArgumentException($"{Shape} cannot be viewed as {shape}");

    /// <summary>Element <paramref name="index"/> of an integer or bool tensor, widened.</summary>
    public long Integer(int index) => Element switch
    {
        ElementType.I4 => Kernels.Int4.Element(bytes, index),
        ElementType.I8 => Span<sbyte>()[index],
        ElementType.U8 => Span<byte>()[index],
        ElementType.I16 => Span<short>()[index],
        ElementType.U16 => Span<ushort>()[index],
        ElementType.I32 => Span<int>()[index],
        ElementType.U32 => Span<uint>()[index],
        ElementType.I64 => Span<long>()[index],
        ElementType.U64 => unchecked((long)Span<ulong>()[index]),
        ElementType.Bool => bytes[index],
        _ => throw new InvalidOperationException($"{Element.Text()} is not an integer type"),
    };

    /// <summary>Element <paramref name="index"/> as a double, whatever the type.</summary>
    public double Number(int index) => Element switch
    {
        ElementType.F32 => Span<float>()[index],
        ElementType.F64 => Span<double>()[index],
        ElementType.F16 => (double)Span<Half>()[index],
        ElementType.BF16 => BitConverter.Int32BitsToSingle(BitConverter.ToUInt16(bytes, 2 * index) << 16),
        _ => Integer(index),
    };

    /// <summary>All elements of an integer tensor, widened.</summary>
    public long[] Integers()
    {
        var values = new long[Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Integer(i);
        return values;
    }

    /// <summary>A copy in single precision, whatever the type; the tensor itself if it is already.</summary>
    public Tensor ToF32()
    {
        if (Element == ElementType.F32)
            return this;
        Tensor copy = Zeros(ElementType.F32, Shape);
        Span<float> values = copy.Span<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)Number(i);
        return copy;
    }

    /// <summary>The elements in the order of permuted axes: output axis i is this tensor's axis <c>permutation[i]</c>.</summary>
    public Tensor Transpose(ReadOnlySpan<int> permutation)
    {
        Shape shape = Shape.Permute(permutation);
        int[] strides = Shape.Strides();
        int size = Element.SizeOf();
        var copy = new byte[bytes.Length];
        var index = new int[shape.Rank];
        int source = 0;
        for (int target = 0; target < copy.Length; target += size)
        {
            bytes.AsSpan(source * size, size).CopyTo(copy.AsSpan(target));
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                source += strides[permutation[axis]];
                if (++index[axis] < shape[axis])
                    break;
                source -= strides[permutation[axis]] * shape[axis];
                index[axis] = 0;
            }
        }

        return new(Element, shape, copy);
    }

    public override string ToString() => $"{Element.Text()}{Shape}";
}
