using Xunit;

namespace Edgec.Tests;

/// <summary>Files under tests/cases that hold what is expected. <c>EDGEC_UPDATE=1</c> rewrites them.</summary>
internal static class GoldenFiles
{
    /// <param name="path">Below tests/cases.</param>
    public static void AssertEqual(string path, string actual)
    {
        string file = Path.Combine(SourceTree.Root, "tests", "cases", path);
        if (Environment.GetEnvironmentVariable("EDGEC_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"tests/cases/{path} is missing: run this test with EDGEC_UPDATE=1");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
