using Edgec.Lowering;
using Xunit;

namespace Edgec.Tests.Lowering;

/// <summary>The committed headers are what the sources lower to. <c>EDGEC_UPDATE=1</c> rewrites them.</summary>
public sealed class LoweredHeaderTests
{
    public static TheoryData<Dialect> Dialects => [new CDialect(), new HlsDialect()];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Committed_header_is_current(Dialect dialect)
    {
        string path = Path.Combine(SourceTree.Root, dialect.OutputPath);
        string lowered = KernelLowering.Lower(KernelSources.All, dialect);
        if (Environment.GetEnvironmentVariable("EDGEC_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, lowered);
        }

        Assert.True(File.Exists(path), $"{dialect.OutputPath} is missing: run this test with EDGEC_UPDATE=1");
        Assert.Equal(File.ReadAllText(path), lowered);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Lines_stay_within_the_house_width(Dialect dialect) =>
        Assert.DoesNotContain(KernelLowering.Lower(KernelSources.All, dialect).Split('\n'), line => line.Length > 120);
}
