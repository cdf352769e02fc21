using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>What a pass may use besides its graph.</summary>
/// <param name="Model">The model file as the user wrote it; diagnostics begin with it.</param>
public sealed record PassContext(string Model, DiagnosticBag Diagnostics)
{
    public void Report(Node node, OperatorException fault) => Diagnostics.Add(NodeFault.Diagnose(Model, node, fault));

    public void Report(Node node, string code, string message) =>
        Diagnostics.Add(Diagnostic.Error(code, NodeFault.Location(Model, node), message));

    /// <summary>Says that nodes nearly are a pattern, and stay what they are.</summary>
    /// <param name="node">The node at which the pattern would end.</param>
    /// <param name="pattern">Its name, as the second part of a sentence.</param>
    /// <param name="differs">What differs from it: which value, axis or constant.</param>
    public void NoteNearMiss(Node node, string pattern, string differs) =>
        Diagnostics.Add(Diagnostic.Note("EC2006", NodeFault.Location(Model, node), $"This is nearly {pattern}, but {differs}. It is computed as the operators it is made of."));

    /// <summary>Says how far an approximation can lie from what it stands for.</summary>
    public void NoteError(Node node, string error) => Diagnostics.Add(Diagnostic.Note("EC2007", NodeFault.Location(Model, node), error));

    /// <summary>Does something for a node; what the operator throws becomes a diagnostic and false.</summary>
    public bool Try(Node node, Action action)
    {
        try
        {
            return NodeFault.Guard(node, () =>
            {
                action();
                return true;
            });
        }
        catch (OperatorException fault)
        {
            Report(node, fault);
            return false;
        }
    }
}
