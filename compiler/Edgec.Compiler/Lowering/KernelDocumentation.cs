using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Edgec.Lowering;

/// <summary>XML documentation as the words of a comment, names as the target language spells them.</summary>
internal static partial class KernelDocumentation
{
    public static string Of(ISymbol symbol)
    {
        string xml = symbol.GetDocumentationCommentXml() ?? "";
        if (xml.Length == 0)
            return "";

        XElement root = XElement.Parse(xml);
        foreach (XElement reference in root.Descendants("paramref").ToArray())
            reference.ReplaceWith(reference.Attribute("name")!.Value);

        string words = string.Join(' ', root.Elements().Where(element => element.Name.LocalName is "summary" or "remarks").Select(element => element.Value));
        HashSet<string> parameters = [.. symbol is IMethodSymbol method ? method.Parameters.Select(parameter => parameter.Name) : []];
        return Word().Replace(words, word => parameters.Contains(word.Value) ? KernelNames.Snake(word.Value) : word.Value);
    }

    [GeneratedRegex("[A-Za-z][A-Za-z0-9]*")]
    private static partial Regex Word();
}
