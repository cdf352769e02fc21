using CsCheck;
using Edgec.Plan;
using Xunit;

namespace Edgec.Tests.Planning;

public sealed class IdentifiersTests
{
    [Theory]
    [InlineData("/stem/stem.0/Conv_output_0", "stem_stem_0_Conv_output_0")]
    [InlineData("247", "n247")]
    [InlineData("", "value")]
    [InlineData("***", "value")]
    [InlineData("x\"; system(\"rm\"); //", "x_system_rm")]
    [InlineData("größe", "gr_e")]
    public void Names_become_identifiers(string name, string expected) => Assert.Equal(expected, Identifiers.Of(name));

    [Fact]
    public void Whatever_the_name_the_result_is_an_identifier() => Gen.String.Sample(name =>
        Assert.Matches("^[A-Za-z][A-Za-z0-9_]{0,48}$", Identifiers.Of(name)));

    [Fact]
    public void The_same_name_twice_gives_two_identifiers()
    {
        var names = new Identifiers();
        Assert.Equal(["a_b", "a_b_2", "a_b_3"], [names.Make("a.b"), names.Make("a/b"), names.Make("a b")]);
    }
}
