using Edgec.Data;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Edgec.Tests.CommandLine;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Diagnostics;

/// <summary>Bundles that are not as they were written, and words on the command line that lead nowhere.</summary>
public sealed class BundleFaultTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BundleFaultTests()
    {
        ModelProto model = new ModelBuilder().Input("x", 1, 4).Floats("c", 1, 2, 3, 4).Node("Add", "x c", "y").Output("y").Model;
        File.WriteAllBytes(folder.At("m.onnx"), model.ToByteArray());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_bundle_of_another_version()
    {
        string manifest = Compile("manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": 1", "\"format\": 99", StringComparison.Ordinal));
        Refuses(1, "EC8102", "verify", "b");
    }

    [Fact]
    public void A_program_that_is_not_the_graphs()
    {
        string check = Compile("Check.cs");
        string text = File.ReadAllText(check);
        int at = text.IndexOf("byte[] Trace(byte[]", StringComparison.Ordinal);
        Assert.True(at > 0);
        int body = text.IndexOf('{', at);
        File.WriteAllText(check, text[..(body + 1)] + "\n        if (inputs.Length > 0)\n            return new byte[3];\n" + text[(body + 1)..]);
        Refuses(1, "EC8103", "verify", "b");
    }

    [Fact]
    public void A_vector_that_is_cut_short()
    {
        File.WriteAllBytes(Compile("graph/input.bin"), [1]);
        Refuses(1, "EC8104", "verify", "b");
    }

    [Fact]
    public void Words_that_lead_nowhere()
    {
        Refuses(2, "EC7001", "frobnicate");
        Refuses(2, "EC4020", "estimate", "m.onnx", "--target", "csharp");
        File.WriteAllText(folder.At("taken"), "a file");
        Refuses(3, "EC5002", "compile", "m.onnx", "--target", "csharp", "-o", "taken/out");
    }

    [Fact]
    public void Files_for_a_run_that_do_not_fit()
    {
        TensorFiles.Write(folder.At("x.npy"), new Dictionary<string, Tensor> { ["x"] = Tensor.Of([4], [1f, 2f, 3f, 4f]) });
        TensorFiles.Write(folder.At("two.npy"), new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2], [1f, 2f]) });
        Refuses(1, "EC7003", "run", "m.onnx", "--precision", "fp32", "--input", "two.npy");
        Refuses(1, "EC7004", "run", "m.onnx", "--precision", "fp32", "--input", "x.npy", "--expect", "two.npy");
    }

    [Fact]
    public void Arrays_that_go_to_inputs_by_order_are_named()
    {
        File.WriteAllBytes(folder.At("two.onnx"), new ModelBuilder().Input("x", 4).Input("z", 4).Node("Sub", "x z", "y").Output("y").Model.ToByteArray());
        TensorFiles.Write(folder.At("t.npz"), new Dictionary<string, Tensor> { ["b"] = Tensor.Of([4], [1f, 2f, 3f, 4f]), ["a"] = Tensor.Of([4], [1f, 1f, 1f, 1f]) });
        (int exit, _, string errors) = Tool.Run(folder.Path, "run", "two.onnx", "--precision", "fp32", "--input", "t.npz");
        Assert.True(exit == 0, errors);
        Assert.Contains("note EC7007: No array is called as an input, so b, a go to x, z in this order.", errors);
    }

    private string Compile(string file)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", "m.onnx", "--target", "csharp", "-o", "b");
        Assert.True(exit == 0, errors);
        return folder.At("b/" + file);
    }

    private void Refuses(int expected, string code, params string[] arguments)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == expected, $"exit {exit}: {errors}");
        Assert.Contains($"error {code}: ", errors);
        Assert.DoesNotContain("   at ", errors);
    }
}
