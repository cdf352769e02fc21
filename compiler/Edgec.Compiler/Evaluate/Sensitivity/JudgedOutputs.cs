using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>The outputs of a model at which noise is measured.</summary>
public static class JudgedOutputs
{
    /// <summary>The one that is named; else all that hold real numbers; all there are if none does.</summary>
    /// <exception cref="DiagnosticException">There is no such output (EC7301).</exception>
    public static ImmutableArray<string> Of(Graph canonical, string? output)
    {
        if (output is not null)
            return canonical.Outputs.Contains(output) ? [output] : throw new DiagnosticException(DataDiagnostics.NoSuchOutput(output, canonical.Outputs));
        ImmutableArray<string> all = [.. canonical.Outputs.Distinct()];
        ImmutableArray<string> real = [.. all.Where(name => canonical.TypeOf(name).Element.IsFloat())];
        return real.IsEmpty ? all : real;
    }
}
