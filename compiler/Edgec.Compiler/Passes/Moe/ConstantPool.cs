using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Passes.Moe;

/// <summary>Constants of the new graph; several gates over the same experts share theirs.</summary>
internal sealed class ConstantPool(GraphEditor editor)
{
    private readonly List<(string Name, Tensor Value)> added = [];

    /// <summary>The name of a constant of this value, new or not.</summary>
    public string Add(string hint, Tensor value)
    {
        foreach ((string name, Tensor known) in added)
        {
            if (known.Element == value.Element && known.Shape == value.Shape && known.Bytes.SequenceEqual(value.Bytes))
                return name;
        }

        added.Add((editor.AddConstant(hint, value), value));
        return added[^1].Name;
    }
}
