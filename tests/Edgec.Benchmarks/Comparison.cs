using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Edgec.Bundle;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Quantize.Precision;
using Edgec.Targets;

namespace Edgec.Benchmarks;

/// <summary>The generated C and ONNX Runtime on one model, round by round in turn, so that a machine that changes its pace does so for all.</summary>
internal static partial class Comparison
{
    private static readonly CpuTarget Host = (CpuTarget)TargetCatalog.Load("host");

    /// <summary>A table: median milliseconds of each and their ratio to ONNX Runtime's.</summary>
    public static string Of(string model, int rounds)
    {
        using NativeProgram real = Build(model, PrecisionPlan.Fp32, out _), integer = Build(model, PrecisionPlan.W8A8, out long macs);
        using var peer = new OnnxRuntimePeer(model);
        var times = new List<double[]>();
        for (int round = 0; round < rounds; round++)
            times.Add([peer.Milliseconds(), Milliseconds(real), Milliseconds(integer)]);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(model)}: {macs / 1e6:f2} MMAC, one core, medians of {rounds} rounds");
        string[] names = ["ONNX Runtime fp32", "edgec C fp32", "edgec C w8a8"];
        double baseline = Median(times.Select(t => t[0]));
        for (int i = 0; i < names.Length; i++)
        {
            double median = Median(times.Select(t => t[i]));
            text.AppendLine(CultureInfo.InvariantCulture, $"  {names[i],-18} {median,10:f3} ms  {median / baseline,6:f2} x  {macs / median / 1e6,7:f2} GMAC/s");
        }

        return text.ToString();
    }

    private static NativeProgram Build(string model, PrecisionPlan precision, out long macs)
    {
        CompiledModel compiled = new ModelCompiler(new CompileOptions(model, ImportOptions.None, precision), new DiagnosticBag()).Compile(Host);
        string folder = Directory.CreateTempSubdirectory("edgec-bench-").FullName;
        BundleWriter.Write(folder, compiled.Files);
        macs = compiled.Plan.TotalCost.Macs;
        return CBuilder.Build(folder, CToolchain.Of(Host), TimeSpan.FromMinutes(10));
    }

    // The program says "median 0.1234 ms, …".
    private static double Milliseconds(NativeProgram program) =>
        double.Parse(MedianOf().Match(program.Run("--time", "20").Output).Groups[1].Value, CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    [GeneratedRegex(@"median ([0-9.]+) ms")]
    private static partial Regex MedianOf();
}
