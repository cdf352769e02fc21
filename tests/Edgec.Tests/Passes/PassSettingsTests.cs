using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Passes;
using Xunit;

namespace Edgec.Tests.Passes;

public sealed class PassSettingsTests
{
    [Fact]
    public void Options_reach_the_pass_they_name()
    {
        Pipeline usual = Pipeline.Create(Level.Canonical, new FoldConstants(), new EliminateDead());
        Pipeline set = PassSettings.Apply([usual], ["fold-constants.limit=7"], new DiagnosticBag())[0];
        Assert.Equal(["fold-constants", "eliminate-dead"], set.Passes.Select(pass => pass.Name));
        Assert.NotEqual(usual.Passes[0], set.Passes[0]);
        Assert.Equal(usual.Passes[1], set.Passes[1]);
    }

    [Theory]
    [InlineData("fold-constant.limit=7")]
    [InlineData("fold-constants")]
    [InlineData(".limit=7")]
    public void A_setting_of_no_pass_is_refused(string setting)
    {
        Pipeline usual = Pipeline.Create(Level.Canonical, new FoldConstants());
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => PassSettings.Apply([usual], [setting], new DiagnosticBag()));
        Assert.Contains("EC7206", fault.Message);
        Assert.Equal(2, fault.ExitCode);
    }
}
