namespace Edgec.Ir;

/// <summary>What a node does, with typed attributes. The graph only carries it; its meaning stands in <c>Edgec.Ops</c>.</summary>
public abstract record Op
{
    /// <summary>The name in the text form, in kebab-case: <c>conv</c>, <c>max-pool</c>.</summary>
    public abstract string Name { get; }
}
