using System.Text;
using System.Text.RegularExpressions;

namespace Edgec.Emit.C;

/// <summary>
/// Makes one file of a bundle's sources: what <c>model.c</c> includes of ours stands in it, and the weights are an array at
/// its end. <c>model.h</c>, for applications, includes none of ours either.
/// </summary>
internal static partial class CSingleFile
{
    private const int BytesInALine = 32;

    // clang minds functions that nobody calls in the file it compiles, though not in headers, as these were.
    private const string HeadersBegin = """
        #if defined(__clang__)
        #pragma clang diagnostic push
        #pragma clang diagnostic ignored "-Wunused-function"
        #endif

        """;

    private const string HeadersEnd = """

        #if defined(__clang__)
        #pragma clang diagnostic pop
        #endif

        """;

    /// <param name="files">A bundle in many files.</param>
    /// <param name="image">The weights; empty for none.</param>
    public static IReadOnlyList<EmittedFile> Fold(IReadOnlyCollection<EmittedFile> files, CModel model, ReadOnlySpan<byte> image)
    {
        Dictionary<string, string> texts = files.Where(file => file.Path.EndsWith(".h", StringComparison.Ordinal) || file.Path == "model.c")
            .ToDictionary(file => Path.GetFileName(file.Path), file => file.Text);
        texts["model.c"] = Marked(texts["model.c"]);
        var source = new StringBuilder(Whole("model.c", texts));
        if (image.Length > 0)
            Array(source, model.Prefix, image);
        return
        [
            .. files.Where(file => !texts.ContainsKey(Path.GetFileName(file.Path))),
            new("model.c", source.ToString()),
            new("model.h", Whole("model.h", texts)),
        ];
    }

    // The lines that include ours stand together, with the system's between them.
    private static string Marked(string text)
    {
        MatchCollection includes = Include().Matches(text);
        int first = includes[0].Index, last = includes[^1].Index + includes[^1].Length;
        return text[..first] + HeadersBegin + text[first..last] + HeadersEnd + text[last..];
    }

    // Each header where it is included first: its guard would keep the others out.
    private static string Whole(string file, Dictionary<string, string> texts)
    {
        var seen = new HashSet<string>();
        return Expand(texts[file]);

        string Expand(string text) => Include().Replace(text, include =>
        {
            string name = include.Groups[1].Value;
            return !texts.TryGetValue(name, out string? header) ? include.Value : seen.Add(name) ? Expand(header) : "";
        });
    }

    private static void Array(StringBuilder source, string prefix, ReadOnlySpan<byte> image)
    {
        source.Append($"\nconst {prefix}_weights_bytes {prefix}_weights_image = {{.bytes = {{\n");
        for (int i = 0; i < image.Length; i++)
            source.Append(image[i]).Append(i % BytesInALine == BytesInALine - 1 ? ",\n" : ",");
        source.Append("}};\n");
    }

    [GeneratedRegex("^#include \"(?:runtime/)?(\\w+\\.h)\"\n", RegexOptions.Multiline)]
    private static partial Regex Include();
}
