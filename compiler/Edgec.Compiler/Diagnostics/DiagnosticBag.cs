namespace Edgec.Diagnostics;

/// <summary>Collects what a phase has to say. A phase goes on after an error where it can and stops at its end.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> items = [];

    public IReadOnlyList<Diagnostic> Items => items;

    public bool HasErrors => items.Exists(item => item.Severity == Severity.Error);

    public void Add(Diagnostic diagnostic) => items.Add(diagnostic);

    public void AddRange(IEnumerable<Diagnostic> diagnostics) => items.AddRange(diagnostics);

    /// <summary>The end of a phase.</summary>
    /// <exception cref="DiagnosticException">An error has been reported.</exception>
    public void ThrowIfErrors()
    {
        if (HasErrors)
            throw new DiagnosticException(items);
    }
}
