using Edgec.Ir;
using Edgec.Quantize;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>What a graph computed from one sample: every value by name.</summary>
/// <param name="before">Where values are looked up that this run did not compute itself; null for nowhere.</param>
public sealed class RunValues(RunValues? before = null)
{
    private readonly Dictionary<string, (Tensor Value, TensorType Type)> own = [];

    public void Add(string name, Tensor value, TensorType type) => own[name] = (value, type);

    /// <summary>Whether this run, or the one before, computed a value.</summary>
    public bool Has(string name) => own.ContainsKey(name) || before?.Has(name) == true;

    /// <summary>A value as the graph holds it.</summary>
    public Tensor Of(string name) => Find(name).Value;

    /// <summary>A value as real numbers.</summary>
    public Tensor Real(string name)
    {
        (Tensor value, TensorType type) = Find(name);
        return Boundary.ToReal(value, type).ToF32();
    }

    private (Tensor Value, TensorType Type) Find(string name) => own.TryGetValue(name, out (Tensor, TensorType) found)
        ? found
        : before?.Find(name) ?? throw new InvalidOperationException($"no run has computed {name}");
}
