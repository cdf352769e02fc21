namespace Edgec.Diagnostics;

/// <summary>What filling in templates has to say (EC5011, EC5012).</summary>
public static class TemplateDiagnostics
{
    public static Diagnostic Unreadable(string file, string why) =>
        Diagnostic.Error("EC5011", file, $"The template cannot be read: {why.TrimEnd('.')}. Check the folder given by --templates.");

    public static Diagnostic Faulty(string location, string why) =>
        Diagnostic.Error("EC5012", location, $"The template is wrong: {why.TrimEnd('.')}. Compare it with the built-in one of the same name.");
}
