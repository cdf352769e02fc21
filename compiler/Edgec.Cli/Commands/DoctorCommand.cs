using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec doctor</c>: which outside tools are here, what each is for, and how to get those that are not.</summary>
internal static class DoctorCommand
{
    private static readonly (string Command, string Purpose, string Package)[] Tools =
    [
        ("gcc", "builds C bundles for this machine", "gcc"),
        ("g++", "builds the simulation of FPGA bundles", "g++"),
        ("clang", "a second compiler for C bundles", "clang"),
        ("make", "builds bundles by their Makefile", "make"),
        ("cmake", "builds bundles by their CMakeLists.txt", "cmake"),
        ("aarch64-linux-gnu-gcc", "builds C bundles for ARM", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"),
        ("qemu-aarch64", "runs ARM bundles on this machine", "qemu-user"),
        ("vitis-run", "synthesises FPGA bundles (optional, the vendor's)", "AMD Vitis"),
    ];

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("doctor", "Says which tools are here, what for, and how to get the others.") { json };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        var found = Tools.Select(tool => (tool.Command, tool.Purpose, tool.Package, Version: Version(tool.Command))).ToArray();
        if (json)
        {
            JsonOutput.Print(new JsonObject(found.Select(t => KeyValuePair.Create(t.Command, (JsonNode?)t.Version))));
            return 0;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("tool", "what for", "found");
        foreach (var tool in found)
            table.AddRow(tool.Command, Markup.Escape(tool.Purpose), Markup.Escape(tool.Version ?? $"no: install {tool.Package}"));
        Screen.Print(table);
        return 0;
    }

    // The first line of --version; null if the command cannot be started.
    private static string? Version(string command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string? line = process.StandardOutput.ReadLine();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit(5000);
            return line;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
