using Edgec.Diagnostics;

namespace Edgec.Lowering;

/// <summary>Writes all kernel classes of some C# sources as one header.</summary>
public static class KernelLowering
{
    /// <exception cref="DiagnosticException">The sources do not compile or leave the subset (EC6001 to EC6014).</exception>
    public static string Lower(IReadOnlyList<KernelFile> files, Dialect dialect)
    {
        KernelProgram program = KernelProgram.Read(files);
        SourceLines lines = new();
        lines.Add(dialect.Prologue);
        foreach (KernelClass kernelClass in program.Classes)
        {
            lines.Comment($"==== {kernelClass.Type.Name} ====");
            lines.Comment(KernelDocumentation.Of(kernelClass.Type));
            lines.Add("");
            foreach (KernelFunction function in kernelClass.Functions)
            {
                FunctionLowering.Lower(function, dialect, lines);
                lines.Add("");
            }
        }

        lines.Add(dialect.Epilogue);
        return lines.ToString();
    }
}
