using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>How the rows of a normalisation lie in words: a block is one row along words, or the rows that lie in the lanes of the same words.</summary>
/// <param name="Outer">Times that all channels come.</param>
/// <param name="Parts">Blocks side by side, each with channels of its own.</param>
/// <param name="Length">Positions of a block.</param>
/// <param name="Words">Words of channels of a block.</param>
/// <param name="Line">Words of a storage row.</param>
/// <param name="Tail">Lanes that count in its last word.</param>
/// <param name="GroupChannels">In lanes: channels of a row; 0 where a block is one row.</param>
/// <param name="Groups">Rows of a block.</param>
/// <param name="Count">Elements of a row.</param>
public sealed record NormLayout(int Outer, int Parts, int Length, int Words, int Line, int Tail, int GroupChannels, int Groups, int Count)
{
    private const int Lanes = EngineConfiguration.Lanes;

    public bool InLanes => GroupChannels > 0;

    public int Blocks => Outer * Parts;

    /// <summary>Words of a block.</summary>
    public int BlockWords => Length * Words;

    /// <summary>Words of all channels.</summary>
    public int ChannelWords => Parts * Words;

    public long TotalWords => (long)Blocks * BlockWords;

    /// <summary>The layout of <paramref name="g"/> over a tensor stored with padded rows; null if groups cut across storage rows.</summary>
    public static NormLayout? Of(in GroupGeometry g, Shape source)
    {
        int last = source.Rank == 0 ? 1 : source[^1], line = (last + Lanes - 1) / Lanes, tail = last - (line - 1) * Lanes;
        if (g.Pitch % last != 0 || source.ElementCount != (long)g.Outer * g.Length * g.Pitch)
            return null;
        if (g.Channels % last == 0)
            return new(g.Outer, g.Groups, g.Length, g.Channels / last * line, line, tail, 0, 1, g.Count);
        return last % g.Channels == 0
            ? new(g.Outer, g.Pitch / last, g.Length, line, line, tail, g.Channels, last / g.Channels, g.Count)
            : null;
    }

    /// <summary>The words in the order in which the engine takes them.</summary>
    public WordNest Nest(int address)
    {
        if (ChannelWords == 1 || (InLanes ? Length == 1 : Parts == 1))
            return WordNest.Contiguous(address, checked((int)TotalWords));
        return InLanes
            ? new(address, Outer, Length * ChannelWords, ChannelWords, 1, Length, ChannelWords, 1)
            : new(address, Outer, Length * ChannelWords, Parts, Words, Length, ChannelWords, Words);
    }

    /// <summary>Numbers of the channels, [Parts, storage rows, elements], as lanes: those that fill a storage row up are 0.</summary>
    public T[] InWords<T>(ReadOnlySpan<T> channels)
        where T : unmanaged
    {
        int last = (Line - 1) * Lanes + Tail;
        var lanes = new T[ChannelWords * Lanes];
        for (int i = 0; i < channels.Length; i++)
            lanes[i / last * Line * Lanes + i % last] = channels[i];
        return lanes;
    }
}
