using Edgec.Diagnostics;
using Sprache;
using static Edgec.Targets.TargetGrammar;

namespace Edgec.Targets;

/// <summary>Reads the text of a target file; <c>docs/targets.md</c> describes the form.</summary>
public static class TargetFile
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int LongestText = 64 * 1024;

    /// <param name="file">What the diagnostics call it.</param>
    /// <exception cref="DiagnosticException">EC9002 where the text is not of the form, EC9003 where its entries do not
    /// make a target, EC9004 where it is too long; one for every faulty line.</exception>
    public static Target Parse(string text, string file)
    {
        if (text.Length > LongestText)
            throw new DiagnosticException(Diagnostic.Error("EC9004", file, "the file is longer than the 64 KiB a target may have."));

        IResult<Block> result = File(new Input(text));
        if (!result.WasSuccessful)
            throw new DiagnosticException(Error("EC9002", file, Position.FromInput(result.Remainder), SyntaxFault.Describe(result)));

        Block block = result.Value;
        var reader = new EntryReader(block, file);
        Target target = block.Kind.Value switch
        {
            "fpga" => Check(ReadFpga(block.Name.Value, reader), reader),
            "cpu" => Check(ReadCpu(block.Name.Value, reader), reader),
            _ => Check(ReadDotNet(block.Name.Value, reader), reader),
        };
        return target with { Source = text };
    }

    internal static Diagnostic Error(string code, string file, Position at, string message) =>
        Diagnostic.Error(code, $"{file}({at.Line},{at.Column})", message);

    private static FpgaTarget ReadFpga(string name, EntryReader reader)
    {
        string description = ReadDescription(reader);
        string part = reader.Read("part", TargetValues.Part, "xczu3eg-sbva484-1-e");
        FpgaFamily family = reader.Read("family", TargetValues.Family, "zynq-ultrascale+");
        (int dsp, DspKind dspKind) = reader.Read("dsp", TargetValues.Dsp, "360 dsp48e2");
        int bram36 = reader.Read("bram36", TargetValues.Count(1, 100_000), "216");
        int uram = reader.Read("uram", TargetValues.Count(1, 100_000), absent: 0);
        int lut = reader.Read("lut", TargetValues.Count(1, 100_000_000), "70,560");
        int ff = reader.Read("ff", TargetValues.Count(1, 100_000_000), "141,120");
        double clock = ReadClock(reader);
        (int ports, int bits) = reader.Read("axi", TargetValues.Axi, "6 ports of 128 bit");
        MemoryBandwidth memory = ReadMemory(reader);
        return new(name, description, memory, part, family, dspKind, dsp, bram36, uram, lut, ff, clock, ports, bits)
        {
            Energy = reader.Read("energy", TargetValues.Energy, absent: null),
        };
    }

    private static CpuTarget ReadCpu(string name, EntryReader reader)
    {
        var target = new CpuTarget(
            name,
            ReadDescription(reader),
            ReadMemory(reader),
            reader.Read("architecture", TargetValues.Architecture, "aarch64"),
            reader.Read("isa", TargetValues.Isa, "neon"),
            reader.Read("compiler", TargetValues.Command, "aarch64-linux-gnu-gcc"),
            reader.Read("flags", TargetValues.Flags, absent: []),
            reader.Read("emulator", TargetValues.Command.Select(command => (string?)command), absent: null),
            reader.Read("cores", TargetValues.Cores, "4"),
            ReadClock(reader),
            reader.Read("l1", TargetValues.Cache, "32 KiB"),
            reader.Read("l2", TargetValues.Cache, absent: 0),
            reader.Read("l3", TargetValues.Cache, absent: 0),
            reader.Read("int8", TargetValues.Rate, "8 MAC/cycle"),
            reader.Read("fp32", TargetValues.Rate, "4 MAC/cycle"));
        return target with { Int16MacsPerCycle = reader.Read("int16", TargetValues.Rate, absent: target.Fp32MacsPerCycle) };
    }

    private static DotNetTarget ReadDotNet(string name, EntryReader reader) => new(
        name,
        ReadDescription(reader),
        ReadMemory(reader),
        reader.Read("framework", TargetValues.Framework, "net10.0"));

    private static string ReadDescription(EntryReader reader) =>
        reader.Read("description", TargetValues.Description, "the board's full name");

    private static double ReadClock(EntryReader reader) => reader.Read("clock", TargetValues.Clock, "250 MHz");

    private static MemoryBandwidth ReadMemory(EntryReader reader) =>
        reader.Read("memory", TargetValues.Memory, "4.3 GB/s peak, 3.0 GB/s sustained");

    private static Target Check(Target target, EntryReader reader)
    {
        target = target with { Rounding = reader.Read("rounding", TargetValues.Rounding, absent: null) };
        reader.ExpectNoOtherKeys();
        reader.ThrowIfFaulty();
        TargetRules.Check(target, reader);
        reader.ThrowIfFaulty();
        return target;
    }
}
