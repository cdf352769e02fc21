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
              %n = add(%m, #b) : f32[2,3,5] ; C
              %p = softmax(%n) {axis=2} : f32[2,3,5] ; D
              %y = matmul(%p, %v) : f32[2,3,6] ; E
              const #b : f32[5] = [1.0,2.0,3.0,4.0,5.0]
            """,
            "two values are added to the scores, %b and %g"
        },
    };

    [Theory]
    [MemberData(nameof(Attentions))]
    public void What_is_nearly_attention_is_noted(string body, string differs)
    {
        Graph graph = Parse(body);
        var bag = new DiagnosticBag();
        Assert.Same(graph, new RecognizeAttention().Run(graph, new("test", bag)));
        Diagnostic note = Assert.Single(bag.Items);
        Assert.Equal((Severity.Note, "EC2006"), (note.Severity, note.Code));
        Assert.Contains($"nearly attention, but {differs.Replace("%", "", StringComparison.Ordinal)}.", note.Message);
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
