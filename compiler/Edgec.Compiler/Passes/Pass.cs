using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>
/// A rewrite of whole graphs, a plain function: valid graph in, valid graph out, the same graph if nothing changed. Its
/// options are the record's properties.
/// </summary>
public abstract record Pass
{
    /// <summary>What a user types, kebab-case: <c>fuse-batch-norm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The level of graph it takes.</summary>
    public abstract Level Accepts { get; }

    /// <summary>The highest level it takes.</summary>
    public virtual Level AcceptsUpTo => Accepts;

    /// <summary>The level of the graph it returns; null if it leaves the level as it is.</summary>
    public virtual Level? Yields => null;

    /// <summary>False for a pass that makes another network of it, cheaper and perhaps less accurate: nobody runs it unless asked to.</summary>
    public virtual bool KeepsMeaning => true;

    public abstract Graph Run(Graph graph, PassContext context);

    public bool Takes(Level level) => level >= Accepts && level <= AcceptsUpTo;
}
