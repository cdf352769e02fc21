using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Ir;

public sealed class GraphTextTests
{
    private const string Small = """
        graph @small canonical
          input %x : f32[1,2,4,4]
          %c = conv(%x, #w, #b) {kernel_shape=[3,3], pads=[1,1,1,1], activation=[0.0,inf]} : f32[1,3,4,4] ; Conv_0, Relu_1
          %"odd name\n" = reshape(%c) {shape=[1,48]} : f32[1,48]
          output %"odd name\n"
          const #w : f32[3,2,3,3] = random(7)
          const #b : f32[3] = [0.1,-0.0,1E-20]

        """;

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }

    [Fact]
    public void Prints_what_it_reads() => Assert.Equal(Small, GraphPrinter.Print(Parse(Small)));

    [Fact]
    public void The_rounding_profile_is_part_of_the_text()
    {
        const string Text = "graph @t quantized rounding=tflite\n  input %x : i8[1]<scale=0.5>\n  output %x\n";
        Graph graph = Parse(Text);
        Assert.Equal(RoundingProfile.Tflite, graph.Rounding);
        Assert.Equal(Text, GraphPrinter.Print(graph));
        var problem = Assert.Throws<DiagnosticException>(() => Parse("graph @t quantized rounding=up\n"));
        Assert.Contains("up is not a rounding profile", problem.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i8[1,8]<scale=0.1,zero=-3>")]
    [InlineData("i8[1,8]<scale=1E-300>")]
    [InlineData("i8[2,8]<axis=0,scale=[0.30000000000000004,2.0]>")]
    [InlineData("i8[2,8]<axis=0,scale=[0.5,2.0],zero=[0,1]>")]
    [InlineData("i4[2,5]<axis=0,scale=[0.5,2.0],group=3,multipliers=[1,255,7,8]>")]
    [InlineData("bool[]")]
    public void Quantization_is_printed_losslessly(string type)
    {
        string text = $"graph @t quantized\n  input %x : {type}\n  output %x\n";
        Assert.Equal(text, GraphPrinter.Print(Parse(text)));
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F64)]
    [InlineData(ElementType.I4)]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.U16)]
    [InlineData(ElementType.I64)]
    [InlineData(ElementType.U64)]
    [InlineData(ElementType.Bool)]
    public void Constants_of_every_type_survive_listed_and_random(ElementType element)
    {
        string text = $"graph @t imported\n  output #a\n  output #b\n  const #a : {element.Text()}[9] = random(3)\n  const #b : {element.Text()}[9] = ";
        Tensor random = Parse(text + "random(3)\n").Constants["b"];
        string listed = string.Join(',', Enumerable.Range(0, 9).Select(i => random.Number(i).ToString("R")));
        Graph graph = Parse($"{text}[{listed}]\n");
        Assert.Equal(random.Bytes.ToArray(), graph.Constants["b"].Bytes.ToArray());
        Assert.Equal(text + "random(3)\n", GraphPrinter.Print(graph));
    }

    [Theory]
    [InlineData("input %x : f32[1", "t.ir(2,", "EC2101")]
    [InlineData("input %x : f33[1]", "t.ir(2,", "EC2101")]
    [InlineData("input %x : f32[99999999,99999999]", "t.ir(2,", "EC2101")]
    [InlineData("%y = reshape(%z) {shape=[1]} : f32[1]", "t.ir(2,15)", "EC2103")]
    [InlineData("%y = reshape(#z) {shape=[1]} : f32[1]", "t.ir(2,1)", "EC2103")]
    [InlineData("%y = reshap() {shape=[1]} : f32[1]", "t.ir(2,6): error EC2104: There is no operator reshap. Did you mean 'reshape'?", "EC2104")]
    [InlineData("%y = conv() {paddings=[1]}", "t.ir(2,14)", "EC2105")]
    [InlineData("%y = conv() {pads=[1], pads=[1]}", "t.ir(2,14)", "EC2105")]
    [InlineData("%y = conv() {pads=\"one\"}", "t.ir(2,6)", "EC2001")]
    [InlineData("const #c : i8[1] = [200]", "t.ir(2,1)", "EC2106")]
    [InlineData("const #c : i4[3] = [-8,7,8]", "t.ir(2,1)", "EC2106")]
    [InlineData("const #c : i8[2] = [1]", "t.ir(2,1)", "EC2106")]
    [InlineData("const #c : f64[2147483647] = splat(1.0)", "t.ir(2,1)", "EC2106")]
    [InlineData("const #c : i8[1] = file(0)", "t.ir(2,1)", "EC2106")]
    [InlineData("weights \"../../secret\"", "t.ir(2,", "EC2106")]
    [InlineData("graph @again imported", "t.ir(2,1)", "EC2101")]
    public void Faults_are_reported_where_they_stand(string line, string location, string code)
    {
        var diagnostics = new DiagnosticBag();
        Assert.Null(GraphParser.Parse($"graph @t imported\n{line}\n", "t.ir", diagnostics, Path.GetTempPath()));
        Diagnostic only = Assert.Single(diagnostics.Items);
        Assert.Equal(code, only.Code);
        Assert.StartsWith(location, only.ToString());
    }

    [Fact]
    public void A_value_defined_twice_and_a_missing_header_are_reported()
    {
        var diagnostics = new DiagnosticBag();
        GraphParser.Parse("input %x : f32[1]\ninput %x : f32[1]\n", "t.ir", diagnostics);
        Assert.Equal(["EC2102", "EC2101"], diagnostics.Items.Select(d => d.Code));
    }

    [Fact]
    public void Larger_constants_go_to_a_side_file_and_come_back()
    {
        using var folder = new TemporaryFolder();
        Tensor values = Tensor.Of<float>([40], [.. Enumerable.Range(0, 40).Select(i => i * 0.1f)]);
        Graph graph = Parse("graph @t canonical\n  output #w\n  const #w : f32[1] = [1.0]\n");
        graph = graph.With(constants: graph.Constants.SetItem("w", values), types: graph.Types.SetItem("w", TensorType.F32([40])));
        string path = GraphFiles.Save(graph, folder.Path, "t");
        Assert.Contains("= file(0)", File.ReadAllText(path));
        Assert.Equal(values.Bytes.ToArray(), GraphFiles.Load(path).Constants["w"].Bytes.ToArray());
        File.WriteAllBytes(Path.Combine(folder.Path, "t.weights"), new byte[100]);
        Assert.Contains("EC2106", Assert.Throws<DiagnosticException>(() => GraphFiles.Load(path)).Message);
        Assert.Contains("EC2107", Assert.Throws<DiagnosticException>(() => GraphFiles.Load(Path.Combine(folder.Path, "no.ir"))).Message);
    }

    [Fact]
    public void An_outline_leaves_out_large_constants()
    {
        string listed = string.Join(',', Enumerable.Range(0, 40));
        Graph graph = Parse($"graph @t canonical\n  output #w\n  const #w : i32[40] = [{listed}]\n");
        Assert.Contains("const #w : i32[40] = ...\n", GraphPrinter.Outline(graph));
        Assert.Contains(listed, GraphPrinter.Print(graph));
    }
}
