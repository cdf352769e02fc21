namespace Edgec.Diagnostics;

/// <summary>Ends a command with the diagnostics a phase has collected; only the command line catches it.</summary>
public sealed class DiagnosticException(IReadOnlyList<Diagnostic> diagnostics)
    : Exception(string.Join(Environment.NewLine, diagnostics))
{
    public DiagnosticException(Diagnostic diagnostic)
        : this([diagnostic])
    {
    }

    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;

    /// <summary>The exit code of the first error.</summary>
    public int ExitCode => Diagnostics.FirstOrDefault(item => item.Severity == Severity.Error)?.ExitCode ?? 1;
}
