using System.Text;
using Edgec.Diagnostics;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Edgec.Emit;

/// <summary>
/// The files a backend copies or fills in. They are built into the compiler under <c>hls/…</c> (the folder hls-templates)
/// and <c>c/…</c> (runtime/c); a user's folder takes the place of the first part of the name, file by file.
/// </summary>
/// <remarks>A template sees one record made for it, its properties in snake case; a name it does not have is an error, never
/// nothing.</remarks>
/// <param name="folder">Where a user keeps own versions of some files; null for none.</param>
public sealed class Templates(string? folder = null)
{
    /// <summary>The names of all built-in files that begin with <paramref name="prefix"/>, in ordinal order.</summary>
    public static IReadOnlyList<string> Names(string prefix) =>
        [.. typeof(Templates).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>A file as it is.</summary>
    public byte[] Read(string name)
    {
        if (OwnPath(name) is { } path)
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new DiagnosticException(TemplateDiagnostics.Unreadable(path, problem.Message));
            }
        }

        using Stream stream = typeof(Templates).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"there is no built-in file {name}", nameof(name));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A template filled in with the properties of <paramref name="model"/>.</summary>
    /// <exception cref="DiagnosticException">The template does not parse, or names something the model does not have.</exception>
    public string Render(string name, object model)
    {
        string where = OwnPath(name) ?? name;
        Template template = Template.Parse(Encoding.UTF8.GetString(Read(name)), where);
        if (template.HasErrors)
            throw new DiagnosticException([.. template.Messages.Where(m => m.Type == ParserMessageType.Error).Select(m => TemplateDiagnostics.Faulty(At(where, m.Span), m.Message))]);
        var context = new TemplateContext
        {
            StrictVariables = true,
            EnableRelaxedFunctionAccess = false,
            EnableRelaxedIndexerAccess = false,
            EnableRelaxedMemberAccess = false,
            EnableRelaxedTargetAccess = false,
            LoopLimit = 0,
            NewLine = "\n",
        };
        var globals = new ScriptObject();
        globals.Import(model);
        context.PushGlobal(globals);
        try
        {
            return template.Render(context);
        }
        catch (ScriptRuntimeException problem)
        {
            throw new DiagnosticException(TemplateDiagnostics.Faulty(At(where, problem.Span), problem.OriginalMessage));
        }
    }

    private string? OwnPath(string name)
    {
        if (folder is null)
            return null;
        string path = Path.Combine(folder, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        return File.Exists(path) ? path : null;
    }

    private static string At(string file, SourceSpan span) => $"{file}({span.Start.Line + 1},{span.Start.Column + 1})";
}
