using System.Runtime.InteropServices;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Edgec.Import;

/// <summary>Turns the tensors of one file into ours. Declared shapes are compared with the data there is before
/// anything is allocated.</summary>
/// <param name="path">The file the tensors stand in; external data is looked for beside it.</param>
public sealed class TensorReader(string path, DiagnosticBag diagnostics)
{
    private readonly ExternalData external = new(path, diagnostics);

    /// <summary>Reads one tensor. Integers of 4 and 2 bits come unpacked, as i8 and u8.</summary>
    /// <param name="name">What diagnostics call it: its name, or the node it is an attribute of.</param>
    /// <returns>Null after a diagnostic.</returns>
    public Tensor? Read(TensorProto proto, string name)
    {
        string where = $"{path}({name})";
        if (DataTypes.Element(proto.DataType) is not { } element)
            return Fail("EC1030", $"Tensor {name} holds {DataTypes.Text(proto.DataType)}, which edgec does not know. Convert it to a float, integer or bool type.");
        if (proto.Segment is not null)
            return Fail("EC1034", $"Tensor {name} is a segment of a larger one. Save the model with whole tensors.");
        if (BoundedShape.Of(proto.Dims, element) is not { } shape)
            return Fail("EC1031", $"Tensor {name} declares the shape {BoundedShape.Text(proto.Dims)}, which is negative or more than 2 GiB. Save the model anew.");

        int bits = DataTypes.StoredBits(proto.DataType);
        long storedBytes = (shape.ElementCount * bits + 7) / 8;
        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
            return external.Read(proto, storedBytes, where) is { } bytes ? FromBytes(proto.DataType, shape, bytes) : null;

        (string Field, int Items)[] filled = [.. Fields(proto).Where(field => field.Items > 0)];
        string field = filled is [("raw_data", _)] ? "raw_data" : FieldOf(element);
        long items = field == "raw_data" || bits < 8 ? storedBytes : shape.ElementCount;
        bool agrees = filled switch
        {
            [] => items == 0,
            [var only] => only == (field, items),
            _ => false,
        };
        if (!agrees)
        {
            string found = filled is [] ? "no data" : string.Join(", ", filled.Select(f => $"{f.Items} in {f.Field}"));
            string unit = field == "raw_data" ? "bytes" : "values";
            return Fail("EC1032", $"Tensor {name}, {DataTypes.Text(proto.DataType)}{shape}, needs {items} {unit} in {field} and has {found}. Save the model anew.");
        }

        if (field == "raw_data")
            return FromBytes(proto.DataType, shape, Unwrap(proto.RawData));
        return FromField(proto, element, shape) ?? Fail("EC1033", $"Tensor {name} has values in int32_data that {DataTypes.Text(proto.DataType)} cannot hold. Save the model anew.");

        Tensor? Fail(string code, string message)
        {
            diagnostics.Add(Diagnostic.Error(code, where, message));
            return null;
        }
    }

    /// <summary>Reads a sparse tensor, as a dense one.</summary>
    /// <param name="name">What diagnostics call it: the name of its values, or the node it is an attribute of.</param>
    /// <returns>Null after a diagnostic.</returns>
    public Tensor? Read(SparseTensorProto proto, string name)
    {
        if (Read(proto.Values ?? new(), name) is not { } values || Read(proto.Indices ?? new(), $"{name}, indices") is not { } indices)
            return null;
        Tensor? dense = BoundedShape.Of(proto.Dims, values.Element) is { } shape ? SparseTensor.Expand(values, indices, shape) : null;
        if (dense is null)
        {
            diagnostics.Add(Diagnostic.Error("EC1039", $"{path}({name})",
                $"Sparse tensor {name} of shape {BoundedShape.Text(proto.Dims)} does not go with its values {values} and indices {indices}. Save it as a dense tensor."));
        }

        return dense;
    }

    private static (string Name, int Items)[] Fields(TensorProto proto) =>
    [
        ("raw_data", proto.RawData.Length),
        ("float_data", proto.FloatData.Count),
        ("int32_data", proto.Int32Data.Count),
        ("int64_data", proto.Int64Data.Count),
        ("uint64_data", proto.Uint64Data.Count),
        ("double_data", proto.DoubleData.Count),
        ("string_data", proto.StringData.Count),
    ];

    private static string FieldOf(ElementType element) => element switch
    {
        ElementType.F32 => "float_data",
        ElementType.F64 => "double_data",
        ElementType.I64 => "int64_data",
        ElementType.U32 or ElementType.U64 => "uint64_data",
        _ => "int32_data",
    };

    private static Tensor? FromField(TensorProto proto, ElementType element, Shape shape) => element switch
    {
        ElementType.F32 => Tensor.Of(shape, proto.FloatData.ToArray()),
        ElementType.F64 => Tensor.Of(shape, proto.DoubleData.ToArray()),
        ElementType.I64 => Tensor.Of(shape, proto.Int64Data.ToArray()),
        ElementType.U64 => Tensor.Of(shape, proto.Uint64Data.ToArray()),
        ElementType.U32 => Narrow(proto.Uint64Data) is { } values ? Tensor.Of(shape, values) : null,
        ElementType.I32 => Tensor.Of(shape, proto.Int32Data.ToArray()),
        _ => Narrow(proto.Int32Data, element, DataTypes.StoredBits(proto.DataType)) is { } bytes ? FromBytes(proto.DataType, shape, bytes) : null,
    };

    private static uint[]? Narrow(RepeatedField<ulong> values) =>
        values.All(value => value <= uint.MaxValue) ? [.. values.Select(value => (uint)value)] : null;

    /// <summary>The low one or two bytes of each value, which must hold all of it.</summary>
    private static byte[]? Narrow(RepeatedField<int> values, ElementType element, int bits)
    {
        // Floats and packed integers are bit patterns, which writers extend with zeros or with the sign.
        (int lo, int hi) = bits < 8 ? (sbyte.MinValue, byte.MaxValue) : element switch
        {
            ElementType.F16 or ElementType.BF16 => (short.MinValue, ushort.MaxValue),
            ElementType.Bool => (0, 1),
            _ => element.Range(),
        };
        if (values.Any(value => value < lo || value > hi))
            return null;
        return bits <= 8
            ? [.. values.Select(value => (byte)value)]
            : MemoryMarshal.AsBytes<ushort>([.. values.Select(value => (ushort)value)]).ToArray();
    }

    private static Tensor FromBytes(int dataType, Shape shape, byte[] bytes)
    {
        ElementType element = DataTypes.Element(dataType)!.Value;
        int bits = DataTypes.StoredBits(dataType);
        if (bits < 8)
            bytes = Unpack(bytes, bits, (int)shape.ElementCount, signed: element == ElementType.I8);
        else if (element == ElementType.Bool && bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            bytes = [.. bytes.Select(value => (byte)(value == 0 ? 0 : 1))];
        return Tensor.FromBytes(element, shape, bytes);
    }

    /// <summary>Elements of 4 or 2 bits, the first in the lowest bits of its byte.</summary>
    private static byte[] Unpack(byte[] packed, int bits, int count, bool signed)
    {
        var values = new byte[count];
        int perByte = 8 / bits;
        for (int i = 0; i < count; i++)
        {
            int top = packed[i / perByte] << (8 - bits - i % perByte * bits) & 0xFF;
            values[i] = (byte)(signed ? (sbyte)top >> (8 - bits) : top >> (8 - bits));
        }

        return values;
    }

    /// <summary>The bytes, without a copy where the message owns an array of just them.</summary>
    private static byte[] Unwrap(ByteString data) =>
        MemoryMarshal.TryGetArray(data.Memory, out ArraySegment<byte> segment) && segment.Array!.Length == segment.Count
            ? segment.Array
            : data.ToByteArray();
}
