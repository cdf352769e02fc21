using Edgec.Compile;
using Edgec.Diagnostics;
using Spectre.Console;

namespace Edgec.Cli;

/// <summary>What a person sees: diagnostics and progress on standard error, results on standard output. Colour only on a terminal without NO_COLOR.</summary>
internal static class Screen
{
    private static readonly IAnsiConsole Errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    private static bool ErrorsAreTerminal => !Console.IsErrorRedirected;

    public static void Print(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
            Print(diagnostic);
    }

    public static void Print(Diagnostic diagnostic)
    {
        if (!ErrorsAreTerminal || Environment.GetEnvironmentVariable("NO_COLOR") is not null)
        {
            Console.Error.WriteLine(diagnostic);
            return;
        }

        string colour = diagnostic.Severity switch { Severity.Error => "red", Severity.Warning => "yellow", _ => "aqua" };
        Errors.MarkupLine($"[{colour}]{Markup.Escape(diagnostic.ToString())}[/]");
    }

    public static void Print(Table table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 200;
        AnsiConsole.Write(table);
    }

    /// <summary>Runs something long; on a terminal with a line that shows how far it is.</summary>
    public static T Watch<T>(Func<IProgressSink, T> work)
    {
        if (!ErrorsAreTerminal)
            return work(SilentProgress.Instance);
        T? result = default;
        Errors.Status().Spinner(Spinner.Known.Line).Start("starting", status => result = work(new StatusSink(status)));
        return result!;
    }

    private sealed class StatusSink(StatusContext status) : IProgressSink
    {
        private long last;

        public void Report(string phase, int done, int total)
        {
            long now = Environment.TickCount64;
            if (now - Interlocked.Read(ref last) < 50)
                return;
            Interlocked.Exchange(ref last, now);
            status.Status(Markup.Escape(total > 1 ? $"{phase} {done}/{total}" : phase));
        }
    }
}
