using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Passes;

public sealed class PassCaseTests
{
    public static TheoryData<string> Files => [.. CaseFiles.In("passes", "*.ir")];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_pass_makes_of_its_case_what_the_file_says(string file)
    {
        PassCase test = PassCase.Load(file);
        string actual = test.Run();
        if (CaseFiles.Update)
            test.Rewrite(actual);
        else
            Assert.Equal(test.Expected, actual);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_pass_keeps_the_answer_on_its_cases(string file)
    {
        PassCase test = PassCase.Load(file);
        if (!test.Expected.StartsWith("graph", StringComparison.Ordinal))
            return; // unchanged or refused: nothing to compare
        Graph before = test.Parse();
        if (before.Level > Level.Canonical || !test.Pass().KeepsMeaning)
            return; // integers have no float answer, and some passes are meant to change it
        Graph after = Pipeline.Create(before.Level, test.Pass()).Run(before, new("m.onnx", new()));
        RandomInputs.AssertSameAnswer(before, after);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_input_of_a_case_is_printed_as_it_is_written(string file)
    {
        PassCase test = PassCase.Load(file);
        string written = string.Join('\n', test.Input.Split('\n').Where(line => !line.StartsWith(';')));
        Assert.Equal(written, GraphPrinter.Print(test.Parse()));
    }

    [Fact]
    public void Every_pass_is_listed_and_has_a_case()
    {
        Pass[] all = [.. typeof(Pass).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Pass)) && type.Namespace == typeof(PassTable).Namespace)
            .Select(type => type.GetConstructors().First(c => c.GetParameters().All(p => p.HasDefaultValue)))
            .Select(c => (Pass)c.Invoke([.. c.GetParameters().Select(p => p.DefaultValue)]))];
        Assert.Equal(all.Select(pass => pass.Name).Order(StringComparer.Ordinal), PassTable.All.Select(def => def.Name));
        Assert.All(all, pass => Assert.Equal(pass, PassTable.All.First(def => def.Name == pass.Name).Read(new(ImmutableDictionary<string, AttributeValue>.Empty, AttributeReader.Newest))));
        Assert.All(all, pass => Assert.Contains(Files, file => file.Data.StartsWith(pass.Name + "/", StringComparison.Ordinal)));
    }
}
