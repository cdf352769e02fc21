using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf;

namespace Edgec.Data;

/// <summary>Files of tensors: .npy, .npz, and .pb as in ONNX's test data.</summary>
public static class TensorFiles
{
    /// <summary>All tensors of a file, in its order. One that has no name in the file goes by the file's.</summary>
    /// <exception cref="DiagnosticException">It cannot be read, or one of its tensors cannot.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        switch (Extension(path))
        {
            case ".npy":
                tensors.Add(Path.GetFileNameWithoutExtension(path), NumpyFile.Read(path));
                break;
            case ".npz":
                using (var archive = NumpyArchive.Open(path))
                {
                    foreach (string name in archive.Names)
                        tensors.Add(name, archive.Read(name));
                }

                break;
            case ".pb":
                (string own, Tensor tensor) = ReadProto(path);
                tensors.Add(own, tensor);
                break;
            default:
                throw DataError.At(path, "EC7012", "Tensors are read from .npy, .npz and .pb. Rename or convert the file.");
        }

        return tensors;
    }

    /// <summary>Writes an .npz, or an .npy if there is one tensor. The file appears when it is whole.</summary>
    /// <exception cref="DiagnosticException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        bool archive = Extension(path) switch
        {
            ".npz" => true,
            ".npy" when tensors.Count == 1 => false,
            ".npy" => throw DataError.At(path, "EC7012", $"An .npy holds one tensor and there are {tensors.Count}. Write an .npz."),
            _ => throw DataError.At(path, "EC7012", "Tensors are written as .npy and .npz. Choose one of them."),
        };
        string partial = path + ".partial";
        try
        {
            using (FileStream stream = File.Create(partial))
            {
                if (archive)
                    NumpyArchive.Write(stream, tensors);
                else
                    NumpyFile.Write(stream, tensors.Values.Single());
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (File.Exists(partial))
                File.Delete(partial);
            throw new DiagnosticException(Diagnostic.Error("EC7018", path, $"The file cannot be written: {e.Message} Choose another place.", exitCode: 3));
        }
    }

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static (string Name, Tensor Tensor) ReadProto(string path)
    {
        TensorProto proto = DataError.Reading(path, () =>
        {
            try
            {
                return TensorProto.Parser.ParseFrom(File.ReadAllBytes(path));
            }
            catch (InvalidProtocolBufferException)
            {
                return new();
            }
        });
        // A sequence, whose field 3 is a list of tensors, reads as a tensor with a segment.
        if (!proto.HasDataType || proto.Segment is not null)
            throw DataError.At(path, "EC7017", "This is no tensor in protobuf form but something else, such as a sequence, or damaged. Name a .pb that holds a TensorProto.");

        string name = proto.Name.Length > 0 ? proto.Name : Path.GetFileNameWithoutExtension(path);
        var diagnostics = new DiagnosticBag();
        Tensor? tensor = new TensorReader(path, diagnostics).Read(proto, name);
        diagnostics.ThrowIfErrors();
        return (name, tensor!);
    }
}
