using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf;
using Xunit;
using static Edgec.Import.Proto.TensorProto.Types;

namespace Edgec.Tests.Import;

public sealed class TensorReaderTests
{
    private readonly DiagnosticBag diagnostics = new();

    [Theory]
    [InlineData(DataType.Float, ElementType.F32)]
    [InlineData(DataType.Double, ElementType.F64)]
    [InlineData(DataType.Float16, ElementType.F16)]
    [InlineData(DataType.Bfloat16, ElementType.BF16)]
    [InlineData(DataType.Int8, ElementType.I8)]
    [InlineData(DataType.Uint8, ElementType.U8)]
    [InlineData(DataType.Int16, ElementType.I16)]
    [InlineData(DataType.Uint16, ElementType.U16)]
    [InlineData(DataType.Int32, ElementType.I32)]
    [InlineData(DataType.Uint32, ElementType.U32)]
    [InlineData(DataType.Int64, ElementType.I64)]
    [InlineData(DataType.Uint64, ElementType.U64)]
    public void Raw_bytes_are_kept_as_they_are(DataType type, ElementType element)
    {
        byte[] bytes = [.. Enumerable.Range(1, 6 * element.SizeOf()).Select(i => (byte)(37 * i))];
        Tensor tensor = Reads(Raw(type, [2, 3], bytes));
        Assert.Equal((element, Shape.Create([2, 3])), (tensor.Element, tensor.Shape));
        Assert.Equal(bytes, tensor.Bytes.ToArray());
        Assert.Equal((int)type, DataTypes.Of(element));
    }

    [Fact]
    public void Any_byte_but_zero_is_true() =>
        Assert.Equal([0, 1, 1], Reads(Raw(DataType.Bool, [3], [0, 1, 255])).Integers());

    [Fact]
    public void Fields_of_their_type_are_read()
    {
        Assert.Equal([1.5, -2], Numbers(new() { DataType = (int)DataType.Float, Dims = { 2 }, FloatData = { 1.5f, -2 } }));
        Assert.Equal([1e300], Numbers(new() { DataType = (int)DataType.Double, Dims = { 1 }, DoubleData = { 1e300 } }));
        Assert.Equal([long.MinValue], Integers(new() { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { long.MinValue } }));
        Assert.Equal([-1], Integers(new() { DataType = (int)DataType.Uint64, Dims = { 1 }, Uint64Data = { ulong.MaxValue } }));
        Assert.Equal([uint.MaxValue], Integers(new() { DataType = (int)DataType.Uint32, Dims = { 1 }, Uint64Data = { uint.MaxValue } }));
    }

    [Theory]
    [InlineData(DataType.Int32, int.MinValue, int.MaxValue)]
    [InlineData(DataType.Int16, short.MinValue, short.MaxValue)]
    [InlineData(DataType.Uint16, 0, ushort.MaxValue)]
    [InlineData(DataType.Int8, sbyte.MinValue, sbyte.MaxValue)]
    [InlineData(DataType.Uint8, 0, byte.MaxValue)]
    [InlineData(DataType.Bool, 0, 1)]
    public void Small_integers_come_in_the_field_of_32_bits(DataType type, int lo, int hi)
    {
        Assert.Equal([lo, hi], Integers(new() { DataType = (int)type, Dims = { 2 }, Int32Data = { lo, hi } }));
        if (type != DataType.Int32)
        {
            Fails(new() { DataType = (int)type, Dims = { 1 }, Int32Data = { hi + 1 } }, "EC1033");
            Fails(new() { DataType = (int)type, Dims = { 1 }, Int32Data = { lo - 1 } }, "EC1033");
        }
    }

    [Fact]
    public void A_value_beyond_its_type_is_no_uint32() =>
        Fails(new() { DataType = (int)DataType.Uint32, Dims = { 1 }, Uint64Data = { 1UL << 32 } }, "EC1033");

    [Fact]
    public void Half_floats_come_as_bits_in_the_field_of_32_bits()
    {
        Assert.Equal([-2, 0.5], Numbers(new() { DataType = (int)DataType.Float16, Dims = { 2 }, Int32Data = { 0xC000, 0x3800 } }));
        Assert.Equal([-2], Numbers(new() { DataType = (int)DataType.Float16, Dims = { 1 }, Int32Data = { unchecked((short)0xC000) } }));
        Assert.Equal([3], Numbers(new() { DataType = (int)DataType.Bfloat16, Dims = { 1 }, Int32Data = { 0x4040 } }));
    }

    [Theory]
    [InlineData(DataType.Int4, new byte[] { 0x8F, 0x07 }, new long[] { -1, -8, 7 })]
    [InlineData(DataType.Uint4, new byte[] { 0x8F, 0xF7 }, new long[] { 15, 8, 7 })]
    [InlineData(DataType.Int2, new byte[] { 0b11_10_01_00, 0b10 }, new long[] { 0, 1, -2, -1, -2 })]
    [InlineData(DataType.Uint2, new byte[] { 0b11_10_01_00, 0b10 }, new long[] { 0, 1, 2, 3, 2 })]
    public void Packed_integers_are_unpacked_from_the_low_bits_up(DataType type, byte[] packed, long[] values)
    {
        Assert.Equal(values, Integers(Raw(type, [values.Length], packed)));
        var field = new TensorProto { DataType = (int)type, Dims = { values.Length } };
        field.Int32Data.AddRange(packed.Select(b => (int)b));
        Assert.Equal(values, Integers(field));
    }

    [Fact]
    public void A_scalar_and_an_empty_tensor_are_tensors()
    {
        Assert.Equal(Shape.Scalar, Reads(Raw(DataType.Float, [], [0, 0, 128, 63])).Shape);
        Assert.Equal(0, Reads(Raw(DataType.Float, [0, 3], [])).Count);
        Assert.Equal(0, Reads(new() { DataType = (int)DataType.Int64, Dims = { 0 } }).Count);
    }

    [Theory]
    [InlineData(0, "UNDEFINED")]
    [InlineData((int)DataType.String, "STRING")]
    [InlineData((int)DataType.Complex64, "COMPLEX64")]
    [InlineData((int)DataType.Float8E4M3Fn, "FLOAT8E4M3FN")]
    [InlineData((int)DataType.Float4E2M1, "FLOAT4E2M1")]
    [InlineData(999, "type 999")]
    public void A_type_without_a_counterpart_is_named(int type, string name)
    {
        string message = Fails(new() { DataType = type, Dims = { 1 }, RawData = ByteString.CopyFrom(1) }, "EC1030");
        Assert.Contains(name, message);
        Assert.Contains("weight", message);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(1L << 40)]
    [InlineData((long)int.MaxValue, (long)int.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue)]
    [InlineData(1L << 32, 1L << 32)]
    public void A_shape_out_of_bounds_is_told_before_it_is_allocated(params long[] dims)
    {
        foreach (DataLocation location in Enum.GetValues<DataLocation>())
            Fails(new() { DataType = (int)DataType.Float, Dims = { dims }, DataLocation = location }, "EC1031");
    }

    [Fact]
    public void A_rank_no_operator_has_is_out_of_bounds() =>
        Fails(new() { DataType = (int)DataType.Float, Dims = { Enumerable.Repeat(1L, 1000) }, FloatData = { 1 } }, "EC1031");

    [Fact]
    public void A_large_shape_without_its_data_costs_nothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(Raw(DataType.Float, [20000, 20000], [1, 2, 3, 4]), "EC1032");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Data_and_shape_must_agree()
    {
        Assert.Contains("needs 24 bytes in raw_data and has 20 in raw_data", Fails(Raw(DataType.Float, [2, 3], new byte[20]), "EC1032"));
        Fails(Raw(DataType.Float, [2, 3], new byte[28]), "EC1032");
        Fails(Raw(DataType.Int4, [3], new byte[3]), "EC1032");
        Assert.Contains("has no data", Fails(new() { DataType = (int)DataType.Float, Dims = { 1 } }, "EC1032"));
        Assert.Contains("1 in float_data", Fails(new() { DataType = (int)DataType.Int64, Dims = { 1 }, FloatData = { 1 } }, "EC1032"));
        Fails(new() { DataType = (int)DataType.Float, Dims = { 2 }, FloatData = { 1 } }, "EC1032");
        Fails(new() { DataType = (int)DataType.Float, Dims = { 1 }, FloatData = { 1 }, RawData = ByteString.CopyFrom(new byte[4]) }, "EC1032");
        Fails(new() { DataType = (int)DataType.Float, Dims = { 0 }, FloatData = { 1 } }, "EC1032");
    }

    [Fact]
    public void A_segment_is_refused()
    {
        TensorProto proto = Raw(DataType.Float, [1], new byte[4]);
        proto.Segment = new Segment { Begin = 0, End = 1 };
        Fails(proto, "EC1034");
    }

    [Fact]
    public void A_sparse_tensor_comes_dense()
    {
        var flat = new SparseTensorProto { Values = Floats(1, 2), Indices = Longs([2], 1, 5), Dims = { 2, 3 } };
        var pairs = new SparseTensorProto { Values = Floats(1, 2), Indices = Longs([2, 2], 0, 1, 1, 2), Dims = { 2, 3 } };
        foreach (SparseTensorProto proto in (SparseTensorProto[])[flat, pairs])
        {
            Tensor dense = new TensorReader("m.onnx", diagnostics).Read(proto, "w")!;
            Assert.Equal(Shape.Create([2, 3]), dense.Shape);
            Assert.Equal([0, 1, 0, 0, 0, 2], dense.Span<float>());
        }
    }

    [Fact]
    public void A_sparse_tensor_must_fit_together()
    {
        SparseTensorProto[] wrong =
        [
            new() { Values = Floats(1), Indices = Longs([1], 6), Dims = { 2, 3 } },
            new() { Values = Floats(1), Indices = Longs([1], -1), Dims = { 2, 3 } },
            new() { Values = Floats(1), Indices = Longs([1, 2], 0, 3), Dims = { 2, 3 } },
            new() { Values = Floats(1, 2), Indices = Longs([1], 0), Dims = { 2, 3 } },
            new() { Values = Floats(1), Indices = Longs([1, 1], 0), Dims = { 2, 3 } },
            new() { Values = Floats(1), Indices = Floats(1), Dims = { 2, 3 } },
            new() { Values = Floats(1), Indices = Longs([1], 0), Dims = { 20000, 20000 } },
            new() { Values = Floats(1), Indices = Longs([1], 0), Dims = { -2, 3 } },
        ];
        foreach (SparseTensorProto proto in wrong)
        {
            var bag = new DiagnosticBag();
            Assert.Null(new TensorReader("m.onnx", bag).Read(proto, "w"));
            Assert.Equal("EC1039", Assert.Single(bag.Items).Code);
        }

        Assert.Null(new TensorReader("m.onnx", diagnostics).Read(new SparseTensorProto { Dims = { 1 } }, "w"));
        Assert.Equal("EC1030", Assert.Single(diagnostics.Items).Code);
    }

    private static TensorProto Floats(params float[] values) =>
        new() { DataType = (int)DataType.Float, Dims = { values.Length }, FloatData = { values } };

    private static TensorProto Longs(long[] dims, params long[] values) =>
        new() { DataType = (int)DataType.Int64, Dims = { dims }, Int64Data = { values } };

    private static TensorProto Raw(DataType type, long[] dims, byte[] bytes) =>
        new() { DataType = (int)type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) };

    private long[] Integers(TensorProto proto) => Reads(proto).Integers();

    private double[] Numbers(TensorProto proto)
    {
        Tensor tensor = Reads(proto);
        return [.. Enumerable.Range(0, tensor.Count).Select(tensor.Number)];
    }

    private Tensor Reads(TensorProto proto)
    {
        Tensor? tensor = new TensorReader("m.onnx", diagnostics).Read(proto, "weight");
        Assert.Empty(diagnostics.Items);
        return tensor!;
    }

    private static string Fails(TensorProto proto, string code)
    {
        var bag = new DiagnosticBag();
        Assert.Null(new TensorReader("m.onnx", bag).Read(proto, "weight"));
        Diagnostic error = Assert.Single(bag.Items);
        Assert.Equal((code, "m.onnx(weight)"), (error.Code, error.Location));
        return error.Message;
    }
}
