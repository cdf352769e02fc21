using System.CommandLine;
using System.CommandLine.Parsing;
using Edgec.Cli;
using Edgec.Cli.Commands;
using Edgec.Diagnostics;

RootCommand root = new("Compiles ONNX models into integer-only code for FPGAs, mobile CPUs and .NET, and proves it equal, layer by layer.")
{
    DemoCommand.Create(),
    CompileCommand.Create(),
    CalibrateCommand.Create(),
    VerifyCommand.Create(),
    RunCommand.Create(),
    InspectCommand.Create(),
    ConvertCommand.Create(),
    EvaluateCommand.Create(),
    ReportCommand.Create(),
    AssignPrecisionCommand.Create(),
    EstimateCommand.Create(),
    ExploreCommand.Create(),
    OptCommand.Create(),
    ListCommands.Targets(),
    ListCommands.Passes(),
    ListCommands.Ops(),
    DoctorCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (ParseError error in parsed.Errors)
        Screen.Print(CommandDiagnostics.WrongWord(error.Message));
    return 2;
}

try
{
    return parsed.Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (DiagnosticException problem)
{
    Screen.Print(problem.Diagnostics);
    return problem.ExitCode;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception bug) when (Environment.GetEnvironmentVariable("EDGEC_DEBUG") is null)
{
    Screen.Print(CommandDiagnostics.Bug(bug));
    return 70;
}
