using System.CommandLine;
using Edgec.Emit;
using Edgec.Emit.Report;
using Edgec.Verify;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec report DIR</c>: renders a bundle's page anew, with what <c>verify</c> and <c>evaluate</c> have found.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A bundle." };
        var templates = new Option<string?>("--templates") { Description = "A folder whose templates replace the built-in ones.", HelpName = "DIR" };
        var command = new Command("report", "Renders a bundle's report.html anew, with what verify and evaluate found.") { folder, templates };
        command.SetAction(parsed =>
        {
            string bundle = parsed.GetValue(folder)!;
            BundleVerifier.Read(bundle);
            Console.WriteLine(BundleReport.Render(bundle, new Templates(parsed.GetValue(templates))));
            return 0;
        });
        return command;
    }
}
