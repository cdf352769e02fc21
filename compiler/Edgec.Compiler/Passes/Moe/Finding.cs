namespace Edgec.Passes.Moe;

/// <summary>What a search for a mixture of experts ends with, where there was anything like one.</summary>
internal abstract record Finding;

/// <summary>All but one thing is as in a mixture of experts.</summary>
/// <param name="What">The thing, as the end of "this is nearly a mixture of experts, but …".</param>
internal sealed record Difference(string What) : Finding;
