using System.Collections.Immutable;
using Edgec.Import.Proto;

namespace Edgec.Import;

/// <summary>A node of the flat graph that is left when functions are inlined.</summary>
/// <param name="Name">Its own name, or that of its first output; within a function behind the caller's name and a slash.</param>
/// <param name="Inputs">Values, empty where absent.</param>
internal sealed record ModelNode(
    string Name,
    string Domain,
    string OpType,
    string Overload,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    ImmutableArray<AttributeProto> Attributes,
    Opsets Opsets)
{
    /// <summary>Where diagnostics point.</summary>
    public string Location(string model) => $"{model}({Name} -> {Outputs.FirstOrDefault(o => o.Length > 0) ?? "nothing"})";

    public static ModelNode From(NodeProto node, Opsets opsets)
    {
        string name = node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(o => o.Length > 0) ?? node.OpType;
        return new(
            name, Opsets.Normalize(node.Domain), node.OpType, node.Overload, Trimmed(node.Input), Trimmed(node.Output), [.. node.Attribute], opsets);
    }

    /// <summary>Absent values at the end say nothing.</summary>
    private static ImmutableArray<string> Trimmed(IEnumerable<string> values)
    {
        string[] all = [.. values];
        int count = all.Length;
        while (count > 0 && all[count - 1].Length == 0)
            count--;
        return [.. all[..count]];
    }
}
