using Edgec.Diagnostics;
using Edgec.Emit;
using Xunit;

namespace Edgec.Tests.Emit;

public sealed class TemplatesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-templates").FullName;

    private sealed record Part(string Name, int Size);

    private sealed record Model(string Title, Part[] ManyParts);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_header_is_built_in_as_it_is()
    {
        byte[] header = new Templates().Read("hls/include/edgec_arithmetic.hpp");
        Assert.Equal(File.ReadAllBytes(Path.Combine(SourceTree.Root, "hls-templates", "include", "edgec_arithmetic.hpp")), header);
        Assert.Contains("hls/sim/ap_int.h", Templates.Names("hls/sim/"));
    }

    [Fact]
    public void A_file_of_the_user_takes_the_place_of_the_built_in_one()
    {
        Directory.CreateDirectory(Path.Combine(folder, "include"));
        File.WriteAllText(Path.Combine(folder, "include", "edgec_arithmetic.hpp"), "mine");
        var templates = new Templates(folder);
        Assert.Equal("mine"u8.ToArray(), templates.Read("hls/include/edgec_arithmetic.hpp"));
        Assert.Equal(new Templates().Read("hls/sim/ap_int.h"), templates.Read("hls/sim/ap_int.h"));
    }

    [Fact]
    public void Properties_are_named_in_snake_case()
    {
        string text = Render("{{ title }}:{{ for p in many_parts }} {{ p.name }}={{ p.size }}{{ end }}", new("t", [new("a", 1), new("b", 2)]));
        Assert.Equal("t: a=1 b=2", text);
    }

    [Fact]
    public void A_loop_may_be_long() =>
        Assert.Equal(2000, Render("{{ for p in many_parts }}x{{ end }}", new("t", [.. Enumerable.Repeat(new Part("", 0), 2000)])).Length);

    [Theory]
    [InlineData("{{ tittle }}")]
    [InlineData("{{ for p in many_parts }}{{ p.nam }}{{ end }}")]
    [InlineData("{{ many_parts[7].name }}")]
    [InlineData("{{ if }}")]
    public void A_mistake_is_an_error_that_names_the_place(string text)
    {
        var problem = Assert.Throws<DiagnosticException>(() => Render("line\n" + text, new("t", [new("a", 1)])));
        Assert.StartsWith(Path.Combine(folder, "t.scriban") + "(2,", problem.Diagnostics[0].Location, StringComparison.Ordinal);
        Assert.Equal("EC5012", problem.Diagnostics[0].Code);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        string path = Path.Combine(folder, "t.scriban");
        using FileStream locked = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        var problem = Assert.Throws<DiagnosticException>(() => new Templates(folder).Read("hls/t.scriban"));
        Assert.Equal(("EC5011", path), (problem.Diagnostics[0].Code, problem.Diagnostics[0].Location));
    }

    private string Render(string text, Model model)
    {
        File.WriteAllText(Path.Combine(folder, "t.scriban"), text);
        return new Templates(folder).Render("hls/t.scriban", model);
    }
}
