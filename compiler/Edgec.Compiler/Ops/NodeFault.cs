using Edgec.Diagnostics;
using Edgec.Ir;

namespace Edgec.Ops;

/// <summary>Turns what an operator throws into a diagnostic that names its node.</summary>
public static class NodeFault
{
    /// <summary>Where a node stands: <c>model.onnx(Conv_12 -> relu_3)</c>.</summary>
    public static string Location(string model, Node node) =>
        $"{model}({(node.Origin.Nodes.Length == 0 ? node.Name : node.Origin.ToString())} -> {node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "nothing"})";

    public static Diagnostic Diagnose(string model, Node node, OperatorException fault) =>
        Diagnostic.Error(fault.Code, Location(model, node), fault.Message);

    /// <summary>Calls into an operator. Whatever a damaged model makes it throw becomes an <see cref="OperatorException"/>.</summary>
    /// <remarks>Operators check what they can foresee; extents that overflow and indices that a nonsensical rank puts out
    /// of range are caught here, so that the user sees the node and not a stack trace.</remarks>
    public static T Guard<T>(Node node, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException)
        {
            throw new OperatorException("EC2003", $"Operator {node.Op.Name} needs a tensor beyond 2 GiB. Bind smaller dimensions with --dim or --shape.");
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or InvalidOperationException or DivideByZeroException or InvalidCastException)
        {
            throw OperatorException.Invalid($"Operator {node.Op.Name} cannot take these inputs and attributes ({e.Message}). Check the model with the ONNX checker.");
        }
    }
}
