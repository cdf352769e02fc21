namespace Edgec.Diagnostics;

/// <summary>One thing to tell the user: what, where, and what to do about it.</summary>
/// <param name="Code"><c>EC</c> and four digits; the first tells the phase (1 import, 2 graph, 3 quantization, 4 plan,
/// 5 emission, 6 kernel lowering, 7 command line and data, 8 checking, 9 targets).</param>
/// <param name="Location">A file, with <c>(line,column)</c> or <c>(node -> value)</c>; empty where there is none.</param>
/// <param name="ExitCode">What the process returns if this is an error: 1 a file named on the command line is wrong,
/// 2 a word on the command line is wrong, 3 a tool is missing or an output cannot be written.</param>
public sealed record Diagnostic(Severity Severity, string Code, string Location, string Message, int ExitCode = 1)
{
    public static Diagnostic Error(string code, string location, string message, int exitCode = 1) =>
        new(Severity.Error, code, location, message, exitCode);

    public static Diagnostic Warning(string code, string location, string message) =>
        new(Severity.Warning, code, location, message, 0);

    public static Diagnostic Note(string code, string location, string message) =>
        new(Severity.Note, code, location, message, 0);

    /// <summary>As compilers print it: <c>model.onnx(Conv_12 -> relu_3): error EC1003: …</c>.</summary>
    public override string ToString()
    {
        string severity = Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };
        return Location.Length == 0 ? $"{severity} {Code}: {Message}" : $"{Location}: {severity} {Code}: {Message}";
    }
}
