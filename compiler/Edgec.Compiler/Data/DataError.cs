using Edgec.Diagnostics;

namespace Edgec.Data;

/// <summary>Data that cannot be used ends the command: later samples would not be better.</summary>
internal static class DataError
{
    public static DiagnosticException At(string where, string code, string message) => new(Diagnostic.Error(code, where, message));

    /// <summary>Runs what touches a file and turns the system's complaints into diagnostics.</summary>
    public static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw At(path, "EC7010", "There is no such file. Check the path.");
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw At(path, "EC7013", "The file is damaged or cut short. Save it again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw At(path, "EC7011", $"The file cannot be read: {e.Message} Check its name and permissions.");
        }
    }
}
