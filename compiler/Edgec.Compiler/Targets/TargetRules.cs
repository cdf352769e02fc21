namespace Edgec.Targets;

/// <summary>What must hold between the lines of a target file that each are well formed.</summary>
internal static class TargetRules
{
    public static void Check(Target target, EntryReader reader)
    {
        if (target.Memory.Sustained > target.Memory.Peak)
            reader.Contradiction("memory", "the sustained bandwidth is above the peak. Exchange them.");
        switch (target)
        {
            case FpgaTarget fpga:
                Check(fpga, reader);
                break;
            case CpuTarget cpu:
                Check(cpu, reader);
                break;
        }
    }

    private static void Check(FpgaTarget target, EntryReader reader)
    {
        bool isSeries7 = target.Family is FpgaFamily.Zynq7000 or FpgaFamily.Series7;
        DspKind kind = isSeries7 ? DspKind.Dsp48E1 : DspKind.Dsp48E2;
        if (target.DspKind != kind)
            reader.Contradiction("dsp", $"this family's multiplier is the {kind.ToString().ToLowerInvariant()}. Correct 'dsp' or 'family'.");
        if (isSeries7 && target.Uram > 0)
            reader.Contradiction("uram", "this family has no UltraRAM. Remove the line or correct 'family'.");
    }

    private static void Check(CpuTarget target, EntryReader reader)
    {
        CpuArchitecture needed = target.Isa switch
        {
            CpuIsa.Neon or CpuIsa.NeonDotprod => CpuArchitecture.AArch64,
            CpuIsa.Avx2 => CpuArchitecture.X86_64,
            _ => target.Architecture,
        };
        if (target.Architecture != needed)
        {
            string name = needed == CpuArchitecture.AArch64 ? "aarch64" : "x86-64";
            reader.Contradiction("isa", $"this instruction set needs architecture {name}; 'portable' goes with every one.");
        }

        if (target.L2Bytes > 0 && target.L2Bytes < target.L1Bytes)
            reader.Contradiction("l2", "this cache is smaller than l1. Check the units.");
        if (target.L3Bytes > 0 && target.L3Bytes < Math.Max(target.L1Bytes, target.L2Bytes))
            reader.Contradiction("l3", "this cache is smaller than the one before it. Check the units.");
    }
}
