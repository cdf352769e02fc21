using Edgec.Diagnostics;

namespace Edgec.Cli;

/// <summary>What the command line itself has to say (EC70xx).</summary>
internal static class CommandDiagnostics
{
    public static Diagnostic WrongWord(string message) => Diagnostic.Error("EC7001", "", $"{message.TrimEnd('.')}. See edgec --help.", exitCode: 2);

    public static Diagnostic WrongValue(string option, string value, string wanted) => Diagnostic.Error(
        "EC7002", "", $"{option} {value}: {wanted}.", exitCode: 2);

    public static Diagnostic NotOfThisTarget(string option, string target, string kind) => Diagnostic.Error(
        "EC7006", "", $"{option} is for {kind}, and {target} is none. Leave it out.", exitCode: 2);

    public static Diagnostic NoExample(string folder) => Diagnostic.Error(
        "EC7005", folder, "The demo's network is not here. Run ./edgec demo in a whole copy of the repository, or set EDGEC_HOME to its folder.", exitCode: 3);

    public static Diagnostic Bug(Exception bug) => Diagnostic.Error(
        "EC7000", "", $"edgec has a fault: {bug.GetType().Name}: {bug.Message.TrimEnd('.')}. Run again with EDGEC_DEBUG=1 and report what it prints.", exitCode: 70);
}
