using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Stated;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>The types of activations: what a value is, what a node reads it as, and what its kernel gives.</summary>
internal sealed class ActivationTypes(Graph graph, ScaleGroups groups, PrecisionAssignment precision)
{
    /// <summary>What a node computes with. What moves or selects follows its operands.</summary>
    public ElementType ElementOf(Node node) => precision.RuleOf(node) is SharedRule || IsStatedWide(node) ? groups.ElementOf(node.Output) : precision.ElementOf(node);

    // Where the model states 16 bits, the plan need not ask for them.
    private bool IsStatedWide(Node node) =>
        groups.Stated.TryGet(node.Output, out StatedIntegers? stated) && stated.Element == ElementType.I16 && ((Operator)node.Op).HasWideForm;

    /// <summary>The type a value has.</summary>
    public TensorType Of(string value) => In(value, groups.ElementOf(value));

    /// <summary>The type a value has where it is read as i8 or i16.</summary>
    public TensorType In(string value, ElementType element) => new(element, graph.TypeOf(value).Shape, groups.In(value, element));

    /// <summary>The type an operand has where a node reads it; null for one that is absent, or neither weights' factor nor an activation.</summary>
    public TensorType? Operand(Node node, int input)
    {
        if (!node.HasInput(input))
            return null;
        string value = node.Inputs[input];
        return ((Operator)node.Op).RoleOf(input) switch
        {
            StatedOperandRole role => groups.Stated.Operand(value, role) is var stated ? new(stated.Element, graph.TypeOf(value).Shape, stated.Quantization) : null,
            ActivationRole => In(value, ElementOf(node)),
            _ => null,
        };
    }

    /// <summary>The type of what a node's kernel gives, which a rescale turns into that of its value where they differ.</summary>
    public TensorType ResultOf(Node node)
    {
        ElementType element = ElementOf(node);
        return precision.RuleOf(node) is FixedRule rule
            ? new(element, graph.TypeOf(node.Output).Shape, rule.In(element))
            : In(node.Output, element);
    }
}
