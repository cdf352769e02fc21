using System.Globalization;
using Edgec.Benchmarks;
using Edgec.Data;
using Edgec.Import;
using Edgec.Quantize.Precision;
using Edgec.Runtime.Kernels;

// Prints a table a model: ONNX Runtime in fp32 and edgec's C in fp32 and w8a8, in turn, on one core of this machine.
// Each precision=NAME adds a row, such as w4a8.
//   dotnet run -c Release --project tests/Edgec.Benchmarks [ROUNDS] MODEL.onnx … [precision=NAME …]
// The same for deformable convolutions between pointwise ones, with each form of offsets.
//   dotnet run -c Release --project tests/Edgec.Benchmarks deformable [ROUNDS]
// Prints how far a quantized model's integers are from ONNX Runtime, at the output or layer by layer, on data or on random inputs.
//   dotnet run -c Release --project tests/Edgec.Benchmarks agreement|layers [COUNT] MODEL.onnx … [data=PATH resize=N crop=N mean=A,B,C std=A,B,C rounding=NAME dim=NAME:EXTENT …]
string mode = args is [("agreement" or "layers" or "deformable") and var word, ..] ? word : "";
string[] words = mode.Length > 0 ? args[1..] : args;
int? given = words.Length > 0 && int.TryParse(words[0], out int number) ? number : null;
string[] models = [.. words.Where(word => word.EndsWith(".onnx", StringComparison.Ordinal))];
if (mode == "deformable")
    models = DeformableModel.WriteAll();
if (models.Length == 0)
    models = [Path.Combine("examples", "shapes-classifier", "shapes_resnet8.onnx")];
foreach (string model in models)
{
    Console.WriteLine(mode switch
    {
        "agreement" => Agreement.Of(model, Import(), Value("data"), Preprocessing(), given ?? 500, Rounding()),
        "layers" => Layers.Of(model, Import(), Value("data"), Preprocessing(), given ?? 8, Rounding()),
        _ => Comparison.Of(model, given ?? 5, Precisions()),
    });
}

string? Value(string key) => Values(key).FirstOrDefault();

IEnumerable<string> Values(string key) => words.Where(word => word.StartsWith(key + "=", StringComparison.Ordinal)).Select(word => word[(key.Length + 1)..]);

// Extents of symbolic dimensions.
ImportOptions Import() => ImportOptions.None with
{
    Dims = Values("dim").Select(dim => dim.Split(':')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture)),
};

IEnumerable<LayerPrecision> Precisions() => Values("precision").Select(name => PrecisionFile.ParseWords(name) ?? throw new ArgumentException($"precision={name} is none"));

DataOptions Preprocessing() => new(Numbers("mean"), Numbers("std"), Size("resize"), Size("crop"));

Edgec.Ir.EquatableArray<double> Numbers(string key) =>
    Value(key) is { } text ? [.. text.Split(',').Select(part => double.Parse(part, CultureInfo.InvariantCulture))] : [];

PictureSize? Size(string key) => Value(key) is { } text ? PictureSize.Parse(text) : null;

RoundingProfile? Rounding() => Value("rounding") is { } name ? RoundingProfiles.Find(name) : null;
