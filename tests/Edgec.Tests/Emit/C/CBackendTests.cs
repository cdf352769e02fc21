using Edgec.Check;
using Edgec.Emit;
using Edgec.Emit.C;
using Edgec.Plan;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Emit.C;

/// <summary>What a bundle in C consists of, and that it builds and runs in all the ways it promises.</summary>
public sealed class CBackendTests
{
    private static readonly CToolchain Gcc = new("gcc", [.. CBackend.Flags, "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror"], null);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("model.h")]
    [InlineData("model.c")]
    [InlineData("model_weights.h")]
    [InlineData("weights.S")]
    [InlineData("check.c")]
    [InlineData("example.c")]
    [InlineData("Makefile")]
    [InlineData("CMakeLists.txt")]
    [InlineData("README.md")]
    public void Text_is_as_stored(string file)
    {
        using var bundle = new CBundle(TinyModel.Plan());
        GoldenFiles.AssertEqual($"emit/c/tiny/{file}", bundle.Text(file));
    }

    [Fact]
    public void Only_the_headers_needed_are_copied_and_weights_are_the_plans_bytes()
    {
        ModelPlan plan = TinyModel.Plan();
        using var bundle = new CBundle(plan);
        string[] headers = [.. bundle.Files.Select(file => file.Path).Where(path => path.StartsWith("runtime/", StringComparison.Ordinal))];
        Assert.Contains("runtime/edgec_arithmetic.h", headers);
        Assert.Contains("runtime/edgec_rows_i8.h", headers);
        Assert.DoesNotContain("runtime/edgec_pool_i8.h", headers);
        Assert.DoesNotContain("runtime/edgec_window_f32.h", headers);
        Assert.Equal(plan.Weights.Bytes, bundle.Files.Single(file => file.Path == "weights.bin").Bytes.ToArray());
    }

    [Fact]
    public void Emitting_twice_gives_equal_bytes()
    {
        using var first = new CBundle(TinyModel.Plan());
        using var second = new CBundle(TinyModel.Plan());
        Assert.Equal(first.Files.Select(file => file.Path), second.Files.Select(file => file.Path));
        Assert.All(first.Files.Zip(second.Files), pair => Assert.Equal(pair.First.Bytes.ToArray(), pair.Second.Bytes.ToArray()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_computes_as_the_reference_with_weights_from_the_assembler_or_an_array(bool portableWeights)
    {
        using var bundle = new CBundle(TinyModel.Plan());
        bundle.AssertAsReference(Gcc, portableWeights);
    }

    [Fact]
    public void The_check_passes_on_the_references_vectors_and_fails_on_others()
    {
        using var bundle = new CBundle(TinyModel.Plan());
        bundle.WriteVectors();
        using NativeProgram program = CBuilder.Build(bundle.Directory, Gcc, Limit);
        ToolResult good = program.Run();
        Assert.Equal((0, "PASS: 3 samples\n"), (good.ExitCode, good.Output));
        Assert.Matches("^median [0-9.]+ ms, fastest [0-9.]+ ms, 10 runs\n$", program.Run("--time", "10").Output);
        Assert.Equal(2, program.Run("--nonsense").ExitCode);

        string vectors = Path.Combine(bundle.Directory, "vectors", "output.bin");
        byte[] outputs = File.ReadAllBytes(vectors);
        File.WriteAllBytes(vectors, [.. outputs[..^1], (byte)(outputs[^1] ^ 0x40)]);
        ToolResult real = program.Run();
        Assert.Equal((1, "sample 2: output shares differs\nFAIL: 3 samples\n"), (real.ExitCode, real.Output));
        File.WriteAllBytes(vectors, [(byte)(outputs[0] ^ 1), .. outputs[1..]]);
        Assert.Equal("sample 0: output scores differs\nFAIL: 3 samples\n", program.Run().Output);
        File.WriteAllBytes(vectors, outputs[..^3]);
        Assert.Equal(1, program.Run().ExitCode);
    }

    [Theory]
    [InlineData("make", "-s", "test", "example")]
    [InlineData("make", "-s", "PORTABLE_WEIGHTS=1", "test", "example")]
    [InlineData("sh", "-e", "-c", "cmake -B build > log && cmake --build build >> log && ctest --test-dir build >> log && build/tiny_example && echo PASS: 3 samples")]
    [InlineData("sh", "-e", "-c", "cmake -B build -DEDGEC_PORTABLE_WEIGHTS=ON > log && cmake --build build >> log && ctest --test-dir build >> log && echo PASS: 3 samples")]
    public void It_builds_as_its_readme_says(string program, params string[] arguments)
    {
        using var bundle = new CBundle(TinyModel.Plan());
        bundle.WriteVectors();
        ToolResult result = ToolProcess.Run(program, arguments, "build", bundle.Directory, Limit);
        Assert.True(result.ExitCode == 0, result.FirstLines(20));
        Assert.Contains("PASS: 3 samples", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_in_cpp_may_include_the_header_and_wrong_arguments_are_refused()
    {
        using var bundle = new CBundle(TinyModel.Plan());
        File.WriteAllText(Path.Combine(bundle.Directory, "application.cpp"), """
            #include "model.h"
            #include <cstdio>
            alignas(TINY_ARENA_ALIGNMENT) static unsigned char arena[TINY_ARENA_BYTES + 1];
            int main() {
                static const int shape[TINY_INPUT_IMAGE_RANK] = TINY_INPUT_IMAGE_SHAPE;
                static float real[TINY_INPUT_IMAGE_COUNT];
                static int8_t image[TINY_INPUT_IMAGE_COUNT], scores[TINY_OUTPUT_SCORES_COUNT];
                static float shares[TINY_OUTPUT_SHARES_COUNT], dequantized[TINY_OUTPUT_SCORES_COUNT];
                tiny_quantize_image(real, image);
                int first = tiny_run(image, scores, shares, arena);
                tiny_dequantize_scores(scores, dequantized);
                std::printf("%d %d %d %d %d %d\n", shape[3], image[0], first, tiny_run(nullptr, scores, shares, arena),
                    tiny_run(image, scores, shares, arena + 1), tiny_run(image, scores, shares, nullptr));
            }
            """);
        string build = "gcc -std=c11 -O1 -c model.c weights.S && g++ -std=c++17 -Wall -Wextra -Wconversion -Werror application.cpp model.o weights.o -lm -o app && ./app";
        ToolResult result = ToolProcess.Run("sh", ["-c", build], "build", bundle.Directory, Limit);
        Assert.Equal(("3 -1 0 1 1 1\n", ""), (result.Output, result.Errors));
    }

    [Fact]
    public void Names_and_comments_survive_any_model()
    {
        var builder = new PlanBuilder("int");
        var kernel = new Edgec.Kernels.TableKernel(4, Tensor.Of<sbyte>([256], new sbyte[256]));
        int x = builder.Input("exp */ \"?\\", new(ElementType.I8, [4]));
        int y = builder.Step("main ??/", kernel, new(ElementType.I8, [4]), x);
        int z = builder.Step("weights\n#error \\", kernel, new(ElementType.I8, [4]), y);
        using var bundle = new CBundle(builder.Build(z, y));
        bundle.AssertAsReference(Gcc);
    }

    [Fact]
    public void A_plan_without_constants_has_no_weights()
    {
        using var bundle = new CBundle(KernelCase.Plan("moves", KernelCases.Moves(ElementType.I8)));
        Assert.DoesNotContain(bundle.Files, file => file.Path.Contains("weights", StringComparison.Ordinal) || file.Path == "embed.c");
        bundle.AssertAsReference(Gcc);
        ToolResult result = ToolProcess.Run("make", ["-s", "example"], "build", bundle.Directory, Limit);
        Assert.True(result.ExitCode == 0, result.FirstLines(20));
    }

    [Fact]
    public void Reals_become_integers_as_the_reference_has_it()
    {
        float[] special = [0, -0f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 131.5f, 132.5f, -122.5f, -123.5f, 1e30f, -1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        var convert = new Edgec.Kernels.ConvertKernel(Edgec.Kernels.Conversion.Quantize, special.Length, 1, -5);
        var builder = new PlanBuilder("special");
        int x = builder.Input("x", Edgec.Ir.TensorType.F32([special.Length]));
        ModelPlan plan = builder.Build(builder.Step("q", convert, new(ElementType.I8, [special.Length]), x));
        using var bundle = new CBundle(plan);
        using NativeProgram program = CBuilder.Build(bundle.Directory, Gcc, Limit);
        Tensor input = Tensor.Of([special.Length], special);
        byte[] expected = ReferenceRunner.Run(plan, [input])[0].Bytes.ToArray();
        Assert.Equal([-5, -5, -5, -3, -3, -5, -7, 127, 127, -127, -128, 127, -128, -5, 127, -128], expected.Select(b => (int)(sbyte)b));
        Assert.Equal(expected, program.Trace(input.Bytes));
    }
}
