using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Passes;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>What is nearly a pattern stays as it is, and a note says what differs.</summary>
public sealed class NearMissTests
{
    private const string Head = """
        graph @t canonical
          input %q : f32[2,3,4]
          input %k : f32[2,4,5]
          input %v : f32[2,5,6]
          input %g : f32[2,3,5]

        """;

    private const string Tail = """

          output %y
        """;

    public static TheoryData<string, string> Attentions => new()
    {
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %p = softmax(%s) {axis=2} : f32[2,3,5] ; B
              %y = matmul(%p, %v) : f32[2,3,6] ; C
              output %p
            """,
            "the probabilities %p are an output"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %p = softmax(%s) {axis=2} : f32[2,3,5] ; B
              %w = matmul(%p, %v) : f32[2,3,6] ; C
              %r = reduce-max(%s) {axes=[2], keepdims=1} : f32[2,3,1] ; D
              %y = add(%w, %r) : f32[2,3,6] ; E
            """,
            "the scores %s have a second reader, reduce-max %r"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %p = softmax(%s) {axis=1} : f32[2,3,5] ; B
              %y = matmul(%p, %v) : f32[2,3,6] ; C
            """,
            "the softmax runs along axis 1, not the last (2)"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %m = mul(%s, #f) : f32[2,3,5] ; B
              %p = softmax(%m) {axis=2} : f32[2,3,5] ; C
              %y = matmul(%p, %v) : f32[2,3,6] ; D
              const #f : f32[2,1,1] = [1.0,2.0]
            """,
            "the scores' factor %f in mul %m has 2 numbers, not one"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %m = mul(%s, #f) : f32[2,3,5] ; B
              %p = softmax(%m) {axis=2} : f32[2,3,5] ; C
              %y = matmul(%p, %v) : f32[2,3,6] ; D
              const #f : f32[] = [-0.5]
            """,
            "the scores' factor %f in mul %m is -0.5, not positive"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %t = tanh(%s) : f32[2,3,5] ; B
              %p = softmax(%t) {axis=2} : f32[2,3,5] ; C
              %y = matmul(%p, %v) : f32[2,3,6] ; D
            """,
            "tanh %t stands between matmul %s and the softmax"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %p = softmax(%s) {axis=2} : f32[2,3,5] ; B
              %h = mul(%p, %g) : f32[2,3,5] ; C
              %y = matmul(%h, %v) : f32[2,3,6] ; D
            """,
            "mul %h stands between the softmax and matmul %y"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %m = sub(%g, %s) : f32[2,3,5] ; B
              %p = softmax(%m) {axis=2} : f32[2,3,5] ; C
              %y = matmul(%p, %v) : f32[2,3,6] ; D
            """,
            "sub %m takes the scores from %g"
        },
        {
            """
              %s = matmul(%q, %k) : f32[2,3,5] ; A
              %m = add(%s, %g) : f32[2,3,5] ; B
              %n = add(%m, %g) : f32[2,3,5] ; C
              %p = softmax(%n) {axis=2} : f32[2,3,5] ; D
              %y = matmul(%p, %v) : f32[2,3,6] ; E
            """,
            "two values are added to the scores, %g and %g"
        },
    };

    [Theory]
    [MemberData(nameof(Attentions))]
    public void What_is_nearly_attention_is_noted(string body, string differs) => Noted(new RecognizeAttention(), body, "attention", differs);

    public static TheoryData<string, string> Normalizations => new()
    {
        { Norm("1", "%d", "#e0", "1E-05"), "the mean of squares %c runs along axis 1 of [2,3,5], not along the last alone" },
        { Norm("2", "%g", "#e0", "1E-05"), "%g is divided, not %d, whose squares are" },
        { Norm("2", "%d", "#e0", "-1E-05"), "what is added to the mean of squares, %e0, is no single positive number" },
        {
            """
              %m = reduce-mean(%g) {axes=[2], keepdims=1} : f32[2,3,1] ; A
              %d = sub(%g, %m) : f32[2,3,5] ; B
              %w = mul(%d, %d) : f32[2,3,5] ; C
              %c = reduce-mean(%w) {axes=[2], keepdims=1} : f32[2,3,1] ; D
              %r = sqrt(%c) : f32[2,3,1] ; E
              %y = div(%d, %r) : f32[2,3,5] ; F
            """,
            "nothing is added to the mean of squares %c before the root"
        },
    };

    [Theory]
    [MemberData(nameof(Normalizations))]
    public void What_is_nearly_layer_normalization_is_noted(string body, string differs) => Noted(new RecognizeLayerNorm(), body, "layer normalization", differs);

    public static TheoryData<string, string> Gelus => new()
    {
        { Gelu("0.7", "%g", "1", "0.5"), "its erf takes %g times 0.7, not 0.707107" },
        { Gelu("0.70710677", "%g", "1.5", "0.5"), "1.5 is added to its erf, not 1" },
        { Gelu("0.70710677", "%g", "1", "0.4"), "it is multiplied by 0.4, not 0.5" },
        { Gelu("0.70710677", "%h", "1", "0.5"), "its erf of %g is multiplied by %h" },
        {
            """
              %c = mul(%g, %g) : f32[2,3,5] ; Z
              %p = mul(%c, %g) : f32[2,3,5] ; A
              %u = mul(%p, #third) : f32[2,3,5] ; B
              %i = add(%g, %u) : f32[2,3,5] ; C
              %s = mul(%i, #scale) : f32[2,3,5] ; D
              %t = tanh(%s) : f32[2,3,5] ; E
              %a = add(%t, #one) : f32[2,3,5] ; F
              %b = mul(%g, %a) : f32[2,3,5] ; G
              %y = mul(%b, #half) : f32[2,3,5] ; H
              const #third : f32[] = [0.05]
              const #scale : f32[] = [0.7978846]
              const #one : f32[] = [1.0]
              const #half : f32[] = [0.5]
            """,
            "the cube of %g is taken 0.05 times, not 0.044715 times"
        },
    };

    [Theory]
    [MemberData(nameof(Gelus))]
    public void What_is_nearly_gelu_is_noted(string body, string differs) => Noted(new RecognizeGelu(), body, "GELU", differs);

    private static string Norm(string axis, string dividend, string added, string epsilon)
    {
        string mean = axis == "1" ? "f32[2,1,5]" : "f32[2,3,1]";
        return $"""
              %m = reduce-mean(%g) [axes=[{axis}], keepdims=1] : {mean} ; A
              %d = sub(%g, %m) : f32[2,3,5] ; B
              %w = mul(%d, %d) : f32[2,3,5] ; C
              %c = reduce-mean(%w) [axes=[{axis}], keepdims=1] : {mean} ; D
              %e = add(%c, {added}) : {mean} ; E
              %r = sqrt(%e) : {mean} ; F
              %y = div({dividend}, %r) : f32[2,3,5] ; G
              const #e0 : f32[] = [{epsilon}]
            """.Replace("[axes", "{axes", StringComparison.Ordinal).Replace("keepdims=1]", "keepdims=1}", StringComparison.Ordinal);
    }

    private static string Gelu(string scale, string times, string addend, string factor) =>
        $"""
          %h = relu(%g) : f32[2,3,5] ; Z
          %s = mul(%g, #scale) : f32[2,3,5] ; A
          %e = erf(%s) : f32[2,3,5] ; B
          %a = add(%e, #addend) : f32[2,3,5] ; C
          %m = mul({times}, %a) : f32[2,3,5] ; D
          %y = mul(%m, #factor) : f32[2,3,5] ; E
          const #scale : f32[] = [{scale}]
          const #addend : f32[] = [{addend}]
          const #factor : f32[] = [{factor}]
        """;

    private static void Noted(Pass pass, string body, string pattern, string differs)
    {
        Graph graph = Parse(body);
        var bag = new DiagnosticBag();
        Assert.Same(graph, pass.Run(graph, new("test", bag)));
        Diagnostic note = Assert.Single(bag.Items);
        Assert.Equal((Severity.Note, "EC2006"), (note.Severity, note.Code));
        Assert.Contains($"nearly {pattern}, but {differs.Replace("%", "", StringComparison.Ordinal)}.", note.Message);
    }

    [Fact]
    public void A_softmax_that_has_nothing_to_do_with_attention_is_not()
    {
        var bag = new DiagnosticBag();
        Graph graph = Parse(
            """
              %s = relu(%g) : f32[2,3,5] ; A
              %p = softmax(%s) {axis=1} : f32[2,3,5] ; B
              %y = matmul(%p, %v) : f32[2,3,6] ; C
            """);
        new RecognizeAttention().Run(graph, new("test", bag));
        Assert.Empty(bag.Items);
    }

    // Outputs and constants stand behind the nodes.
    private static Graph Parse(string body)
    {
        string[] lines = body.Split('\n');
        string[] constants = [.. lines.Where(line => line.TrimStart().StartsWith("const", StringComparison.Ordinal))];
        string text = string.Join('\n', [Head.TrimEnd(), .. lines.Except(constants).Where(line => !line.TrimStart().StartsWith("output", StringComparison.Ordinal)),
            Tail.Trim('\n', '\r'), .. lines.Where(line => line.TrimStart().StartsWith("output", StringComparison.Ordinal)), .. constants]);
        var faults = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text + "\n", "test", faults);
        Assert.Empty(faults.Items);
        return graph!;
    }
}
