using System.Collections.Immutable;
using Edgec.Ops;

namespace Edgec.Ir.Text;

/// <summary>A line of the text form, read but not yet put into a graph.</summary>
internal abstract record TextLine;

/// <summary><c>graph @name level</c></summary>
internal sealed record GraphLine(string Name, string Level, string Rounding, string Computed) : TextLine;

/// <summary><c>weights "file"</c>: where <c>file(offset)</c> reads from.</summary>
internal sealed record WeightsLine(string File) : TextLine;

/// <summary><c>input %x : type</c></summary>
internal sealed record InputLine(ValueName Value, TensorType Type) : TextLine;

/// <summary><c>output %y</c></summary>
internal sealed record OutputLine(ValueName Value) : TextLine;

/// <summary><c>%y = op(%x, #w) {name=value} : type ; origin</c>. A null type is one that is not known.</summary>
internal sealed record NodeLine(
    ImmutableArray<ValueName> Outputs,
    string Op,
    ImmutableArray<ValueName> Inputs,
    ImmutableArray<(string Name, TextValueForm Value)> Attributes,
    ImmutableArray<TensorType?> Types,
    ImmutableArray<string> Origin) : TextLine;

/// <summary><c>const #w : type = data</c></summary>
internal sealed record ConstantLine(ValueName Value, TensorType Type, DataForm Data) : TextLine;

/// <summary>A name with its sigil: <c>%</c> for values, <c>#</c> for constants; <c>_</c> (an empty name) where there is none.</summary>
internal readonly record struct ValueName(char Sigil, string Name)
{
    public bool IsAbsent => Name.Length == 0;

    public bool IsConstant => Sigil == '#';
}

/// <summary>An attribute's value: whole, or a tensor whose data must still be made.</summary>
internal sealed record TextValueForm(AttributeValue? Value, TensorType? Type = null, DataForm? Data = null);

/// <summary>How the elements of a constant are written.</summary>
internal abstract record DataForm;

/// <summary><c>random(seed)</c></summary>
internal sealed record RandomForm(int Seed) : DataForm;

/// <summary><c>splat(value)</c></summary>
internal sealed record SplatForm(string Value) : DataForm;

/// <summary><c>[a, b, c]</c>, in row-major order</summary>
internal sealed record ListForm(ImmutableArray<string> Values) : DataForm;

/// <summary><c>file(offset)</c></summary>
internal sealed record FileForm(long Offset) : DataForm;
