using System.Diagnostics;
using CsCheck;
using Edgec.Diagnostics;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Targets;

public sealed class TargetFileTests
{
    private const string Board = """
        # a board
        fpga board {
          description  a board: one, two (three)
          part         xc7z020clg400-1   # a comment
          family       zynq-7000
          dsp          220 dsp48e1
          bram36       140
          lut          53,200
          ff           106400
          clock        142.5 MHz
          axi          4 ports of 64 bit
          memory       2.1 GB/s peak, 1.5 GB/s sustained
        }
        """;

    private const string Processor = """
        cpu chip {
          description  a chip
          architecture aarch64
          isa          neon
          compiler     /opt/arm/bin/gcc-14
          cores        4
          clock        1,400 MHz
          l1           32 KiB
          int8         8 MAC/cycle
          fp32         4 MAC/cycle
          memory       3.6 GB/s peak, 2.5 GB/s sustained
        }
        """;

    private static readonly string[] Texts = [Board, Processor, "dotnet x {\n description a\n framework net10.0\n memory 1 GB/s peak, 1 GB/s sustained\n}"];

    [Fact]
    public void A_board_of_ones_own()
    {
        var expected = new FpgaTarget(
            "board", "a board: one, two (three)", new(2.1e9, 1.5e9), "xc7z020clg400-1", FpgaFamily.Zynq7000, DspKind.Dsp48E1,
            Dsp: 220, Bram36: 140, Uram: 0, Lut: 53_200, Ff: 106_400, ClockMHz: 142.5, AxiPorts: 4, AxiPortBits: 64);
        Assert.Equal(expected with { Source = Board }, TargetFile.Parse(Board, "board.target"));
        string windows = Board.ReplaceLineEndings("\r\n") + "\r\n\r\n# end";
        Assert.Equal(expected with { Source = windows }, TargetFile.Parse(windows, "board.target"));
    }

    [Fact]
    public void What_a_chip_lacks_may_be_left_out()
    {
        var target = Assert.IsType<CpuTarget>(TargetFile.Parse(Processor, "chip.target"));
        Assert.Equal((0L, 0L, null, 0), (target.L2Bytes, target.L3Bytes, target.Emulator, target.CompilerFlags.Length));
    }

    [Fact]
    public void Any_architecture_goes_with_portable_code()
    {
        var target = Assert.IsType<CpuTarget>(TargetFile.Parse(Processor.Replace("aarch64", "any").Replace("neon", "portable"), "chip.target"));
        Assert.Equal((CpuArchitecture.Any, CpuIsa.Portable), (target.Architecture, target.Isa));
    }

    [Theory]
    [InlineData("", "(1,1): error EC9002: expected 'fpga', 'cpu' or 'dotnet', found the end of the file.")]
    [InlineData("# only\n", "(2,1): error EC9002: expected 'fpga', 'cpu' or 'dotnet', found the end of the file.")]
    [InlineData("gpu x {\n}", "(1,1): error EC9002: expected 'fpga', 'cpu' or 'dotnet', found 'gpu'.")]
    [InlineData("fpga {\n}", "(1,6): error EC9002: expected a name of at most 64 letters, digits, '.', '_' and '-', found '{'.")]
    [InlineData("fpga x\n{\n}", "(1,7): error EC9002: expected '{', found the end of the line.")]
    [InlineData("fpga x { clock 1 MHz }", "(1,10): error EC9002: expected the end of the line, found 'clock'.")]
    [InlineData("fpga x {\n  = 3\n}", "(2,3): error EC9002: expected a key or '}', found '='.")]
    [InlineData("fpga x {\n  clock 1 MHz\n", "(3,1): error EC9002: expected a key or '}', found the end of the file.")]
    [InlineData("fpga x {\n}\n\n fpga y {\n}", "(4,2): error EC9002: expected the end of the file, found 'fpga'.")]
    [InlineData("fpga x {\n} y", "(2,3): error EC9002: expected the end of the line, found 'y'.")]
    [InlineData("fpga \e[31m {\n}", "(1,6): error EC9002: expected a name of at most 64 letters, digits, '.', '_' and '-', found '?[31m'.")]
    public void A_broken_frame(string text, string expected) => Assert.Equal(["t" + expected], Errors(text));

    [Theory]
    [InlineData("part         xc7z020clg400-1", "part         xc7z020;exit", "(4,23): error EC9002: expected the end of the line, found ';exit'.")]
    [InlineData("part         xc7z020clg400-1", "part", "(4,10): error EC9002: expected a part as the vendor's tool spells it, found '#'.")]
    [InlineData("zynq-7000", "zynq7000", "(5,16): error EC9002: expected 'zynq-7000', 'zynq-ultrascale+', '7-series' or 'ultrascale+', found 'zynq7000'.")]
    [InlineData("220 dsp48e1", "220", "(6,19): error EC9002: expected 'dsp48e1' or 'dsp48e2', found the end of the line.")]
    [InlineData("220 dsp48e1", "many dsp48e1", "(6,16): error EC9002: expected a whole number from 1 to 100,000, found 'many'.")]
    [InlineData("220 dsp48e1", "0 dsp48e1", "(6,16): error EC9002: expected a whole number from 1 to 100,000, found '0'.")]
    [InlineData("140\n", "140.5\n", "(7,16): error EC9002: expected a whole number from 1 to 100,000, found '140.5'.")]
    [InlineData("140\n", "-140\n", "(7,16): error EC9002: expected a whole number from 1 to 100,000, found '-140'.")]
    [InlineData("53,200", "53,20", "(8,16): error EC9002: expected a whole number from 1 to 100,000,000, found '53,20'.")]
    [InlineData("106400", "99999999999999999999999999", "(9,16): error EC9002: expected a whole number from 1 to 100,000,000, found '999999999999999999999999'.")]
    [InlineData("106400", "106400 ff", "(9,23): error EC9002: expected the end of the line, found 'ff'.")]
    [InlineData("142.5 MHz", "142.5 GHz", "(10,22): error EC9002: expected 'MHz', found 'GHz'.")]
    [InlineData("142.5 MHz", "142.5", "(10,21): error EC9002: expected 'MHz', found the end of the line.")]
    [InlineData("142.5 MHz", "142.5.1 MHz", "(10,16): error EC9002: expected a number from 1 to 10,000, found '142.5.1'.")]
    [InlineData("142.5 MHz", "1e9 MHz", "(10,17): error EC9002: expected 'MHz', found 'e9'.")]
    [InlineData("4 ports of 64 bit", "4 ports of 65 bit", "(11,27): error EC9002: expected '32', '64', '128', '256', '512' or '1024', found '65'.")]
    [InlineData("2.1 GB/s peak, 1.5", "2.1 GB/s, 1.5", "(12,20): error EC9002: expected 'GB/s', found 'GB/s,'.")]
    [InlineData("2.1 GB/s peak", "2.1 MB/s peak", "(12,20): error EC9002: expected 'GB/s', found 'MB/s'.")]
    [InlineData("one, two", "one \"two\"", "(3,29): error EC9002: expected letters, digits, spaces and . , : ; ( ) / + # % & _ -, found '\"two\"'.")]
    public void A_broken_line_of_a_board(string from, string to, string expected) =>
        Assert.Equal(["t" + expected], Errors(Replace(Board, from, to)));

    [Theory]
    [InlineData("aarch64", "arm", "(3,16): error EC9002: expected 'x86-64', 'aarch64', 'any' or 'native', found 'arm'.")]
    [InlineData("neon", "sve", "(4,16): error EC9002: expected 'portable', 'neon', 'neon-dotprod', 'avx2' or 'native', found 'sve'.")]
    [InlineData("/opt/arm/bin/gcc-14", "gcc;rm", "(5,16): error EC9002: expected a command of letters, digits and . _ + / -, found 'gcc;rm'.")]
    [InlineData("/opt/arm/bin/gcc-14", "gcc -O3", "(5,20): error EC9002: expected the end of the line, found '-O3'.")]
    [InlineData("cores        4", "cores        0", "(6,16): error EC9002: expected 'native' or a whole number from 1 to 1,024, found '0'.")]
    [InlineData("cores        4", "flags        -O2 $(rm)", "(6,20): error EC9002: expected a flag of letters, digits and . _ + / - = , :, found '$(rm)'.")]
    [InlineData("32 KiB", "32 KB", "(8,19): error EC9002: expected 'KiB' or 'MiB', found 'KB'.")]
    [InlineData("32 KiB", "32", "(8,18): error EC9002: expected 'KiB' or 'MiB', found the end of the line.")]
    [InlineData("32 KiB", "2,000 MiB", "(8,16): error EC9002: expected a size from 1 KiB to 1,024 MiB, found '2,000'.")]
    [InlineData("8 MAC/cycle", "8 MAC", "(9,18): error EC9002: expected 'MAC/cycle', found 'MAC'.")]
    public void A_broken_line_of_a_processor(string from, string to, string expected) =>
        Assert.Contains("t" + expected, Errors(Replace(Processor, from, to)));

    [Theory]
    [InlineData("  clock        142.5 MHz\n", "", "(2,1): error EC9003: fpga board has no 'clock'. Add a line such as: clock 250 MHz")]
    [InlineData("  bram36       140\n", "  bram36 140\n  bram36 141\n", "(8,3): error EC9003: 'bram36' stands here a second time; line 7 has the first. Remove one.")]
    [InlineData("  bram36       140\n", "  bram36 140\n  uran 4\n", "(8,3): error EC9003: fpga has no key 'uran'. Did you mean 'uram'? Its keys are description, part, family, dsp, bram36, uram, lut, ff, clock, axi, memory, energy, rounding.")]
    [InlineData("  bram36       140\n", "  bram36 140\n  uram 4\n", "(8,3): error EC9003: this family has no UltraRAM. Remove the line or correct 'family'.")]
    [InlineData("dsp48e1", "dsp48e2", "(6,3): error EC9003: this family's multiplier is the dsp48e1. Correct 'dsp' or 'family'.")]
    [InlineData("1.5 GB/s", "2.2 GB/s", "(12,3): error EC9003: the sustained bandwidth is above the peak. Exchange them.")]
    public void Lines_that_make_no_board(string from, string to, string expected) =>
        Assert.Equal(["t" + expected], Errors(Replace(Board, from, to)));

    [Theory]
    [InlineData("neon", "avx2", "(4,3): error EC9003: this instruction set needs architecture x86-64; 'portable' goes with every one.")]
    [InlineData("aarch64", "any", "(4,3): error EC9003: this instruction set needs architecture aarch64; 'portable' goes with every one.")]
    [InlineData("32 KiB\n", "32 KiB\n  l2 16 KiB\n", "(9,3): error EC9003: this cache is smaller than l1. Check the units.")]
    [InlineData("32 KiB\n", "32 KiB\n  l2 1 MiB\n  l3 512 KiB\n", "(10,3): error EC9003: this cache is smaller than the one before it. Check the units.")]
    public void Lines_that_make_no_processor(string from, string to, string expected) =>
        Assert.Equal(["t" + expected], Errors(Replace(Processor, from, to)));

    [Theory]
    [InlineData("", null)]
    [InlineData("  rounding tflite\n", RoundingProfile.Tflite)]
    public void A_rounding_profile_may_be_asked_for(string line, RoundingProfile? expected) =>
        Assert.Equal(expected, TargetFile.Parse(Replace(Board, "  bram36 ", line + "  bram36 "), "t").Rounding);

    [Fact]
    public void A_rounding_profile_that_is_none_is_told() => Assert.Equal(
        ["t(7,12): error EC9002: expected 'single', 'onnx', 'tflite' or 'truncate', found 'up'."], Errors(Replace(Board, "  bram36 ", "  rounding up\n  bram36 ")));

    [Fact]
    public void All_faults_are_told_in_the_order_of_the_file()
    {
        string text = Replace(Replace(Replace(Board, "142.5 MHz", "fast"), "  part  ", "  prt  "), "1.5 GB/s", "1.5");
        Assert.Equal(
            [
                "t(2,1): error EC9003: fpga board has no 'part'. Add a line such as: part xczu3eg-sbva484-1-e",
                "t(4,3): error EC9003: fpga has no key 'prt'. Did you mean 'part'? Its keys are description, part, family, dsp, bram36, uram, lut, ff, clock, axi, memory, energy, rounding.",
                "t(10,16): error EC9002: expected a number from 1 to 10,000, found 'fast'.",
                "t(12,35): error EC9002: expected 'GB/s', found 'sustained'.",
            ],
            Errors(text));
    }

    [Fact]
    public void Too_many_faults_are_counted()
    {
        string text = "fpga x {\n" + string.Concat(Enumerable.Range(0, 6_000).Select(i => $"k{i} 1\n")) + "}";
        IReadOnlyList<string> errors = Errors(text);
        Assert.Equal(51, errors.Count);
        Assert.Equal("t: note EC9003: and 5960 more errors.", errors[^1]);
    }

    [Fact]
    public void A_long_text_is_refused() =>
        Assert.Equal(["t: error EC9004: the file is longer than the 64 KiB a target may have."], Errors(new string('#', TargetFile.LongestText + 1)));

    [Theory]
    [InlineData("#")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("{")]
    [InlineData("fpga x {\n")]
    [InlineData("fpga x {\n a ")]
    [InlineData("fpga x {\nflags -")]
    [InlineData("9")]
    [InlineData("a\n")]
    public void Hostile_texts_end_soon_with_a_diagnostic(string unit)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.NotEmpty(Errors(string.Concat(Enumerable.Repeat(unit, TargetFile.LongestText / unit.Length))));
        Assert.NotEmpty(Errors("cpu x {\n" + string.Concat(Enumerable.Repeat(unit, 65_000 / unit.Length))));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Fact]
    public void Any_damage_gives_a_target_or_a_diagnostic() =>
        Gen.Select(Gen.Int[0, 2].Select(i => Texts[i]), Gen.Int[0, 400], Gen.Int[0, 40], Gen.String[0, 8]).Sample(
            (text, at, removed, inserted) =>
            {
                at = Math.Min(at, text.Length);
                string damaged = text.Remove(at, Math.Min(removed, text.Length - at)).Insert(at, inserted);
                try
                {
                    Assert.NotNull(TargetFile.Parse(damaged, "t"));
                }
                catch (DiagnosticException fault)
                {
                    Assert.All(fault.Diagnostics, diagnostic => Assert.Matches(@"^t\(\d+,\d+\): error EC900[23]: .+\S$", diagnostic.ToString()));
                }
            },
            iter: 2_000);

    private static string Replace(string text, string from, string to)
    {
        Assert.Contains(from, text);
        return text.Replace(from, to);
    }

    private static IReadOnlyList<string> Errors(string text)
    {
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetFile.Parse(text, "t"));
        Assert.Equal(1, fault.ExitCode);
        return [.. fault.Diagnostics.Select(diagnostic => diagnostic.ToString())];
    }
}
