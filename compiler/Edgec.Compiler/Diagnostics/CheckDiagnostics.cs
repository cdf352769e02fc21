namespace Edgec.Diagnostics;

/// <summary>What checking bundles has to say (EC81xx).</summary>
public static class CheckDiagnostics
{
    public static Diagnostic NoBundle(string folder, string why) => Diagnostic.Error(
        "EC8101", folder, $"This folder holds no bundle: {why.TrimEnd('.')}. Make one with edgec compile MODEL --target NAME -o DIR.");

    public static Diagnostic OtherFormat(string path, int format) => Diagnostic.Error(
        "EC8102", path, $"This bundle has format {format}, which another version of edgec wrote. Compile the model again.");

    public static Diagnostic TraceLength(string folder, long bytes, long wanted) => Diagnostic.Error(
        "EC8103", folder, $"The bundle's program wrote {bytes} bytes of trace instead of {wanted}. Its sources do not belong to its graph; compile the model again.");

    public static Diagnostic BadVector(string path, long bytes, long wanted) => Diagnostic.Error(
        "EC8104", path, $"The test vector has {bytes} bytes instead of {wanted}. Compile the model again.");

    public static Diagnostic UnreadableFinding(string path, string why) => Diagnostic.Error(
        "EC8105", path, $"This file of the report cannot be read: {why.TrimEnd('.')}. Remove it and run the command that wrote it again.");

    public static Diagnostic CannotRecord(string path, string why) => Diagnostic.Error(
        "EC8106", path, $"The report cannot be written: {why.TrimEnd('.')}. Copy the bundle to where it can.", exitCode: 3);
}
