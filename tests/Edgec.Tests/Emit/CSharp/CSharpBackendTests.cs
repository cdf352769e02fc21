using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.CSharp;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Emit.CSharp;

/// <summary>What a bundle in C# consists of, and that it builds and runs in all the ways it promises.</summary>
public sealed class CSharpBackendTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("Model.cs")]
    [InlineData("Check.cs")]
    [InlineData("Program.cs")]
    [InlineData("Model.csproj")]
    [InlineData("README.md")]
    public void Text_is_as_stored(string file)
    {
        using var bundle = new CSharpBundle(TinyModel.Plan());
        GoldenFiles.AssertEqual($"emit/csharp/tiny/{file}", bundle.Text(file));
    }

    [Fact]
    public void A_network_computes_as_the_reference()
    {
        using var bundle = new CSharpBundle(TinyModel.Plan());
        bundle.AssertAsReference();
    }

    [Fact]
    public void The_runtimes_sources_and_the_plans_weights_come_along()
    {
        ModelPlan plan = TinyModel.Plan();
        using var bundle = new CSharpBundle(plan);
        string sources = Path.Combine(SourceTree.Root, "runtime", "Edgec.Runtime");
        Assert.Equal(File.ReadAllText(Path.Combine(sources, "Kernels", "IntegerWindow.cs")), bundle.Text("runtime/Kernels/IntegerWindow.cs"));
        Assert.Equal(File.ReadAllText(Path.Combine(sources, "Shape.cs")), bundle.Text("runtime/Shape.cs"));
        Assert.DoesNotContain(bundle.Files, file => file.Path.Contains("obj/", StringComparison.Ordinal));
        Assert.Equal(plan.Weights.Bytes, bundle.Files.Single(file => file.Path == "weights.bin").Bytes.ToArray());
    }

    [Fact]
    public void Emitting_twice_gives_equal_bytes()
    {
        using var first = new CSharpBundle(TinyModel.Plan());
        using var second = new CSharpBundle(TinyModel.Plan());
        Assert.Equal(first.Files.Select(file => file.Path), second.Files.Select(file => file.Path));
        Assert.All(first.Files.Zip(second.Files), pair => Assert.Equal(pair.First.Bytes.ToArray(), pair.Second.Bytes.ToArray()));
    }

    [Fact]
    public void Names_and_comments_survive_any_model()
    {
        var builder = new PlanBuilder("int");
        var kernel = new TableKernel(4, Tensor.Of<sbyte>([256], new sbyte[256]));
        var type = new TensorType(ElementType.I8, [4]);
        int x = builder.Input("class */ \"?\\", type), same = builder.Input("Class", type), arena = builder.Input("arena", type);
        int y = builder.Step("Run", kernel, type, x);
        int z = builder.Step("weights\n#error \\", kernel, type, y);
        int load = builder.Step("quantizeArena", kernel, type, arena);
        using var bundle = new CSharpBundle(builder.Build(z, y, load, builder.Step("result00", kernel, type, same)));
        bundle.AssertAsReference();
    }

    [Fact]
    public void A_plan_without_constants_has_no_weights()
    {
        using var bundle = new CSharpBundle(KernelCase.Plan("moves", KernelCases.Moves(ElementType.I8)));
        Assert.DoesNotContain(bundle.Files, file => file.Path == "weights.bin");
        Assert.DoesNotContain("weights", bundle.Text("Model.csproj"), StringComparison.Ordinal);
        bundle.AssertAsReference();
    }

    [Fact]
    public void An_arena_beyond_a_span_is_refused()
    {
        ModelPlan plan = TinyModel.Plan() with { ArenaBytes = 1L << 31 };
        var target = (DotNetTarget)TargetCatalog.Load("csharp");
        DiagnosticException problem = Assert.Throws<DiagnosticException>(() => CSharpBackend.Emit(plan, target, new TestVector([], []), new Templates()));
        Assert.Equal("EC5003", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void It_builds_as_its_readme_says()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("EDGEC_ALL") == "1", "EDGEC_ALL=1 builds a bundle with dotnet");
        using var bundle = new CSharpBundle(TinyModel.Plan());
        Run(bundle, "dotnet build -c Release -warnaserror -v q --nologo");
        Assert.Contains("PASS", Run(bundle, "dotnet run -c Release --no-build"), StringComparison.Ordinal);
        Assert.Contains("median", Run(bundle, "dotnet run -c Release --no-build -- --time 3"), StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(bundle.Directory, "samples.bin"), bundle.InputBytes);
        Run(bundle, "dotnet run -c Release --no-build -- --inputs samples.bin --trace trace.bin");
        using IBundleProgram program = CSharpBuilder.Build(bundle.Directory);
        Assert.Equal(program.Trace(bundle.InputBytes), File.ReadAllBytes(Path.Combine(bundle.Directory, "trace.bin")));
        Run(bundle, "dotnet run -c Release --no-build -- --what; test $? = 2");
        Run(bundle, "printf x >> vectors/input.bin; dotnet run -c Release; test $? = 1");
    }

    private static string Run(CSharpBundle bundle, string command)
    {
        ToolResult result = ToolProcess.Run("sh", ["-c", command], "build the bundle", bundle.Directory, Limit);
        Assert.True(result.ExitCode == 0, result.FirstLines(20));
        return result.Output;
    }
}
