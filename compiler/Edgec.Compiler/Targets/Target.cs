using Edgec.Runtime.Kernels;

namespace Edgec.Targets;

/// <summary>What a network is compiled for: a board or a processor, as its <c>.target</c> file describes it.</summary>
/// <param name="Name">What <c>--target</c> takes: letters, digits, <c>. _ -</c>; safe as a file name.</param>
/// <param name="Description">One line for people; holds no quote, backslash, asterisk or control character.</param>
public abstract record Target(string Name, string Description, MemoryBandwidth Memory)
{
    /// <summary>The text it was read from, so that a bundle can carry it.</summary>
    public string Source { get; init; } = "";

    /// <summary>The rounding profile it asks for; null for the model's own.</summary>
    public RoundingProfile? Rounding { get; init; }
}
