namespace Edgec.Diagnostics;

/// <summary>What building and running bundles has to say (EC8001 to EC8009).</summary>
public static class BuildDiagnostics
{
    /// <param name="package">The Debian package that has it; null if unknown.</param>
    public static Diagnostic MissingTool(string tool, string purpose, string? package) => Diagnostic.Error(
        "EC8001", "", $"'{tool}' is needed to {purpose}, but it is not installed. {(package is null ? "Install it, or choose another target" : $"On Debian: apt install {package}")}.", exitCode: 3);

    /// <param name="lines">The first lines the compiler printed.</param>
    public static Diagnostic CompilerFailed(string bundle, string compiler, string lines) => Diagnostic.Error(
        "EC8002", bundle, $"'{compiler}' does not build this bundle:\n{lines}\nCheck that the compiler knows the target's flags and that the files are as edgec wrote them.");

    /// <param name="lines">The first lines the program printed.</param>
    public static Diagnostic ProgramFailed(string bundle, int exitCode, string lines) => Diagnostic.Error(
        "EC8003", bundle, $"The bundle's check program ended with exit code {exitCode}:\n{lines}");

    public static Diagnostic TooSlow(string bundle, string program, TimeSpan limit) => Diagnostic.Error(
        "EC8004", bundle, $"'{program}' did not finish within {limit.TotalSeconds:N0} s and was stopped. Give fewer inputs, or more time.");

    public static Diagnostic Unreadable(string bundle, string why) => Diagnostic.Error(
        "EC8006", bundle, $"The bundle cannot be read: {why.TrimEnd('.')}. Name the folder that compile wrote.");

    public static Diagnostic NoFramework(string bundle) => Diagnostic.Error(
        "EC8007", bundle, "The assemblies of .NET do not lie beside this program, so there is nothing to compile C# against. Run edgec on an installed .NET.", exitCode: 3);

    public static Diagnostic ModelFailed(string bundle, string why) => Diagnostic.Error(
        "EC8008", bundle, $"The bundle's model fails: {why.TrimEnd('.')}. Check that the files are as edgec wrote them.");

    public static Diagnostic NoCompilerWanted(string bundle, string compiler) => Diagnostic.Error(
        "EC8009", bundle, $"This bundle is C#, which edgec compiles itself; '{compiler}' has no part in it. Leave --compiler out.", exitCode: 2);
}
