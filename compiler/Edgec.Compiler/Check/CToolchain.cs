using System.Collections.Immutable;
using Edgec.Emit.C;
using Edgec.Targets;

namespace Edgec.Check;

/// <summary>How bundles in C are built and run.</summary>
/// <param name="Flags">All compiler flags but those for warnings and macros.</param>
/// <param name="Emulator">What runs the programs; null if this machine does. Then they are linked statically, so that it
/// needs no libraries of the target.</param>
public sealed record CToolchain(string Compiler, ImmutableArray<string> Flags, string? Emulator)
{
    public static CToolchain Of(CpuTarget target) => new(target.Compiler, [.. CBackend.Flags, .. target.CompilerFlags], target.Emulator);

    /// <summary>The program beside the compiler: <c>aarch64-linux-gnu-gcc</c> has <c>aarch64-linux-gnu-size</c>.</summary>
    public string Companion(string tool) => Compiler.EndsWith("-gcc", StringComparison.Ordinal) ? Compiler[..^"gcc".Length] + tool : tool;
}
