using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The value of an attribute, as an ONNX file or the text form of a graph holds it.</summary>
public abstract record AttributeValue
{
    public static implicit operator AttributeValue(long value) => new IntegerValue(value);

    public static implicit operator AttributeValue(bool value) => new IntegerValue(value ? 1 : 0);

    public static implicit operator AttributeValue(float value) => new FloatValue(value);

    public static implicit operator AttributeValue(string value) => new TextValue(value);

    public static implicit operator AttributeValue(EquatableArray<int> values) =>
        new IntegersValue([.. values.Select(v => (long)v)]);

    public static implicit operator AttributeValue(EquatableArray<long> values) => new IntegersValue(values);
}

public sealed record IntegerValue(long Value) : AttributeValue;

public sealed record FloatValue(float Value) : AttributeValue;

public sealed record TextValue(string Value) : AttributeValue;

public sealed record IntegersValue(EquatableArray<long> Values) : AttributeValue;

public sealed record FloatsValue(EquatableArray<float> Values) : AttributeValue;

public sealed record TextsValue(EquatableArray<string> Values) : AttributeValue;

public sealed record TensorValue(Tensor Value) : AttributeValue;
