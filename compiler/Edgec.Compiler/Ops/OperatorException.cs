namespace Edgec.Ops;

/// <summary>An operator cannot do what its node asks. The phase that asked turns it into a diagnostic with the node's origin.</summary>
/// <param name="code">The diagnostic's code.</param>
/// <param name="message">What is wrong and what to do, as a sentence.</param>
public sealed class OperatorException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>Inputs or attributes that contradict one another.</summary>
    public static OperatorException Invalid(string message) => new("EC2001", message);

    /// <summary>Legal ONNX that edgec does not do yet.</summary>
    public static OperatorException Unsupported(string message) => new("EC2002", message);
}
