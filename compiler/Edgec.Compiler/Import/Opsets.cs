using Edgec.Diagnostics;
using Edgec.Import.Proto;

namespace Edgec.Import;

/// <summary>The versions of operator sets that a model or a function imports.</summary>
internal sealed class Opsets
{
    private readonly Dictionary<string, long> versions = [];

    private Opsets()
    {
    }

    /// <summary>The last entry of a domain counts, with a warning if an earlier one differs.</summary>
    public static Opsets Read(IEnumerable<OperatorSetIdProto> imports, string location, DiagnosticBag diagnostics)
    {
        var opsets = new Opsets();
        foreach (OperatorSetIdProto import in imports)
        {
            string domain = Normalize(import.Domain);
            if (opsets.versions.TryGetValue(domain, out long earlier) && earlier != import.Version)
            {
                diagnostics.Add(Diagnostic.Warning(
                    "EC1101", location, $"The operator set '{(domain.Length == 0 ? "ai.onnx" : domain)}' is imported as version {earlier} and as {import.Version}; the last counts. Export the model again if results differ."));
            }

            opsets.versions[domain] = import.Version;
        }

        return opsets;
    }

    /// <summary>The version in force for a domain; 1 if it is not imported, as models before IR version 3 mean it.</summary>
    public int VersionOf(string domain) => (int)Math.Clamp(versions.GetValueOrDefault(Normalize(domain), 1), 1, int.MaxValue);

    /// <summary><c>ai.onnx</c> and the empty domain are one.</summary>
    public static string Normalize(string domain) => domain == "ai.onnx" ? "" : domain;
}
