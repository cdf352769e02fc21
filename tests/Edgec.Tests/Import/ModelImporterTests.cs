using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Xunit;
using static Edgec.Tests.Import.ModelBuilder;

namespace Edgec.Tests.Import;

public sealed class ModelImporterTests
{
    private static ImportOptions Dim(string name, int value) => ImportOptions.None with { Dims = new Dictionary<string, int> { [name] = value } };

    private static ImportOptions Sized(string name, Shape shape) => ImportOptions.None with { Shapes = new Dictionary<string, Shape> { [name] = shape } };

    [Fact]
    public void Nodes_are_sorted_named_and_freed_of_what_no_output_needs() => Assert.Equal(
        """
        graph @m imported
          input %x : f32[1,4]
          %a = relu(%x) ; first
          %y = add(%a, #b) ; y
          output %y
          const #b : f32[1] = [2.0]

        """,
        new ModelBuilder().Input("x", 1, 4).Output("y").Floats("b", 2)
            .Node("Add", "a b", "y").Node("Unheard", "x", "unused").Node("Relu", "x -", "a", "first").Text());

    [Fact]
    public void An_initializer_that_is_also_an_input_is_a_constant() => Assert.Equal(
        """
        graph @m imported
          input %x : f32[1]
          %y = add(%x, #b) ; y
          output %y
          const #b : f32[1] = [2.0]

        """,
        new ModelBuilder().Input("x", 1).Input("b", 1).Output("y").Floats("b", 2).Node("Add", "x b", "y").Text());

    [Fact]
    public void Constant_nodes_become_constants_and_outputs_may_be_inputs_or_constants() => Assert.Equal(
        """
        graph @m imported
          input %x : f32[1]
          output %x
          output #c
          const #c : f32[] = [2.5]

        """,
        new ModelBuilder().Input("x", 1).Output("x", "c").Node("Constant", "", "c", attributes: Attribute("value_float", 2.5f)).Text());

    [Fact]
    public void Functions_are_inlined_with_their_attributes_defaults_and_names()
    {
        var function = new FunctionProto { Name = "Leak", Domain = "my" };
        function.Input.Add("v");
        function.Output.Add("w");
        function.AttributeProto.Add(Attribute("slope", 0.5f));
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        NodeProto leak = Make("LeakyRelu", "v", "t");
        leak.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.AttributeType.Float });
        function.Node.Add(leak);
        function.Node.Add(Make("Relu", "t", "w", "inner"));
        ModelBuilder builder = new ModelBuilder().Input("x", 1).Output("y")
            .Node("Leak", "x", "a", "one", "my").Node("Leak", "a", "y", "two", "my", Attribute("slope", 0.25f));
        builder.Model.Functions.Add(function);
        Assert.Equal(
            """
            graph @m imported
              input %x : f32[1]
              %one/t = leaky-relu(%x) {alpha=0.5} ; one/t
              %a = relu(%one/t) ; one/inner
              %two/t = leaky-relu(%a) {alpha=0.25} ; two/t
              %y = relu(%two/t) ; two/inner
              output %y

            """,
            builder.Text());
    }

    [Fact]
    public void Branches_inside_functions_have_the_attributes_of_the_call()
    {
        NodeProto leak = Make("LeakyRelu", "v", "t");
        leak.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.AttributeType.Float });
        var branch = new GraphProto { Name = "branch" };
        branch.Node.Add(leak);
        branch.Output.Add(new ValueInfoProto { Name = "t" });
        var function = new FunctionProto { Name = "Maybe", Domain = "my" };
        function.Input.Add(["v", "c"]);
        function.Output.Add("w");
        function.Attribute.Add("slope");
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        function.Node.Add(Make("If", "c", "w", attributes: [Attribute("then_branch", branch), Attribute("else_branch", branch)]));
        ModelBuilder builder = new ModelBuilder().Input("x", 1).Output("y").Node("Constant", "", "c", attributes: Attribute("value_int", 1))
            .Node("Maybe", "x c", "y", "call", "my", Attribute("slope", 0.25f));
        builder.Model.Functions.Add(function);
        Assert.Equal(2, builder.Text().Split("{alpha=0.25}").Length - 1);
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var function = new FunctionProto { Name = "Loop", Domain = "my" };
        function.Input.Add("v");
        function.Output.Add("w");
        function.Node.Add(Make("Loop", "v", "w", domain: "my"));
        ModelBuilder builder = new ModelBuilder().Input("x", 1).Output("y").Node("Loop", "x", "y", "call", "my");
        builder.Model.Functions.Add(function);
        Assert.Contains(builder.Diagnostics(), d => d.Contains("error EC1113: Function Loop calls itself"));
    }

    [Fact]
    public void Open_dimensions_are_bound_by_name_by_shape_or_to_one()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", "n", 3, "h").Input("z", "h").Output("x", "z");
        Assert.Contains("input %x : f32[1,3,8]\n  input %z : f32[8]", builder.Text(Dim("h", 8)));
        Assert.Contains("input %x : f32[2,3,5]\n  input %z : f32[5]", builder.Text(Sized("x", [2, 3, 5])));
        Assert.Equal("m.onnx(x): note EC1107: The first axis of input x is open and taken as 1. --dim n=… sets it.", builder.Diagnostics(Dim("h", 8))[0]);
    }

    [Fact]
    public void A_dimension_that_stays_open_prints_the_flag_that_binds_it()
    {
        Assert.Contains("m.onnx(x): error EC1106: Axis 1 of input x is open. Add --dim h=….", new ModelBuilder().Input("x", 1, "h").Output("x").Diagnostics());
        Assert.Contains("m.onnx(x): error EC1106: Axis 1 of input x is open. Add --shape x=1x…x4.", new ModelBuilder().Input("x", 1, null, 4).Output("x").Diagnostics());
    }

    [Fact]
    public void Bindings_that_fit_nothing_are_refused_with_what_there_is()
    {
        ModelBuilder builder = new ModelBuilder().Input("image", "batch", 4).Output("image");
        Assert.Contains("m.onnx: error EC1109: --dim batc: the model has no dimension of that name. Did you mean 'batch'?", builder.Diagnostics(Dim("batc", 1)));
        Assert.Contains("m.onnx: error EC1109: --shape q: the model has no input of that name. It has image.", builder.Diagnostics(Sized("q", [1])));
        Assert.Contains("m.onnx: error EC1110: --shape image has 1 axes, but the model declares 2. Write …x4.", builder.Diagnostics(Sized("image", [1])));
    }

    [Fact]
    public void Huge_and_odd_inputs_are_refused_before_anything_is_allocated()
    {
        Assert.Contains("error EC1117", new ModelBuilder().Input("x", 1, long.MaxValue).Output("x").Diagnostics()[0]);
        Assert.Contains("error EC1117", new ModelBuilder().Input("x", 65536, 65536).Output("x").Diagnostics()[0]);
        ModelBuilder text = new ModelBuilder().Input("x", 1).Output("x");
        text.Model.Graph.Input[0].Type.TensorType.ElemType = 8;
        Assert.Contains("error EC1108: Input x holds STRING", text.Diagnostics()[0]);
    }

    [Fact]
    public void Zero_size_inputs_are_allowed() =>
        Assert.Contains("input %x : f32[1,0]", new ModelBuilder().Input("x", 1, 0).Output("x").Text());

    [Fact]
    public void Every_unknown_operator_is_reported_once_with_its_count()
    {
        string[] said = new ModelBuilder().Input("x", 1).Output("y")
            .Node("Rellu", "x", "a", "n1").Node("Rellu", "a", "b", "n2").Node("Magic", "b", "y", "n3", "acme").Diagnostics();
        Assert.Equal(2, said.Length);
        Assert.StartsWith("m.onnx(n1 -> a): error EC1105: Operator Rellu of opset 17 is not supported (2 nodes use it). Did you mean 'Relu'", said[0]);
        Assert.StartsWith("m.onnx(n3 -> y): error EC1105: Operator acme::Magic of opset 1 is not supported.", said[1]);
    }

    [Fact]
    public void Cycles_undefined_and_doubly_defined_values_name_their_nodes()
    {
        Assert.Contains(
            "m.onnx(one -> a): error EC1104: These nodes wait for one another: one <- two <- one. Break the cycle in the model.",
            new ModelBuilder().Input("x", 1).Output("y").Node("Add", "x b", "a", "one").Node("Relu", "a", "b", "two").Node("Relu", "a", "y", "three").Diagnostics());
        Assert.Contains(
            "m.onnx(one -> y): error EC1103: Input gone is defined nowhere. Check the model with the ONNX checker.",
            new ModelBuilder().Input("x", 1).Output("y").Node("Add", "x gone", "y", "one").Diagnostics());
        Assert.Contains(
            "m.onnx(two -> y): error EC1102: Value y is defined twice. Give one of them another name.",
            new ModelBuilder().Input("x", 1).Output("y").Node("Relu", "x", "y", "one").Node("Relu", "x", "y", "two").Diagnostics());
        Assert.Contains(
            "m.onnx(z): error EC1116: Output z is defined nowhere. Check the model with the ONNX checker.",
            new ModelBuilder().Input("x", 1).Output("z").Diagnostics());
        Assert.Contains("m.onnx: error EC1115: The model has no output. Declare one.", new ModelBuilder().Input("x", 1).Diagnostics());
    }

    [Fact]
    public void Attributes_that_are_unknown_odd_or_graphs_are_reported()
    {
        Assert.Contains(
            "m.onnx(y -> y): warning EC1111: Attribute colour of Relu is not known and ignored. Check that opset 17 has it.",
            new ModelBuilder().Input("x", 1).Output("y").Node("Relu", "x", "y", attributes: Attribute("colour", 1)).Diagnostics());
        Assert.Contains(
            new ModelBuilder().Input("x", 1).Output("y").Node("Relu", "x", "y", attributes: Attribute("body", new GraphProto())).Diagnostics(),
            d => d.Contains("error EC1112: Relu holds a graph of its own in body"));
        Assert.Contains(
            new ModelBuilder().Input("x", 1).Output("y").Node("Relu", "x", "y", attributes: [Attribute("a", 1), Attribute("a", 2)]).Diagnostics(),
            d => d.Contains("error EC1114: Attribute a is set twice"));
    }

    [Fact]
    public void The_last_of_two_operator_set_versions_counts()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1).Output("x");
        builder.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 11 });
        Assert.Contains("EC1101: The operator set 'ai.onnx' is imported as version 17 and as 11; the last counts.", builder.Diagnostics()[0]);
    }

    [Fact]
    public void Deep_models_do_not_exhaust_the_stack()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1).Output("v0");
        for (int i = 0; i < 20_000; i++)
            builder.Node("Relu", i == 19_999 ? "x" : $"v{i + 1}", $"v{i}");
        Assert.Equal(20_000, builder.Import(new()).Nodes.Length);
    }
}
