namespace Edgec.Emit.C;

/// <summary>What a step's function does.</summary>
/// <param name="Text">Statements, not indented.</param>
/// <param name="Headers">The headers they need: <c>edgec_….h</c> of the runtime, or standard ones.</param>
internal sealed record CBody(string Text, params string[] Headers)
{
    /// <summary>Bytes that a kernel of the runtime has on the stack at most, with its calls: two strips of weights, unpacked, and a block of rows where layers branch, less elsewhere.</summary>
    public const int KernelStack = 104 << 10;

    /// <summary>Bytes that the step has on the stack at most, with the kernel that it calls.</summary>
    public long Stack { get; init; } = KernelStack;
}
