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
    /// <param name="more">Precisions beside fp32 and w8a8.</param>
    public static string Of(string model, int rounds, IEnumerable<LayerPrecision> more)
    {
        LayerPrecision[] precisions = [LayerPrecision.Float, LayerPrecision.W8A8, .. more];
        (NativeProgram Program, long Macs)[] built = [.. precisions.Select(precision => Build(model, PrecisionPlan.Of(precision)))];
        using var peer = new OnnxRuntimePeer(model);
        var times = new List<double[]>();
        for (int round = 0; round < rounds; round++)
            times.Add([peer.Milliseconds(), .. built.Select(b => Milliseconds(b.Program))]);
        foreach ((NativeProgram program, _) in built)
            program.Dispose();
        long macs = built[1].Macs;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(model)}: {macs / 1e6:f2} MMAC, one core, medians of {rounds} rounds");
        string[] names = ["ONNX Runtime fp32", .. precisions.Select(precision => $"edgec C {precision.Brief}")];
        double baseline = Median(times.Select(t => t[0]));
        for (int i = 0; i < names.Length; i++)
        {
            double median = Median(times.Select(t => t[i]));
            text.AppendLine(CultureInfo.InvariantCulture, $"  {names[i],-18} {median,10:f3} ms  {median / baseline,6:f2} x  {macs / median / 1e6,7:f2} GMAC/s");
        }

        return text.ToString();
    }

    private static (NativeProgram Program, long Macs) Build(string model, PrecisionPlan precision)
    {
        CompiledModel compiled = new ModelCompiler(new CompileOptions(model, ImportOptions.None, precision), new DiagnosticBag()).Compile(Host);
        string folder = Directory.CreateTempSubdirectory("edgec-bench-").FullName;
        BundleWriter.Write(folder, compiled.Files);
        return (CBuilder.Build(folder, CToolchain.Of(Host), TimeSpan.FromMinutes(10)), compiled.Plan.TotalCost.Macs);
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
