using Edgec.Diagnostics;

namespace Edgec.Check;

/// <summary>Builds bundles in C, in a folder of their own: the bundle stays as it is.</summary>
public static class CBuilder
{
    private const int FirstLines = 12;

    /// <summary>Compilers take seconds; a large model at -O3 on a busy machine may take minutes.</summary>
    private static readonly TimeSpan CompilerLimit = TimeSpan.FromMinutes(15);

    /// <summary>Builds the check program of a bundle.</summary>
    /// <param name="bundle">The folder of the bundle.</param>
    /// <param name="runLimit">How long one run of the program may take.</param>
    /// <param name="portableWeights">Compile the weights from a C array instead of including them by the assembler.</param>
    /// <exception cref="DiagnosticException">A tool is missing (EC8001) or the bundle does not compile (EC8002).</exception>
    public static NativeProgram Build(string bundle, CToolchain tools, TimeSpan runLimit, bool portableWeights = false)
    {
        string folder = Directory.CreateTempSubdirectory("edgec-build-").FullName;
        try
        {
            string program = Path.Combine(folder, "check");
            string[] link = tools.Emulator is null ? ["-lm"] : ["-static", "-lm"];
            Compile(bundle, tools.Compiler, [.. tools.Flags, "-I.", "-DEDGEC_TRACE", "check.c", "model.c", .. Weights(bundle, folder, portableWeights), .. link, "-o", program]);
            return new(bundle, folder, program, tools.Emulator, runLimit);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Compiles the model without linking it and measures it: what it adds to an application.</summary>
    /// <exception cref="DiagnosticException">A tool is missing (EC8001) or the bundle does not compile (EC8002).</exception>
    public static ObjectSize Measure(string bundle, CToolchain tools)
    {
        string folder = Directory.CreateTempSubdirectory("edgec-build-").FullName;
        try
        {
            string model = Path.Combine(folder, "model.o");
            Compile(bundle, tools.Compiler, [.. tools.Flags, "-I.", "-c", "model.c", "-o", model]);
            ToolResult size = ToolProcess.Run(tools.Companion("size"), ["-A", "-d", model], "measure the model's code", bundle, CompilerLimit);
            string weights = Path.Combine(bundle, "weights.bin");
            return ObjectSize.Parse(size.Output, File.Exists(weights) ? new FileInfo(weights).Length : 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Weights(string bundle, string folder, bool portable)
    {
        if (!File.Exists(Path.Combine(bundle, "weights.bin")))
            return [];
        if (!portable)
            return ["weights.S"];
        string embed = Path.Combine(folder, "embed"), array = Path.Combine(folder, "weights_array.c");
        Compile(bundle, "cc", ["embed.c", "-o", embed]);
        ToolResult result = ToolProcess.Run(embed, ["weights.bin", array], "write the weights as an array", bundle, CompilerLimit);
        if (result.ExitCode is not 0)
            throw new DiagnosticException(BuildDiagnostics.ProgramFailed(bundle, result.ExitCode ?? -1, result.FirstLines(FirstLines)));
        return [array];
    }

    private static void Compile(string bundle, string compiler, string[] arguments)
    {
        ToolResult result = ToolProcess.Run(compiler, arguments, "build the bundle", bundle, CompilerLimit);
        if (result.ExitCode is null)
            throw new DiagnosticException(BuildDiagnostics.TooSlow(bundle, compiler, CompilerLimit));
        if (result.ExitCode != 0)
            throw new DiagnosticException(BuildDiagnostics.CompilerFailed(bundle, compiler, result.FirstLines(FirstLines)));
    }
}
