using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edgec.Targets;

/// <summary>What <c>native</c> means in a target file: asked of the machine this process runs on.</summary>
internal static class HostMachine
{
    public static CpuArchitecture Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => CpuArchitecture.X86_64,
        System.Runtime.InteropServices.Architecture.Arm64 => CpuArchitecture.AArch64,
        _ => CpuArchitecture.Any,
    };

    public static CpuIsa Isa =>
        Avx2.X64.IsSupported && Fma.IsSupported ? CpuIsa.Avx2
        : Dp.IsSupported ? CpuIsa.NeonDotprod
        : AdvSimd.Arm64.IsSupported ? CpuIsa.Neon
        : CpuIsa.Portable;

    public static int Cores => Environment.ProcessorCount;
}
