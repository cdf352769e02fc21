using System.Globalization;
using System.Text.RegularExpressions;
using Edgec.Diagnostics;
using Edgec.Import;

namespace Edgec.Data;

/// <summary>Pictures of a folder, in the order of their names, or those that labels.csv lists, in its order.</summary>
internal static partial class PictureFolder
{
    private const string LabelFile = "labels.csv";

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tga", ".psd"];

    public static DataSet Open(string path, IReadOnlyList<DataInput> inputs, DataOptions options, DiagnosticBag diagnostics)
    {
        PictureInput input = PictureInput.Of(inputs, path);
        string labelFile = Path.Combine(path, LabelFile);
        (string[] files, Annotations annotations) = File.Exists(labelFile)
            ? ReadLabels(labelFile)
            : (DataError.Reading(path, string[] () => [.. Directory.EnumerateFiles(path).Where(IsPicture).Order(StringComparer.Ordinal)]), Annotations.None);
        if (files.Length == 0)
            throw DataError.At(path, "EC7029", $"There are no pictures ({string.Join(' ', Extensions)}) and no .npy files in the folder. Name another.");
        PictureScale scale = PictureScale.Of(input, path, options, diagnostics);
        return new(files.Length, index => input.Fill(PictureFile.Read(files[index], input.Channels), options, scale, files[index]), annotations);
    }

    private static bool IsPicture(string file) => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant());

    /// <summary>A line a picture: its file and its class. With a heading, further columns <c>labels_OUTPUT</c> are the
    /// classes at other outputs, and columns of other names are passed over.</summary>
    private static (string[] Files, Annotations Annotations) ReadLabels(string path)
    {
        string[][] rows = [.. DataError.Reading(path, () => File.ReadAllLines(path)).Where(line => line.Length > 0).Select(Split)];
        bool headed = rows.Length > 0 && !rows[0].Skip(1).Any(field => Class(field) is not null);
        string[] names = headed ? rows[0] : ["file", Annotations.Common];
        (string Name, int Column)[] columns = [.. names.Index().Skip(1).Select(c => (LabelName(c.Item, names.Length), c.Index)).Where(c => c.Item1 is not null)!];
        if (columns.Length == 0 || columns.DistinctBy(c => c.Name).Count() != columns.Length)
            throw DataError.At(path, "EC7028", "There should be a column 'file' and one 'label', or one 'labels_OUTPUT' for each output.");

        var files = new List<string>();
        var labels = columns.ToDictionary(c => c.Name, _ => new List<int>());
        foreach ((int line, string[] row) in rows.Index().Skip(headed ? 1 : 0))
        {
            string where = $"{path}({line + 1})";
            if (row.Length <= columns[^1].Column)
                throw DataError.At(where, "EC7028", $"There are {row.Length} columns and should be {names.Length}.");
            string? file = ContainedPath.Resolve(Path.GetDirectoryName(Path.GetFullPath(path))!, path, row[0]);
            if (file is null || !File.Exists(file))
                throw DataError.At(where, "EC7028", $"There is no picture '{row[0]}' in the folder. Add it or take the line out.");
            files.Add(file);
            foreach ((string name, int column) in columns)
                labels[name].Add(Class(row[column]) ?? throw DataError.At(where, "EC7028", $"'{row[column]}' is no class. Write its number."));
        }

        return ([.. files], new(labels.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()), null));
    }

    private static string? LabelName(string column, int columns) => column switch
    {
        _ when column.StartsWith(Annotations.Prefix, StringComparison.Ordinal) => column,
        "label" or "labels" or "class" or "class_index" => Annotations.Common,
        _ when columns == 2 => Annotations.Common,
        _ => null,
    };

    private static int? Class(string field) =>
        int.TryParse(field, NumberStyles.AllowLeadingSign, null, out int label) ? label : null;

    private static string[] Split(string line) =>
        [.. Field().Matches(line).Select(field => field.Groups[1].Success ? field.Groups[1].Value.Replace("\"\"", "\"") : field.Groups[2].Value.Trim())];

    [GeneratedRegex("""(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))""")]
    private static partial Regex Field();
}
