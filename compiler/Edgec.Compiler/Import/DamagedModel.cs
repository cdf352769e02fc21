using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edgec.Import;

/// <summary>Finds out why bytes are no model: cut short, nested too deep, or some other kind of file.</summary>
internal static class DamagedModel
{
    public static Diagnostic Explain(string path, ReadOnlySpan<byte> bytes, InvalidProtocolBufferException error)
    {
        if (LooksLike(bytes) is { } kind)
            return Foreign(path, kind);
        if (error.Message.Contains("levels of nesting", StringComparison.Ordinal))
            return Diagnostic.Error("EC1017", path, "Graphs or types are nested more than 30 deep. Export the model without nested control flow.");
        return EndsInsideField(bytes)
            ? Diagnostic.Error("EC1015", path, "The file ends in the middle of the model. Export or download it again, to the end.")
            : Diagnostic.Error("EC1016", path, "This is no ONNX model, or a damaged one. Name a .onnx file, or export it again.");
    }

    public static Diagnostic ExplainNoGraph(string path, ReadOnlySpan<byte> bytes) => LooksLike(bytes) is { } kind
        ? Foreign(path, kind)
        : Diagnostic.Error("EC1018", path, "The file holds protobuf data but no graph, so it is no ONNX model. Name the .onnx file, not a tensor or a part of a model.");

    private static Diagnostic Foreign(string path, string kind) =>
        Diagnostic.Error("EC1016", path, $"This is no ONNX model; it looks like {kind}.");

    /// <summary>What people do take for a model, told by its first bytes.</summary>
    private static string? LooksLike(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer. Fetch the model itself with: git lfs pull",
        _ when bytes.StartsWith("PK\u0003\u0004"u8) => "a zip archive (PyTorch saves such). Export the model with torch.onnx.export, or unpack it",
        [0x1F, 0x8B, ..] => "gzip. Unpack it first",
        [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3', ..] => "a TensorFlow Lite model. Convert it with tf2onnx",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "HDF5 (Keras saves such). Convert it with tf2onnx",
        [0x80, >= 2 and <= 5, ..] => "a Python pickle. Export the model with torch.onnx.export",
        [(byte)'<', (byte)'!' or (byte)'h' or (byte)'?', ..] => "a web page. Download the file itself",
        _ => null,
    };

    /// <summary>Whether all fields are a model's until the last one, which claims more bytes than are left.</summary>
    private static bool EndsInsideField(ReadOnlySpan<byte> bytes)
    {
        MessageDescriptor model = ModelProto.Descriptor;
        int at = 0;
        while (at < bytes.Length)
        {
            if (!TryVarint(bytes, ref at, out ulong tag))
                return at == bytes.Length;
            FieldDescriptor? field = tag <= int.MaxValue ? model.FindFieldByNumber((int)(tag >> 3)) : null;
            bool delimited = field?.FieldType != FieldType.Int64;
            if (field is null || (WireFormat.WireType)(tag & 7) != (delimited ? WireFormat.WireType.LengthDelimited : WireFormat.WireType.Varint))
                return false;
            if (!TryVarint(bytes, ref at, out ulong value))
                return at == bytes.Length;
            if (delimited && value > (ulong)(bytes.Length - at))
                return true;
            at += delimited ? (int)value : 0;
        }

        return false;
    }

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}
