using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edgec.Tests.Lowering;

/// <summary>A compiled header at work in a process of its own, so that a sanitizer may end it.</summary>
internal sealed class NativeProgram : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    public NativeProgram(NativeBuild build, string path)
    {
        Build = build;
        process = Process.Start(new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        errors = process.StandardError.ReadToEndAsync();
    }

    public NativeBuild Build { get; }

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
            Stream input = process.StandardInput.BaseStream;
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
            process.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(results));
        }
        catch (EndOfStreamException)
        {
            throw Died();
        }
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private InvalidOperationException Died() => new($"{Build.Name} ended: {errors.Result}");
}
