using Xunit;

namespace Edgec.Tests;

public sealed class SourceTreeTests
{
    [Fact]
    public void Root_holds_the_solution() => Assert.True(File.Exists(Path.Combine(SourceTree.Root, "Toolchain.sln")));
}
