using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Sprache;

namespace Edgec.Ir.Text;

/// <summary>Reads what <see cref="GraphPrinter"/> prints. Blank lines and lines that begin with <c>;</c> are skipped.</summary>
public sealed class GraphParser
{
    /// <summary>Characters of a file that are still read.</summary>
    private const int MaxLength = 1 << 28;

    private readonly string file;
    private readonly string? folder;
    private readonly DiagnosticBag diagnostics;
    private readonly HashSet<string> defined = [];
    private readonly List<(int Line, string Name)> constantUses = [];
    private readonly List<string> inputs = [];
    private readonly List<string> outputs = [];
    private readonly List<Node> nodes = [];
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = ImmutableDictionary.CreateBuilder<string, TensorType>();
    private (string Name, Level Level, RoundingProfile Rounding, bool ByTask)? heading;
    private ConstantReader reader;
    private int line;
    private string current = "";

    private GraphParser(string file, string? folder, DiagnosticBag diagnostics)
    {
        (this.file, this.folder, this.diagnostics) = (file, folder, diagnostics);
        reader = new ConstantReader(null);
    }

    /// <summary>The graph, or null if <paramref name="diagnostics"/> says why there is none.</summary>
    /// <param name="file">The name that diagnostics begin with.</param>
    /// <param name="folder">Where side files lie; null if there are none.</param>
    /// <param name="firstLine">The number of the text's first line in its file.</param>
    public static Graph? Parse(string text, string file, DiagnosticBag diagnostics, string? folder = null, int firstLine = 1)
    {
        var parser = new GraphParser(file, folder, diagnostics) { line = firstLine - 1 };
        int errors = diagnostics.Items.Count;
        Graph? graph = parser.Read(text);
        return diagnostics.Items.Count == errors ? graph : null;
    }

    private Graph? Read(string text)
    {
        if (text.Length > MaxLength)
        {
            Report("EC2101", 1, $"The file has {text.Length} characters, more than {MaxLength}. Move constants to a side file.");
            return null;
        }

        foreach (string row in text.Split('\n'))
        {
            line++;
            current = row.TrimEnd('\r', ' ', '\t');
            if (current.TrimStart() is ['#', ..] or [] or [';', ..])
                continue;
            IResult<TextLine> result = LineGrammar.For(current).TryParse(current);
            if (result.WasSuccessful)
                Add(result.Value);
            else
                Report("EC2101", result.Remainder.Column, Explain(result));
        }

        foreach ((int at, string name) in constantUses.Where(use => !constants.ContainsKey(use.Name)))
            diagnostics.Add(Diagnostic.Error("EC2103", $"{file}({at},1)", $"Constant #{name} is not defined. Add a line const #{name} : type = data."));
        if (heading is null)
            Report("EC2101", 1, "There is no line 'graph @name level'. Begin the file with one.");
        return heading is { } h
            ? new(h.Name, h.Level, [.. inputs], [.. outputs], [.. nodes], constants.ToImmutable(), types.ToImmutable(), h.Rounding, h.ByTask)
            : null;
    }

    private void Add(TextLine parsed)
    {
        switch (parsed)
        {
            case GraphLine g when heading is not null:
                Report("EC2101", 1, $"A second graph, {g.Name}. Write one graph to a file.");
                break;
            case GraphLine g when Enum.TryParse(g.Level, ignoreCase: true, out Level level) && Enum.IsDefined(level):
                if (RoundingProfiles.Find(g.Rounding) is not { } rounding)
                    Report("EC2101", ColumnOf(g.Rounding), $"{g.Rounding} is not a rounding profile. Write one of {string.Join(", ", RoundingProfiles.All.Select(p => p.Text()))}.");
                else if (g.Computed is not ("all" or "by-task"))
                    Report("EC2101", ColumnOf(g.Computed), $"Outputs are computed all or by-task, not {g.Computed}.");
                else
                    heading = (g.Name, level, rounding, g.Computed == "by-task");
                break;
            case GraphLine g:
                Report("EC2101", ColumnOf(g.Level), $"{g.Level} is not a level. Write one of imported, canonical, quantized, planned.");
                break;
            case WeightsLine w:
                OpenWeights(w.File);
                break;
            case InputLine i:
                inputs.Add(i.Value.Name);
                Define(i.Value, i.Type);
                break;
            case OutputLine o:
                outputs.Add(Use(o.Value));
                break;
            case ConstantLine c:
                Define(c.Value, c.Type);
                if (Make(c.Type, c.Data) is { } tensor)
                    constants[c.Value.Name] = tensor;
                break;
            case NodeLine n:
                AddNode(n);
                break;
        }
    }

    private void AddNode(NodeLine n)
    {
        ImmutableArray<string> operands = [.. n.Inputs.Select(Use)];
        if (n.Types.Length > 0 && n.Types.Length != n.Outputs.Length)
            Report("EC2101", 1, $"{n.Types.Length} types for {n.Outputs.Length} values. Write one for each, ? where it is unknown.");
        else
            _ = n.Outputs.Select((output, i) => Define(output, n.Types.Length == 0 ? null : n.Types[i])).Count(ok => ok);
        if (n.Outputs.All(o => o.IsAbsent))
            Report("EC2101", 1, "A node needs a value to define.");
        else if (ReadOperator(n) is { } op)
            nodes.Add(new(n.Outputs.First(o => !o.IsAbsent).Name, op, operands, [.. n.Outputs.Select(o => o.Name)], Origin.Of(n.Origin)));
    }

    private Operator? ReadOperator(NodeLine n)
    {
        if (OpTable.FindText(n.Op) is not { } definition)
        {
            Report("EC2104", ColumnOf(n.Op), $"There is no operator {n.Op}.{Nearest.Hint(n.Op, OpTable.All.Select(def => def.Text))}");
            return null;
        }

        var values = new Dictionary<string, AttributeValue>();
        foreach ((string name, TextValueForm form) in n.Attributes)
        {
            AttributeValue? value = form.Value ?? (Make(form.Type!, form.Data!) is { } tensor ? new TensorValue(tensor) : null);
            if (value is not null && !values.TryAdd(name, value))
                Report("EC2105", ColumnOf(name), $"Attribute {name} is written twice. Keep one.");
        }

        var attributes = new AttributeReader(values, AttributeReader.Newest);
        try
        {
            Operator op = definition.Read(attributes);
            foreach (string unread in attributes.Unread)
                Report("EC2105", ColumnOf(unread), $"Operator {n.Op} has no attribute {unread}. Remove it.");
            return op;
        }
        catch (OperatorException fault)
        {
            Report(fault.Code, ColumnOf(n.Op), fault.Message);
            return null;
        }
    }

    private bool Define(ValueName value, TensorType? type)
    {
        if (value.IsAbsent)
            return true;
        if (!defined.Add(value.Name))
        {
            Report("EC2102", ColumnOf(value.Name), $"Value {value.Name} is defined twice. Rename one.");
            return false;
        }

        if (type is not null)
            types[value.Name] = type;
        return true;
    }

    private string Use(ValueName value)
    {
        if (value.IsConstant)
            constantUses.Add((line, value.Name));
        else if (!value.IsAbsent && !defined.Contains(value.Name))
            Report("EC2103", ColumnOf(value.Name), $"Value %{value.Name} is not defined above. Define it before it is used.");
        return value.Name;
    }

    private Tensor? Make(TensorType type, DataForm data)
    {
        (Tensor? tensor, string? fault) = reader.Read(type, data);
        if (fault is not null)
            Report("EC2106", 1, fault);
        return tensor;
    }

    private void OpenWeights(string name)
    {
        if (folder is null || Path.GetFileName(name) != name || name.Length == 0)
            Report("EC2106", ColumnOf(name), $"The side file {name} must lie beside the graph. Name it without a folder.");
        else if (!File.Exists(Path.Combine(folder, name)))
            Report("EC2106", ColumnOf(name), $"There is no side file {name}. Copy it beside the graph.");
        else
            reader = new(Path.Combine(folder, name));
    }

    private static string Explain(IResult<TextLine> result)
    {
        string[] expected = [.. result.Expectations.Distinct()];
        string found = result.Remainder.AtEnd ? "the line ends here" : $"found '{result.Remainder.Current}'";
        return expected.Length == 0 ? $"{char.ToUpperInvariant(result.Message[0])}{result.Message[1..]}." : $"Expected {string.Join(" or ", expected)}, but {found}.";
    }

    private int ColumnOf(string word) => Math.Max(current.IndexOf(word, StringComparison.Ordinal), 0) + 1;

    private void Report(string code, int column, string message) =>
        diagnostics.Add(Diagnostic.Error(code, $"{file}({line},{column})", message));
}
