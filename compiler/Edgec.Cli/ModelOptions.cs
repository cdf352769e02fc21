using System.CommandLine;
using System.Globalization;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Passes;
using Edgec.Quantize.Calibration;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Cli;

/// <summary>The options by which a model becomes a typed graph; they mean the same in every command that takes them.</summary>
internal sealed class ModelOptions
{
    public Argument<string> Model { get; } = new("MODEL") { Description = "The ONNX file; for run and evaluate also a bundle." };

    private readonly Option<string> precision = new("--precision") { Description = "fp32, w8a8, w4a8, w8a16, w4a16, or a precision plan.", DefaultValueFactory = _ => "w8a8", HelpName = "NAME|FILE" };
    private readonly Option<string?> calibrate = new("--calibrate") { Description = "Data the ranges are taken from: .npz, folder of .npy, folder of pictures.", HelpName = "DATA" };
    private readonly Option<int> samples = new("--samples") { Description = "At most so many calibration samples.", DefaultValueFactory = _ => 256, HelpName = "N" };
    private readonly Option<string> calibrator = new("--calibrator") { Description = $"{CalibratorTable.Names}.", DefaultValueFactory = _ => CalibratorTable.Usual.Name, HelpName = "NAME" };
    private readonly Option<double> percent = new("--percent") { Description = "Share of values inside the range, for percentile.", DefaultValueFactory = _ => 99.99, HelpName = "P" };
    private readonly Option<string?> rounding = new("--rounding") { Description = "Rounding profile: single, onnx, tflite or truncate; the target's or the model's own by default.", HelpName = "NAME" };
    private readonly Option<string> outliers = new("--outliers") { Description = "auto clips the values whose range is a matter of chance; off.", DefaultValueFactory = _ => "off", HelpName = "auto|off" };
    private readonly Option<string?> calibration = new("--calibration") { Description = "Ranges that edgec calibrate has kept; data is then needed for --optimize-weights only.", HelpName = "FILE" };
    private readonly Option<string[]> dims = new("--dim") { Description = "Extent of a symbolic dimension.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> shapes = new("--shape") { Description = "Whole shape of an input: image=1x3x224x224.", HelpName = "NAME=SHAPE" };
    private readonly Option<string?> mean = new("--mean") { Description = "Subtracted after division by 255; one number or one a channel.", HelpName = "A,B,C" };
    private readonly Option<string?> std = new("--std") { Description = "Divides after that.", HelpName = "A,B,C" };
    private readonly Option<string?> resize = new("--resize") { Description = "Pictures are scaled to HxW.", HelpName = "HxW" };
    private readonly Option<string?> crop = new("--crop") { Description = "Then cut in the middle to HxW.", HelpName = "HxW" };
    private readonly Option<string?> dump = new("--dump-ir") { Description = "Writes the graph after every pass.", HelpName = "DIR" };
    private readonly Option<int?> stopAfter = new("--stop-after") { Description = "Runs only so many passes.", HelpName = "N" };
    private readonly Option<string?> templates = new("--templates") { Description = "A folder whose templates replace the built-in ones.", HelpName = "DIR" };
    private readonly Option<long?> ram = new("--ram") { Description = "Most bytes the arena may have.", HelpName = "BYTES" };

    private readonly Option<string?> optimizeWeights = new("--optimize-weights")
    {
        Description = "How integers of weights are chosen from data: none, all, or of equalize, clip, round, bias; clip,round,bias by default where weights have 4 bits.",
        HelpName = "LIST",
    };
    private readonly Option<string> io = new("--io") { Description = "integer, or real: inputs and outputs are converted inside; not for FPGAs.", DefaultValueFactory = _ => "integer", HelpName = "NAME" };

    private readonly Option<string?> passes = new("--passes") { Description = "Passes to run behind the usual ones, see edgec passes.", HelpName = "LIST" };
    private readonly Option<string[]> settings = new("--set") { Description = "An option of a pass.", HelpName = "PASS.OPTION=VALUE" };

    public void AddTo(Command command)
    {
        command.Add(Model);
        foreach (Option option in new Option[] { precision, calibrate, samples, calibrator, percent, outliers, calibration, dims, shapes, mean, std, resize, crop, dump, stopAfter, templates, ram, optimizeWeights, passes, settings, rounding, io })
            command.Add(option);
    }

    public CompileOptions Read(ParseResult parsed) => new(
        parsed.GetValue(Model)!,
        new ImportOptions(Pairs(parsed, dims, Extent), Pairs(parsed, shapes, ReadShape)),
        Precision(parsed.GetValue(precision)!),
        parsed.GetValue(calibrate),
        Data(parsed),
        Positive("--samples", parsed.GetValue(samples)),
        new(Calibrator(parsed), ClipsOutliers(parsed)),
        parsed.GetValue(templates),
        parsed.GetValue(ram),
        parsed.GetValue(passes),
        [.. parsed.GetValue(settings) ?? []],
        WeightSteps(parsed.GetValue(optimizeWeights)),
        CalibrationFile(parsed))
    {
        RealPorts = parsed.GetValue(io) switch
        {
            "real" => true,
            "integer" => false,
            var other => throw Wrong("--io", other!, "it is integer or real"),
        },
        Rounding = Profile(parsed.GetValue(rounding)),
    };

    public PipelineOptions Pipeline(ParseResult parsed) => new(parsed.GetValue(dump), parsed.GetValue(stopAfter));

    public DataOptions Data(ParseResult parsed) => new(
        [.. Numbers("--mean", parsed.GetValue(mean))],
        [.. Numbers("--std", parsed.GetValue(std))],
        Size("--resize", parsed.GetValue(resize)),
        Size("--crop", parsed.GetValue(crop)));

    private static WeightOptimization? WeightSteps(string? text) => text is null
        ? null
        : WeightOptimization.Parse(text) ?? throw Wrong("--optimize-weights", text, $"it is none, all, or a list of {string.Join(", ", WeightOptimization.Words)} with commas between them");

    private static RoundingProfile? Profile(string? name) => name is null
        ? null
        : RoundingProfiles.Find(name) ?? throw Wrong("--rounding", name, $"it is {string.Join(", ", RoundingProfiles.All.Select(p => p.Text()))}");

    private static PrecisionPlan Precision(string text)
    {
        if (PrecisionFile.ParseWords(text) is { } words)
            return PrecisionPlan.Of(words);
        return File.Exists(text) || text.AsSpan().ContainsAny('/', '\\', '.')
            ? PrecisionFile.Load(text)
            : throw Wrong("--precision", text, $"it is {string.Join(", ", LayerPrecision.All.Select(p => p.Word))}, or the file of a precision plan");
    }

    private bool ClipsOutliers(ParseResult parsed) => parsed.GetValue(outliers) switch
    {
        "auto" => true,
        "off" => false,
        var other => throw Wrong("--outliers", other!, "it is auto or off"),
    };

    private string? CalibrationFile(ParseResult parsed)
    {
        Option[] decided = [calibrator, percent, outliers];
        return parsed.GetValue(calibration) is { } file && decided.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } given
            ? throw Wrong("--calibration", file, $"{given.Name} was decided when the file was made; leave it out, or calibrate again")
            : parsed.GetValue(calibration);
    }

    private ICalibrator Calibrator(ParseResult parsed)
    {
        (string name, double share) = (parsed.GetValue(calibrator)!, parsed.GetValue(percent));
        if (share is not (> 50 and <= 100))
            throw Wrong("--percent", share.ToString(CultureInfo.InvariantCulture), "it lies between 50 and 100");
        return CalibratorTable.Find(name, share) ?? throw Wrong("--calibrator", name, $"it is one of {CalibratorTable.Names}");
    }

    private static Dictionary<string, T> Pairs<T>(ParseResult parsed, Option<string[]> option, Func<string, string, T> read)
    {
        var pairs = new Dictionary<string, T>();
        foreach (string text in parsed.GetValue(option) ?? [])
        {
            int at = text.LastIndexOf('=');
            if (at <= 0)
                throw Wrong(option.Name, text, "write NAME=VALUE");
            pairs[text[..at]] = read(option.Name, text[(at + 1)..]);
        }

        return pairs;
    }

    private static int Extent(string option, string text) =>
        int.TryParse(text, out int value) && value > 0 ? value : throw Wrong(option, text, "an extent is a positive number");

    private static Shape ReadShape(string option, string text) => text is "" ? Shape.Scalar : Shape.From(text.Split('x').Select(part => Extent(option, part)));

    private static PictureSize? Size(string option, string? text) => text is null
        ? null
        : PictureSize.Parse(text) ?? throw Wrong(option, text, "write a side or HxW in pixels");

    private static IEnumerable<double> Numbers(string option, string? text) => text is null
        ? []
        : text.Split(',').Select(part => double.TryParse(part, out double value) ? value : throw Wrong(option, text, "write numbers with commas between them"));

    private static int Positive(string option, int value) => value > 0 ? value : throw Wrong(option, value.ToString(), "it is a positive number");

    private static DiagnosticException Wrong(string option, string value, string wanted) => new(CommandDiagnostics.WrongValue(option, value, wanted));
}
