using System.Diagnostics;
using System.Runtime.InteropServices;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Targets;

public sealed class BuiltInTargetTests
{
    public static TheoryData<string> Names => [.. TargetCatalog.Names];

    [Fact]
    public void Names_are_the_files_of_the_folder()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "targets"))
            .Select(file => Path.GetFileName(file)!)
            .Order(StringComparer.Ordinal);
        Assert.Equal(files, TargetCatalog.Names.Select(name => name + ".target"));
        Assert.Equal(
            ["apple-a14", "cortex-a53", "cortex-a55", "cortex-a72", "cortex-a76", "csharp", "host", "kv260", "pynq-z2", "ultra96", "x86-64-v3", "zcu102"],
            TargetCatalog.Names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_target_loads_by_name_and_by_file_alike(string name)
    {
        Target target = TargetCatalog.Load(name);
        Assert.Equal(name, target.Name);
        Assert.Equal(target, TargetCatalog.Load(Path.Combine(SourceTree.Root, "targets", name + ".target")));
    }

    [Theory]
    [InlineData("ultra96", "xczu3eg-sbva484-1-e", FpgaFamily.ZynqUltraScalePlus, DspKind.Dsp48E2, 360, 216, 0, 70_560, 141_120, 250, 4.3e9, 3.0e9, 6, 128)]
    [InlineData("zcu102", "xczu9eg-ffvb1156-2-e", FpgaFamily.ZynqUltraScalePlus, DspKind.Dsp48E2, 2_520, 912, 0, 274_080, 548_160, 300, 19.2e9, 14e9, 6, 128)]
    [InlineData("pynq-z2", "xc7z020clg400-1", FpgaFamily.Zynq7000, DspKind.Dsp48E1, 220, 140, 0, 53_200, 106_400, 142, 2.1e9, 1.5e9, 4, 64)]
    [InlineData("kv260", "xck26-sfvc784-2LV-c", FpgaFamily.ZynqUltraScalePlus, DspKind.Dsp48E2, 1_248, 144, 64, 117_120, 234_240, 300, 19.2e9, 14e9, 6, 128)]
    public void Fpga_figures(
        string name, string part, FpgaFamily family, DspKind kind, int dsp, int bram36, int uram, int lut, int ff, double clock, double peak, double sustained, int ports, int bits)
    {
        var target = Assert.IsType<FpgaTarget>(TargetCatalog.Load(name));
        var expected = new FpgaTarget(
            name, target.Description, new(peak, sustained), part, family, kind, dsp, bram36, uram, lut, ff, clock, ports, bits);
        Assert.Equal(expected with { Source = target.Source, Energy = new(4.2, 160) }, target);
    }

    [Theory]
    [InlineData("cortex-a53", CpuIsa.Neon, 4, 1_400, 32, 512, 0, 5.3, 4, 4)]
    [InlineData("cortex-a55", CpuIsa.NeonDotprod, 4, 1_800, 32, 0, 512, 16, 4, 4)]
    [InlineData("cortex-a72", CpuIsa.Neon, 4, 1_500, 32, 1024, 0, 8, 4, 4)]
    [InlineData("cortex-a76", CpuIsa.NeonDotprod, 4, 2_400, 64, 512, 2048, 32, 4, 8)]
    [InlineData("apple-a14", CpuIsa.NeonDotprod, 2, 3_000, 128, 8192, 16384, 64, 16, 16)]
    public void Arm_figures(string name, CpuIsa isa, int cores, double clock, int l1, int l2, int l3, double int8, double int16, double fp32)
    {
        var target = Assert.IsType<CpuTarget>(TargetCatalog.Load(name));
        Assert.Equal(
            (CpuArchitecture.AArch64, isa, "aarch64-linux-gnu-gcc", "qemu-aarch64", cores, clock),
            (target.Architecture, target.Isa, target.Compiler, target.Emulator, target.Cores, target.ClockMHz));
        Assert.Equal((l1 * 1024L, l2 * 1024L, l3 * 1024L), (target.L1Bytes, target.L2Bytes, target.L3Bytes));
        Assert.Equal((int8, int16, fp32), (target.Int8MacsPerCycle, target.Int16MacsPerCycle, target.Fp32MacsPerCycle));
    }

    [Fact]
    public void X86_figures()
    {
        var target = Assert.IsType<CpuTarget>(TargetCatalog.Load("x86-64-v3"));
        var expected = new CpuTarget(
            "x86-64-v3", target.Description, new(25.6e9, 18e9), CpuArchitecture.X86_64, CpuIsa.Avx2, "gcc", ["-march=x86-64-v3"],
            Emulator: null, Cores: 8, ClockMHz: 3_200, L1Bytes: 32 << 10, L2Bytes: 512 << 10, L3Bytes: 32 << 20, Int8MacsPerCycle: 26, Fp32MacsPerCycle: 16)
        { Int16MacsPerCycle = 26 };
        Assert.Equal(expected with { Source = target.Source }, target);
    }

    [Fact]
    public void Host_is_this_machine()
    {
        var target = Assert.IsType<CpuTarget>(TargetCatalog.Load("host"));
        Assert.Equal(("cc", "[-march=native]", null), (target.Compiler, target.CompilerFlags.ToString(), target.Emulator));
        Assert.Equal(Environment.ProcessorCount, target.Cores);
        CpuArchitecture expected = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => CpuArchitecture.X86_64,
            Architecture.Arm64 => CpuArchitecture.AArch64,
            _ => CpuArchitecture.Any,
        };
        Assert.Equal(expected, target.Architecture);
    }

    [Fact]
    public void CSharp_target()
    {
        var target = Assert.IsType<DotNetTarget>(TargetCatalog.Load("csharp"));
        Assert.Equal(("net10.0", new MemoryBandwidth(25.6e9, 18e9)), (target.Framework, target.Memory));
    }

    [Fact]
    public void Bandwidth_in_cycles_is_the_sustained_one() =>
        Assert.Equal(12, TargetCatalog.Load("ultra96").Memory.BytesPerCycle(250), precision: 9);

    /// <summary>The compiler itself says whether the flags give what the target claims.</summary>
    [Theory]
    [InlineData("cortex-a53", "__ARM_NEON")]
    [InlineData("cortex-a55", "__ARM_FEATURE_DOTPROD")]
    [InlineData("cortex-a72", "__ARM_NEON")]
    [InlineData("cortex-a76", "__ARM_FEATURE_DOTPROD")]
    [InlineData("apple-a14", "__ARM_FEATURE_DOTPROD")]
    [InlineData("x86-64-v3", "__AVX2__")]
    public void Flags_give_the_instruction_set(string name, string macro)
    {
        var target = Assert.IsType<CpuTarget>(TargetCatalog.Load(name));
        string macros = PredefinedMacros(target);
        Assert.Contains($"#define {macro} 1", macros);
        if (target.Isa == CpuIsa.Neon)
            Assert.DoesNotContain("__ARM_FEATURE_DOTPROD", macros);
    }

    private static string PredefinedMacros(CpuTarget target)
    {
        var start = new ProcessStartInfo(target.Compiler, [.. target.CompilerFlags, "-dM", "-E", "-x", "c", "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string macros = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return macros;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{target.Compiler} is not installed");
            throw;
        }
    }
}
