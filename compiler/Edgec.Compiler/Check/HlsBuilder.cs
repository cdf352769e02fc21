using Edgec.Diagnostics;

namespace Edgec.Check;

/// <summary>Builds the simulation of an FPGA bundle with the machine's own C++ compiler, in a folder of its own.</summary>
public static class HlsBuilder
{
    private static readonly TimeSpan CompilerLimit = TimeSpan.FromMinutes(15);

    private static readonly string[] Flags =
        ["-std=c++14", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label", "-Isrc", "-Iinclude", "-Itb", "-isystem", "sim"];

    /// <summary>What builds the simulation unless another compiler is asked for.</summary>
    public const string UsualCompiler = "g++";

    /// <param name="bundle">The folder of the bundle.</param>
    /// <param name="compiler">A C++ compiler that takes the options of g++.</param>
    /// <param name="runLimit">How long one run may take.</param>
    /// <exception cref="DiagnosticException">the compiler is missing (EC8001) or the bundle does not compile (EC8002).</exception>
    public static IBundleProgram Build(string bundle, string compiler, TimeSpan runLimit)
    {
        string folder = Directory.CreateTempSubdirectory("edgec-build-").FullName;
        try
        {
            string program = Path.Combine(folder, "testbench");
            string[] arguments = [.. Flags, "src/top.cpp", "tb/testbench.cpp", "-o", program];
            ToolResult result = ToolProcess.Run(compiler, arguments, "simulate the bundle", bundle, CompilerLimit);
            if (result.ExitCode is null)
                throw new DiagnosticException(BuildDiagnostics.TooSlow(bundle, compiler, CompilerLimit));
            if (result.ExitCode != 0)
                throw new DiagnosticException(BuildDiagnostics.CompilerFailed(bundle, compiler, result.FirstLines(12)));
            return new NativeProgram(bundle, folder, program, emulator: null, runLimit);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}
