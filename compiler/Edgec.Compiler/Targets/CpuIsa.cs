namespace Edgec.Targets;

/// <summary>Which of the C runtime's kernels a target may use.</summary>
public enum CpuIsa
{
    /// <summary>C11 and nothing else.</summary>
    Portable,
    Neon,

    /// <summary>NEON with <c>sdot</c> and <c>udot</c> (Armv8.2 and later).</summary>
    NeonDotprod,

    /// <summary>AVX2 and FMA.</summary>
    Avx2,
}
