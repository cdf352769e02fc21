namespace Edgec.Targets;

public enum CpuArchitecture
{
    /// <summary>Whatever the C compiler makes code for; goes with <see cref="CpuIsa.Portable"/> only.</summary>
    Any,
    X86_64,
    AArch64,
}
