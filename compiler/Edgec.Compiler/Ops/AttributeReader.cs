using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Typed access to a node's attributes, whether they come from an ONNX file or from the text form.</summary>
/// <param name="values">Attributes by name.</param>
/// <param name="opset">The version of the operator set in force; <see cref="Newest"/> for the text form.</param>
public sealed class AttributeReader(IReadOnlyDictionary<string, AttributeValue> values, int opset)
{
    /// <summary>The opset of graphs that were not read from ONNX.</summary>
    public const int Newest = int.MaxValue;

    private readonly HashSet<string> read = [];

    public int Opset { get; } = opset;

    /// <summary>Attributes nobody has asked for.</summary>
    public IEnumerable<string> Unread => values.Keys.Where(name => !read.Contains(name));

    public bool Has(string name)
    {
        read.Add(name);
        return values.ContainsKey(name);
    }

    public long Int64(string name, long absent) => Get(name) switch
    {
        null => absent,
        IntegerValue v => v.Value,
        var v => throw Wrong(name, "an integer", v),
    };

    public int Int(string name, int absent) => Narrow(Int64(name, absent));

    public int Int(string name) => Has(name) ? Int(name, 0) : throw OperatorException.Invalid($"Attribute {name} is missing. Set it.");

    public bool Flag(string name, bool absent = false) => Int64(name, absent ? 1 : 0) != 0;

    public float Float(string name, float absent) => Get(name) switch
    {
        null => absent,
        FloatValue v => v.Value,
        IntegerValue v => v.Value,
        var v => throw Wrong(name, "a float", v),
    };

    /// <summary>A number, perhaps written as a tensor or a list of one; null if the attribute is absent or holds several.</summary>
    public double? Number(string name) => Get(name) switch
    {
        FloatValue v => v.Value,
        IntegerValue v => v.Value,
        FloatsValue { Values: [var only] } => only,
        IntegersValue { Values: [var only] } => only,
        TensorValue { Value.Count: 1 } v => v.Value.Number(0),
        _ => null,
    };

    public string Text(string name, string absent) => Get(name) switch
    {
        null => absent,
        TextValue v => v.Value,
        var v => throw Wrong(name, "a string", v),
    };

    /// <summary>A list of integers, empty if the attribute is absent.</summary>
    public EquatableArray<int> Ints(string name) => Get(name) switch
    {
        null => [],
        IntegersValue v => [.. v.Values.Select(x => Narrow(x))],
        IntegerValue v => [Narrow(v.Value)], // some exporters write a list of one without the list
        FloatsValue { Values.Count: 0 } => [],
        var v => throw Wrong(name, "a list of integers", v),
    };

    /// <summary>A list of integers as wide as ONNX has them, empty if the attribute is absent.</summary>
    public EquatableArray<long> Int64s(string name) => Get(name) switch
    {
        null => [],
        IntegersValue v => v.Values,
        FloatsValue { Values.Count: 0 } => [],
        var v => throw Wrong(name, "a list of integers", v),
    };

    public EquatableArray<float> Floats(string name) => Get(name) switch
    {
        null => [],
        FloatsValue v => v.Values,
        IntegersValue v => [.. v.Values.Select(x => (float)x)],
        var v => throw Wrong(name, "a list of floats", v),
    };

    public EquatableArray<string> Texts(string name) => Get(name) switch
    {
        null => [],
        TextsValue v => v.Values,
        var v => throw Wrong(name, "a list of strings", v),
    };

    public Tensor? Tensor(string name) => Get(name) switch
    {
        null => null,
        TensorValue v => v.Value,
        var v => throw Wrong(name, "a tensor", v),
    };

    private AttributeValue? Get(string name)
    {
        read.Add(name);
        return values.GetValueOrDefault(name);
    }

    // ONNX writes "to the end" as INT64_MAX and its negative; those saturate, as nothing has that many elements.
    private static int Narrow(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static OperatorException Wrong(string name, string wanted, AttributeValue value) =>
        OperatorException.Invalid($"Attribute {name} should be {wanted}, not {value.GetType().Name}. Export the model again.");
}
