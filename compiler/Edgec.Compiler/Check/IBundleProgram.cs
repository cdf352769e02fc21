namespace Edgec.Check;

/// <summary>A built bundle, ready to run: the protocol <c>verify</c> relies on, the same for every backend.</summary>
public interface IBundleProgram : IDisposable
{
    /// <summary>Runs the model and shows everything it computed.</summary>
    /// <param name="inputs">Sample after sample: all inputs in the model's order, dense.</param>
    /// <param name="task">The output that is asked for, of a bundle that takes it; null for all.</param>
    /// <returns>For each sample, the dense bytes of the result of every step that is done, in the order of the steps.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The program fails, or does not end in time.</exception>
    byte[] Trace(ReadOnlySpan<byte> inputs, int? task = null);
}
