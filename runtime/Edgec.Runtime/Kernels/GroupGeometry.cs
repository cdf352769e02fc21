namespace Edgec.Runtime.Kernels;

/// <summary>
/// Normalisation of groups of channels: the tensor is [Outer, Length, Groups, Channels], and a row is, for one outer index and
/// one group, its Length · Channels elements. Parameters are [Groups, Channels]. Layer normalisation has a Length of 1 and one
/// group, instance normalisation a group for each channel.
/// </summary>
public readonly record struct GroupGeometry(int Outer, int Length, int Groups, int Channels)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Outer * Groups;

    /// <summary>Elements of a row.</summary>
    public int Count => Length * Channels;

    /// <summary>From one run of channels of a row to the next.</summary>
    public int Pitch => Groups * Channels;

    /// <summary>The element at which a row starts.</summary>
    public int RowOffset(int row) => row / Groups * Length * Pitch + row % Groups * Channels;
}
