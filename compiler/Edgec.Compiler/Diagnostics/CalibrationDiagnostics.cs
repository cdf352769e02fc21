namespace Edgec.Diagnostics;

/// <summary>What calibration files have to say (EC302x).</summary>
public static class CalibrationDiagnostics
{
    public static Diagnostic Unreadable(string path, string why) => Diagnostic.Error(
        "EC3020", path, $"This is no calibration file that can be read: {why}. Write one with edgec calibrate.");

    public static Diagnostic Missing(string path, IReadOnlyList<string> values) => Diagnostic.Error(
        "EC3021", path, $"The file has no range for {List(values)}. It was made from another model, or with other --passes or --set: calibrate again with those of this compilation.");

    public static Diagnostic Unknown(string path, IReadOnlyList<string> values) => Diagnostic.Warning(
        "EC3022", path, $"The model has no {List(values)}: these ranges are not used.");

    public static Diagnostic OtherModel(string path) => Diagnostic.Warning(
        "EC3023", path, "The file was made from a model file with other bytes; its ranges may not fit. Calibrate again unless only names or documentation changed.");

    public static Diagnostic NotWritable(string path, string why) => Diagnostic.Error(
        "EC3024", path, $"The calibration file cannot be written: {why} Name another with -o.", exitCode: 3);

    public static Diagnostic WrongSample(string path, string input) => Diagnostic.Error(
        "EC3025", path, $"The file's sample does not fill input {input}. Calibrate again with the same --shape and --dim.");

    public static Diagnostic WeightsNeedData(string path, string steps) => Diagnostic.Error(
        "EC3026", path, $"The file has ranges, but --optimize-weights {steps} looks at data. Add --calibrate DATA, or --optimize-weights none.");

    public static Diagnostic OtherScales(string path, bool equalized) => Diagnostic.Error(
        "EC3027", path, $"The file's ranges are those of a model {(equalized ? "with" : "without")} --optimize-weights equalize, and this one is compiled {(equalized ? "without" : "with")} it. Calibrate again with the same --optimize-weights.");

    // At most five names.
    private static string List(IReadOnlyList<string> values) =>
        $"{(values.Count == 1 ? "value" : "values")} {string.Join(", ", values.Take(5))}{(values.Count > 5 ? $" and {values.Count - 5} others" : "")}";
}
