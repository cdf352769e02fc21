using System.Runtime.Loader;
using Edgec.Diagnostics;

namespace Edgec.Check;

/// <summary>A bundle in C#, loaded into this process until it is disposed.</summary>
public sealed class CSharpProgram : IBundleProgram
{
    private readonly string bundle;
    private readonly AssemblyLoadContext context;
    private Func<byte[], int?, byte[]>? trace;

    internal CSharpProgram(string bundle, AssemblyLoadContext context, Func<byte[], int?, byte[]> trace) =>
        (this.bundle, this.context, this.trace) = (bundle, context, trace);

    /// <inheritdoc/>
    public byte[] Trace(ReadOnlySpan<byte> inputs, int? task = null)
    {
        ObjectDisposedException.ThrowIf(trace is null, this);
        try
        {
            return trace(inputs.ToArray(), task);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // Whatever the bundle's code does wrong is a fault of the bundle, not of this program.
            throw new DiagnosticException(BuildDiagnostics.ModelFailed(bundle, problem is TypeInitializationException { InnerException: { } inner } ? inner.Message : problem.Message));
        }
    }

    public void Dispose()
    {
        if (trace is null)
            return;
        trace = null;
        context.Unload();
    }
}
