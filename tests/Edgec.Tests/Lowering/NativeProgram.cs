using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edgec.Tests.Lowering;

/// <summary>A compiled header at work in a process of its own, so that a sanitizer may end it.</summary>
internal sealed class NativeProgram(string name, string path) : IDisposable
{
    private Process? process;
    private Task<string> errors = Task.FromResult("");

    public string Name { get; } = name;

    public static void RunCompiler(string compiler, IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{compiler} {string.Join(' ', arguments)}\n{errors}");
    }

    /// <summary>Sends a request; the program reads all of it before it answers.</summary>
    public void Send(int function, int count, int parameters, ReadOnlySpan<long> rows)
    {
        try
        {
            Stream input = Running().StandardInput.BaseStream;
            input.Write(MemoryMarshal.AsBytes<long>([function, count, parameters]));
            input.Write(MemoryMarshal.AsBytes(rows));
            input.Flush();
        }
        catch (IOException)
        {
            throw Died();
        }
    }

    public void Receive(Span<long> results)
    {
        try
        {
            Running().StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(results));
        }
        catch (EndOfStreamException)
        {
            throw Died();
        }
    }

    /// <summary>Ends the process, whatever it is at; the next request starts another.</summary>
    public void Dispose()
    {
        if (process is null)
            return;

        process.Kill();
        process.Dispose();
        process = null;
    }

    private Process Running()
    {
        if (process is null)
        {
            process = Process.Start(new ProcessStartInfo(path)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            errors = process.StandardError.ReadToEndAsync();
        }

        return process;
    }

    private InvalidOperationException Died() => new($"{Name} ended: {errors.Result}");
}
