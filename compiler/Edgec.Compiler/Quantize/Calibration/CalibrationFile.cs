using System.Text.Json;
using Edgec.Diagnostics;
using Edgec.Ir;

namespace Edgec.Quantize.Calibration;

/// <summary>
/// Calibration kept in a JSON file, so that compiling again needs no data. It may be edited: <c>low</c> and <c>high</c> are
/// what counts, <c>seen</c> is for reports and may be left out. The same calibration gives the same bytes.
/// </summary>
public static class CalibrationFile
{
    private const long MostBytes = 1L << 30;

    /// <exception cref="DiagnosticException">The file cannot be written (EC3024).</exception>
    public static void Save(string path, CalibrationResult result)
    {
        string part = path + ".part";
        try
        {
            File.WriteAllBytes(part, CalibrationDocument.Of(result).ToJson());
            File.Move(part, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(CalibrationDiagnostics.NotWritable(path, problem.Message));
        }
    }

    /// <exception cref="DiagnosticException">The file is absent, unreadable, or no calibration (EC3020).</exception>
    public static CalibrationResult Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new DiagnosticException(CalibrationDiagnostics.Unreadable(path, "it is larger than a gigabyte"));
            return CalibrationDocument.FromJson(File.ReadAllBytes(path)).ToResult();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or JsonException or FormatException or InvalidDataException)
        {
            throw new DiagnosticException(CalibrationDiagnostics.Unreadable(path, problem.Message.TrimEnd('.')));
        }
    }

    /// <summary>Holds a calibration against the graph that is to be quantized with it.</summary>
    /// <param name="needed">The values that have to have a range.</param>
    /// <param name="model">SHA-256 of the model file.</param>
    /// <param name="equalized">Whether the graph went through <see cref="Weights.Equalization"/>.</param>
    /// <param name="bag">Gets EC3021 if the graph has values without a range, EC3022 if there are ranges for values it does
    /// not have, EC3023 if the model file is another one, EC3025 if the sample does not fit its inputs, EC3027 if only one of file and graph is equalized.</param>
    public static void Check(CalibrationResult result, string path, Graph graph, IEnumerable<string> needed, string model, bool equalized, DiagnosticBag bag)
    {
        var known = result.Values.Select(value => value.Name).ToHashSet();
        string[] missing = [.. needed.Where(name => !known.Contains(name))];
        string[] unknown = [.. known.Except(GraphStatistics.Values(graph)).Order(StringComparer.Ordinal)];
        if (missing.Length > 0)
            bag.Add(CalibrationDiagnostics.Missing(path, missing));
        else if (unknown.Length > 0)
            bag.Add(CalibrationDiagnostics.Unknown(path, unknown));
        if (result.Equalized != equalized)
            bag.Add(CalibrationDiagnostics.OtherScales(path, result.Equalized));
        if (result.Model != model)
            bag.Add(CalibrationDiagnostics.OtherModel(path));
        foreach (string input in graph.Inputs)
        {
            TensorType type = graph.TypeOf(input);
            if (!result.Sample.TryGetValue(input, out Runtime.Tensor? tensor) || tensor.Element != type.Element || tensor.Shape != type.Shape)
                bag.Add(CalibrationDiagnostics.WrongSample(path, $"{input} {type}"));
        }
    }
}
