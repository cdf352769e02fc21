namespace Edgec.Diagnostics;

/// <summary>What writing bundles has to say (EC5xxx).</summary>
public static class EmitDiagnostics
{
    public static Diagnostic FolderInUse(string folder) => Diagnostic.Error(
        "EC5001", folder, "This is not empty and holds no bundle of edgec, so it is left alone. Choose another folder with -o.", exitCode: 3);

    public static Diagnostic CannotWrite(string folder, string why) => Diagnostic.Error(
        "EC5002", folder, $"The bundle cannot be written: {why.TrimEnd('.')}. Choose another folder with -o.", exitCode: 3);

    public static Diagnostic ArenaBeyondSpan(string model, long bytes, long most) => Diagnostic.Error(
        "EC5003", model, $"The arena needs {bytes} bytes, but a span in .NET has at most {most}. Use a smaller input, or compile for a CPU.");

    public static Diagnostic CannotWriteFile(string path, string why) => Diagnostic.Error(
        "EC5004", path, $"This file cannot be written: {why.TrimEnd('.')}. Choose another place.", exitCode: 3);
}
