using Edgec.Lowering;
using Xunit;

namespace Edgec.Tests.Lowering;

/// <summary>The committed headers are what the sources lower to. <c>EDGEC_UPDATE=1</c> rewrites them.</summary>
public sealed class LoweredHeaderTests
{
    public static MatrixTheoryData<string, Dialect> Headers => new MatrixTheoryData<string, Dialect>(
        [KernelSources.Arithmetic.Name, KernelSources.Constructs.Name], [new CDialect(), new HlsDialect()]);

    [Theory]
    [MemberData(nameof(Headers))]
    public void Committed_header_is_current(string sources, Dialect dialect)
    {
        KernelSources kernels = KernelSources.Named(sources);
        string path = Path.Combine(SourceTree.Root, kernels.HeaderPath(dialect));
        string lowered = KernelLowering.Lower(kernels.Files, dialect);
        if (Environment.GetEnvironmentVariable("EDGEC_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, lowered);
        }

        Assert.True(File.Exists(path), $"{path} is missing: run this test with EDGEC_UPDATE=1");
        Assert.Equal(File.ReadAllText(path), lowered);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Lines_stay_within_the_house_width(string sources, Dialect dialect)
    {
        string lowered = KernelLowering.Lower(KernelSources.Named(sources).Files, dialect);
        Assert.DoesNotContain(lowered.Split('\n'), line => line.Length > 120 || line.EndsWith(' '));
    }
}
