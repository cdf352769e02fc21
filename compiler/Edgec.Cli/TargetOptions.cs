using System.CommandLine;
using System.Globalization;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Plan.Hls;
using Edgec.Targets;

namespace Edgec.Cli;

/// <summary>The target and the options that only some targets have; they mean the same in every command that takes them.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string> target = new("--target") { Description = "A name of edgec targets, or a .target file.", Required = true, HelpName = "NAME" };
    private readonly Option<string?> dialect = new("--hls-dialect") { Description = "Directives for vitis, bambu, or generic C++ (FPGA).", HelpName = "NAME" };
    private readonly Option<string?> style = new("--style") { Description = "How an FPGA design is built: engine.", HelpName = "NAME" };
    private readonly Option<bool> single = new("--single-file") { Description = "C as one file that includes no other of ours." };
    private readonly Option<string[]> memories = new("--memory") { Description = "A memory of the processor, for estimates; bytes, and bytes a second.", HelpName = "NAME=BYTES:BANDWIDTH" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { target, dialect, style, single, memories })
            command.Add(option);
    }

    /// <exception cref="DiagnosticException">A value is wrong (EC7002), or an option is none of this target's (EC7006).</exception>
    public (Target Target, BackendOptions Options) Read(ParseResult parsed)
    {
        Target chosen = TargetCatalog.Load(parsed.GetValue(target)!);
        bool fpga = chosen is FpgaTarget, cpu = chosen is CpuTarget;
        string[] levels = parsed.GetValue(memories) ?? [];
        (Option Option, bool Given, bool Fits, string Kind)[] own =
        [
            (dialect, parsed.GetValue(dialect) is not null, fpga, "FPGAs"),
            (style, parsed.GetValue(style) is not null, fpga, "FPGAs"),
            (single, parsed.GetValue(single), cpu, "processors"),
            (memories, levels.Length > 0, cpu, "processors"),
        ];
        foreach ((Option option, _, _, string kind) in own.Where(one => one.Given && !one.Fits))
            throw new DiagnosticException(CommandDiagnostics.NotOfThisTarget(option.Name, chosen.Name, kind));
        if (parsed.GetValue(style) is { } word and not "engine")
            throw Wrong(style, word, word == "dataflow" ? "there is no dataflow architecture yet; use engine" : "it is engine");
        return (chosen, new(
            parsed.GetValue(dialect) switch
            {
                null or "vitis" => HlsDialect.Vitis,
                "bambu" => HlsDialect.Bambu,
                "generic" => HlsDialect.Generic,
                var other => throw Wrong(dialect, other, "it is vitis, bambu or generic"),
            },
            parsed.GetValue(single),
            [.. levels.Select(Memory)]));
    }

    private MemoryLevel Memory(string text)
    {
        string[] parts = text.Split('=', ':');
        return parts is [{ Length: > 0 } name, var size, var rate] && Number(size, 1024) is { } bytes && Number(rate, 1000) is { } speed
            ? new(name, (long)bytes, speed)
            : throw Wrong(memories, text, "write NAME=BYTES:BANDWIDTH, for example sram=512K:1.6G");
    }

    // A number and perhaps K, M or G: of 1024 for sizes, of 1000 for rates.
    private static double? Number(string text, int kilo)
    {
        double unit = text.Length == 0 ? 1 : text[^1] switch { 'K' => kilo, 'M' => kilo * kilo, 'G' => (double)kilo * kilo * kilo, _ => 1 };
        string digits = unit == 1 ? text : text[..^1];
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0 && value * unit < long.MaxValue ? value * unit : null;
    }

    private static DiagnosticException Wrong(Option option, string value, string wanted) => new(CommandDiagnostics.WrongValue(option.Name, value, wanted));
}
