namespace Edgec.Emit.C;

/// <summary>What a step's function does.</summary>
/// <param name="Text">Statements, not indented.</param>
/// <param name="Headers">The headers they need: <c>edgec_….h</c> of the runtime, or standard ones.</param>
internal sealed record CBody(string Text, params string[] Headers);
