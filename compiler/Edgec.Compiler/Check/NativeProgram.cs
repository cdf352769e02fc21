using Edgec.Diagnostics;

namespace Edgec.Check;

/// <summary>The check program of a bundle in C or the test bench of one in C++, built in a temporary folder that goes when this is disposed.</summary>
public sealed class NativeProgram : IBundleProgram
{
    private readonly string bundle;
    private readonly string folder;
    private readonly string program;
    private readonly string? emulator;
    private readonly TimeSpan limit;

    internal NativeProgram(string bundle, string folder, string program, string? emulator, TimeSpan limit) =>
        (this.bundle, this.folder, this.program, this.emulator, this.limit) = (bundle, folder, program, emulator, limit);

    /// <inheritdoc/>
    public byte[] Trace(ReadOnlySpan<byte> inputs, int? task = null)
    {
        string input = Path.Combine(folder, "inputs.bin"), trace = Path.Combine(folder, "trace.bin");
        File.WriteAllBytes(input, inputs);
        ToolResult result = Run([.. task is { } asked ? ["--task", $"{asked}"] : Array.Empty<string>(), "--inputs", input, "--trace", trace]);
        return result.ExitCode == 0
            ? File.ReadAllBytes(trace)
            : throw new DiagnosticException(BuildDiagnostics.ProgramFailed(bundle, result.ExitCode!.Value, result.FirstLines(8)));
    }

    /// <summary>Runs the program with other arguments, in the bundle's folder; without any it checks the stored vectors.</summary>
    /// <exception cref="DiagnosticException">The emulator is missing (EC8001), or the time is over (EC8004).</exception>
    public ToolResult Run(params string[] arguments)
    {
        ToolResult result = emulator is null
            ? ToolProcess.Run(program, arguments, "run the bundle", bundle, limit)
            : ToolProcess.Run(emulator, [program, .. arguments], "run the bundle on this machine", bundle, limit);
        return result.ExitCode is null ? throw new DiagnosticException(BuildDiagnostics.TooSlow(bundle, "check", limit)) : result;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
