using Xunit;

namespace Edgec.Tests.Lowering;

/// <summary>
/// C#, C under two compilers and the undefined-behaviour sanitizer, C++ and the HLS header give the same value on every input. The C# side
/// throws where a plain sum or product overflows, so a passing run also holds the domains.
/// </summary>
public sealed class DifferentialTests(DifferentialFixture fixture) : IClassFixture<DifferentialFixture>
{
    private const int Seed = 20260101;
    private const int Chunk = 1 << 15;

    public static TheoryData<string, string> Functions
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (KernelSources sources in (KernelSources[])[KernelSources.Arithmetic, KernelSources.Constructs])
            {
                foreach (var function in DifferentialFixture.PublicFunctions(sources))
                    rows.Add(sources.Name, $"{function.Method.ContainingType.Name}.{function.Method.Name}");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void All_builds_agree(string sources, string name)
    {
        DifferentialFixture.Loaded kernels = fixture.Load(KernelSources.Named(sources));
        int function = kernels.Names.ToList().IndexOf(name);
        int parameters = kernels.Methods[function].GetParameters().Length;
        KernelDomain domain = KernelDomains.ByFunction.GetValueOrDefault(name) ?? KernelDomain.WholeTypes(kernels.Methods[function]);

        long[] rows = new long[Chunk * parameters];
        long[] expected = new long[Chunk];
        long total = 0;
        int count = 0;
        foreach (long[] row in KernelRows.Of(domain, Seed))
        {
            row.CopyTo(rows, count * parameters);
            expected[count] = Expected(kernels.Calls[function], name, row);
            total++;
            if (++count == Chunk)
            {
                Compare(kernels, function, rows, expected);
                count = 0;
            }
        }

        Compare(kernels, function, rows.AsSpan(0, count * parameters), expected.AsSpan(0, count));
        Assert.True(KernelRows.IsExhaustive(domain) || total >= KernelRows.Draws, $"only {total} rows of {name} fit its domain");
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {total} rows{(KernelRows.IsExhaustive(domain) ? ", all there are" : "")}");
    }

    [Fact]
    public void Every_domain_belongs_to_a_function() =>
        Assert.Subset(Functions.Select(row => row.Data.Item2).ToHashSet(), KernelDomains.ByFunction.Keys.ToHashSet());

    private static long Expected(Func<long[], long> call, string name, long[] row)
    {
        try
        {
            return call(row);
        }
        catch (Exception e) when (e is OverflowException or DivideByZeroException)
        {
            throw new InvalidOperationException($"{name}({string.Join(", ", row)}) leaves its proven range", e);
        }
    }

    private static void Compare(DifferentialFixture.Loaded kernels, int function, ReadOnlySpan<long> rows, ReadOnlySpan<long> expected)
    {
        if (expected.Length == 0)
            return;

        try
        {
            int parameters = rows.Length / expected.Length;
            foreach (NativeProgram program in kernels.Programs)
                program.Send(function, expected.Length, parameters, rows);
            foreach (NativeProgram program in kernels.Programs)
                CompareOne(program, kernels.Names[function], rows, expected);
        }
        catch
        {
            // Programs that have not been asked for their answers would mistake them for the next function's.
            foreach (NativeProgram program in kernels.Programs)
                program.Dispose();
            throw;
        }
    }

    private static void CompareOne(NativeProgram program, string name, ReadOnlySpan<long> rows, ReadOnlySpan<long> expected)
    {
        long[] actual = new long[expected.Length];
        program.Receive(actual);
        int same = expected.CommonPrefixLength(actual);
        if (same == expected.Length)
            return;

        int parameters = rows.Length / expected.Length;
        string row = string.Join(", ", rows.Slice(same * parameters, parameters).ToArray());
        Assert.Fail($"{name}({row}) is {expected[same]} in C#, {actual[same]} in {program.Name}");
    }
}
