using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Google.Protobuf;

namespace Edgec.Import;

/// <summary>A model as it stands in its file, nothing of it interpreted yet.</summary>
/// <param name="Path">As the user wrote it; diagnostics begin with it.</param>
/// <param name="Folder">Absolute; external data lies in it or below.</param>
/// <param name="Model">Has a graph.</param>
public sealed record OnnxFile(string Path, string Folder, ModelProto Model)
{
    /// <summary>The newest IR version whose fields are all known: that of ONNX 1.20, opset 25 and later.</summary>
    public const int NewestIrVersion = 13;

    /// <summary>Reads a model file of any IR version.</summary>
    /// <exception cref="DiagnosticException">There is no model in it; <paramref name="diagnostics"/> says why.</exception>
    public static OnnxFile Load(string path, DiagnosticBag diagnostics)
    {
        ModelProto? model = ReadBytes(path, diagnostics) is { } bytes ? Parse(path, bytes, diagnostics) : null;
        diagnostics.ThrowIfErrors();
        return new(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, model!);
    }

    private static byte[]? ReadBytes(string path, DiagnosticBag diagnostics)
    {
        try
        {
            if (Directory.Exists(path))
            {
                diagnostics.Add(Diagnostic.Error("EC1011", path, "This is a folder. Name the .onnx file in it."));
                return null;
            }

            var file = new FileInfo(path);
            switch (file)
            {
                case { Exists: false }:
                    diagnostics.Add(Diagnostic.Error("EC1010", path, "There is no such file. Check the path."));
                    return null;
                case { Length: 0 }:
                    diagnostics.Add(Diagnostic.Error("EC1013", path, "The file is empty. Export or download the model again."));
                    return null;
                case { Length: var length } when length > Array.MaxLength:
                    diagnostics.Add(Diagnostic.Error(
                        "EC1014", path, $"The file has {length} bytes, and protobuf ends at 2 GiB. Save the model with external data."));
                    return null;
                default:
                    return File.ReadAllBytes(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            diagnostics.Add(Diagnostic.Error("EC1012", path, $"The file cannot be read: {e.Message} Check its name and permissions."));
            return null;
        }
    }

    private static ModelProto? Parse(string path, byte[] bytes, DiagnosticBag diagnostics)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            diagnostics.Add(DamagedModel.Explain(path, bytes, e));
            return null;
        }

        if (model.Graph is null)
        {
            diagnostics.Add(DamagedModel.ExplainNoGraph(path, bytes));
            return null;
        }

        if (model.IrVersion is < 1 or > NewestIrVersion)
        {
            string declared = model.HasIrVersion ? $"IR version {model.IrVersion}" : "no IR version";
            diagnostics.Add(Diagnostic.Warning(
                "EC1019", path, $"The model declares {declared}; known are 1 to {NewestIrVersion}, and it is read as {NewestIrVersion}. Export it anew if results differ."));
        }

        return model;
    }
}
