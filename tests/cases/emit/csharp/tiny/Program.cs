// tiny: checks the model.
//
//   dotnet run                                   vectors/input.bin against vectors/output.bin
//   dotnet run -- --inputs FILE --trace FILE     writes the result of every step, for each sample in the first file
//   dotnet run -c Release -- --time N            milliseconds of N runs
//
// Exit codes: 0 done and equal, 1 not equal or a file is wrong, 2 wrong use.
using System.Globalization;
using Edgec.Models;

try
{
    return args switch
    {
        [] => Compare(),
        ["--inputs", var inputs, "--trace", var trace] => Trace(inputs, trace),
        ["--time", var runs] when int.TryParse(runs, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 => Time(count),
        _ => Usage(),
    };
}
catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static string Vector(string name) => Path.Combine(AppContext.BaseDirectory, "vectors", name);

static int Compare()
{
    int failures = Check.Differences(File.ReadAllBytes(Vector("input.bin")), File.ReadAllBytes(Vector("output.bin")), Console.Out);
    Console.WriteLine(failures == 0 ? "PASS" : $"FAIL: {failures} samples differ");
    return failures == 0 ? 0 : 1;
}

static int Trace(string inputs, string trace)
{
    File.WriteAllBytes(trace, Check.Trace(File.ReadAllBytes(inputs)));
    return 0;
}

static int Time(int runs)
{
    double[] times = Check.Times(File.ReadAllBytes(Vector("input.bin")), runs);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {times[runs / 2]:F4} ms, fastest {times[0]:F4} ms, {runs} runs"));
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Model [--inputs FILE --trace FILE | --time N]");
    return 2;
}
