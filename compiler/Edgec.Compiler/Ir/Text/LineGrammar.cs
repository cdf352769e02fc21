using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Edgec.Ops;
using Edgec.Runtime;
using Sprache;

namespace Edgec.Ir.Text;

/// <summary>The grammar of one line of the text form. Every operation, type and constant stands on a line of its own.</summary>
internal static class LineGrammar
{
    private static readonly Parser<char> Blank = Parse.Chars(' ', '\t');

    private static readonly Parser<string> Bare =
        Parse.Char(IsBare, "a letter, a digit or one of _ . / : -").AtLeastOnce().Text();

    private static readonly Parser<char> Escaped =
        from slash in Parse.Char('\\')
        from c in Parse.Chars('"', '\\').Or(Parse.Char('n').Return('\n')).Or(
            from u in Parse.Char('u')
            from digits in Parse.Char(char.IsAsciiHexDigit, "a hexadecimal digit").Repeat(4).Text()
            select (char)int.Parse(digits, NumberStyles.HexNumber))
        select c;

    private static readonly Parser<string> Quoted =
        from open in Parse.Char('"')
        from text in Escaped.Or(Parse.CharExcept("\"\\")).Many().Text()
        from close in Parse.Char('"')
        select text;

    private static readonly Parser<string> Name = Lexeme(Quoted.Or(Bare));

    private static readonly Parser<ValueName> Absent = Lexeme(Parse.Char('_')).Return(new ValueName('%', ""));

    private static readonly Parser<ValueName> Value =
        (from sigil in Parse.Chars('%', '#')
         from name in Name
         select new ValueName(sigil, name)).Named("%value, #constant or _").Or(Absent);

    private static readonly Parser<string> Number = Lexeme(
        Parse.Char(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.', "a number").AtLeastOnce().Text());

    private static readonly Parser<int> Extent =
        from digits in Number
        from value in int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            ? Parse.Return(n)
            : Fail<int>($"{digits} is not an extent")
        select value;

    private static readonly Parser<Shape> Extents =
        from extents in Listed(Extent)
        from shape in extents.Aggregate((Int128)1, (product, e) => product * e) <= int.MaxValue && extents.Length <= 16
            ? Parse.Return(Shape.Create(extents.AsSpan()))
            : Fail<Shape>("the shape is too large")
        select shape;

    private static readonly Parser<ElementType> Element =
        from name in Parse.LetterOrDigit.AtLeastOnce().Text()
        from element in Enum.GetValues<ElementType>().Where(e => e.Text() == name).Select(Parse.Return)
            .FirstOrDefault(Fail<ElementType>($"{name} is not an element type"))
        select element;

    private static readonly Parser<ImmutableArray<string>> OneOrList =
        Listed(Number).Or(Number.Select(n => ImmutableArray.Create(n)));

    private static readonly Parser<GroupScales?> Groups =
        from size in Field("group", Extent)
        from multipliers in Field("multipliers", Listed(Extent))
        select new GroupScales(size, new(multipliers));

    private static readonly Parser<Quantization> Scales =
        from open in Symbol('<')
        from axis in Field("axis", Extent).Optional()
        from scale in Field("scale", OneOrList)
        from zero in Field("zero", OneOrList).Optional()
        from groups in Groups.Optional()
        from close in Symbol('>')
        from quantization in Quantization(axis.GetOrElse(-1), scale, zero.GetOrElse([]))
        select quantization with { Groups = groups.GetOrDefault() };

    private static readonly Parser<TensorType> Type =
        from element in Element
        from shape in Extents
        from quantization in Scales.Optional()
        select new TensorType(element, shape, quantization.GetOrDefault());

    private static readonly Parser<TensorType?> KnownType =
        Symbol('?').Return<char, TensorType?>(null).Or(Type);

    private static readonly Parser<DataForm> Data =
        Call("random", Extent).Select(DataForm (seed) => new RandomForm(seed))
        .Or(Call("splat", Number).Select(DataForm (value) => new SplatForm(value)))
        .Or(Call("file", Offset()).Select(DataForm (offset) => new FileForm(offset)))
        .Or(Listed(Number).Select(DataForm (values) => new ListForm(values)))
        .Named("random(seed), splat(value), file(offset) or [values]");

    private static readonly Parser<TextValueForm> AttributeTensor =
        from type in Type
        from sign in Symbol('=')
        from data in Data
        select new TextValueForm(null, type, data);

    private static readonly Parser<TextValueForm> Attribute =
        Lexeme(Quoted).Select(text => new TextValueForm(new TextValue(text)))
        .Or(Listed(Lexeme(Quoted)).Where(list => list.Length > 0).Select(texts => new TextValueForm(new TextsValue([.. texts]))))
        .Or(Listed(Number).SelectMany(Numbers, (_, value) => value))
        .Or(AttributeTensor)
        .Or(Number.SelectMany(token => Numbers([token]), (_, value) => Single(value)))
        .Named("a number, a text, a list or a tensor");

    private static readonly Parser<ImmutableArray<(string, TextValueForm)>> Attributes = AttributesOf(Attribute);

    private static readonly Parser<TextLine> Node =
        from outputs in Value.DelimitedBy(Symbol(','))
        from sign in Symbol('=')
        from op in Name
        from open in Symbol('(')
        from inputs in Value.DelimitedBy(Symbol(',')).Optional()
        from close in Symbol(')')
        from attributes in Attributes.Optional()
        from types in Symbol(':').Then(_ => KnownType.DelimitedBy(Symbol(','))).Optional()
        from origin in Symbol(';').Then(_ => Name.DelimitedBy(Symbol(','))).Optional()
        select new NodeLine(
            [.. outputs],
            op,
            [.. inputs.GetOrElse([])],
            attributes.GetOrElse([]),
            [.. types.GetOrElse([])],
            [.. origin.GetOrElse([])]);

    private static readonly Parser<TextLine> Constant =
        from keyword in Keyword("const")
        from value in Value
        from colon in Symbol(':')
        from type in Type
        from sign in Symbol('=')
        from data in Data
        select new ConstantLine(value, type, data);

    private static readonly Parser<TextLine> Input =
        from keyword in Keyword("input")
        from value in Value
        from colon in Symbol(':')
        from type in Type
        select new InputLine(value, type);

    private static readonly Parser<TextLine> Header =
        from keyword in Keyword("graph")
        from at in Parse.Char('@')
        from name in Name
        from level in Lexeme(Bare)
        from rounding in Field("rounding", Lexeme(Bare)).Optional()
        from tasks in Field("outputs", Lexeme(Bare)).Optional()
        select new GraphLine(name, level, rounding.GetOrElse("single"), tasks.GetOrElse("all"));

    private static readonly Parser<TextLine> Other =
        Keyword("output").Then(_ => Value).Select(TextLine (value) => new OutputLine(value))
        .Or(Keyword("weights").Then(_ => Lexeme(Quoted)).Select(TextLine (file) => new WeightsLine(file)));

    /// <summary>A whole line. The first word decides what it is, so that an error is reported where it stands.</summary>
    public static Parser<TextLine> For(string line)
    {
        string word = line.TrimStart().Split(' ', 2)[0];
        Parser<TextLine> parser = word switch
        {
            "graph" => Header,
            "input" => Input,
            "const" => Constant,
            "output" or "weights" => Other,
            _ => Node,
        };
        return from lead in Blank.Many() from parsed in parser from end in Parse.LineTerminator select parsed;
    }

    /// <summary>The options of a pass in braces: <c>{limit=64}</c>. As attributes of a node, but a word needs no quotes, which a shell takes away.</summary>
    public static readonly Parser<ImmutableArray<(string Name, TextValueForm Value)>> Options =
        AttributesOf(Attribute.Or(Lexeme(Bare).Select(word => new TextValueForm(new TextValue(word)))));

    /// <summary>A name without quotes.</summary>
    public static readonly Parser<string> Word = Lexeme(Bare);

    /// <summary>True if a name can stand without quotes.</summary>
    public static bool IsBare(string name) => name.Length > 0 && name != "_" && name.All(IsBare);

    private static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '-';

    private static Parser<T> Lexeme<T>(Parser<T> parser) =>
        from value in parser from blank in Blank.Many() select value;

    private static Parser<char> Symbol(char symbol) => Lexeme(Parse.Char(symbol));

    private static Parser<string> Keyword(string word) =>
        from text in Parse.String(word).Text() from blank in Blank.AtLeastOnce() select text;

    private static Parser<T> Call<T>(string name, Parser<T> argument) =>
        from text in Parse.String(name)
        from open in Symbol('(')
        from value in argument
        from close in Symbol(')')
        select value;

    private static Parser<T> Field<T>(string name, Parser<T> value) =>
        from text in Parse.String(name)
        from sign in Symbol('=')
        from result in value
        from comma in Symbol(',').Optional()
        select result;

    private static Parser<ImmutableArray<T>> Listed<T>(Parser<T> item) =>
        from open in Symbol('[')
        from items in item.DelimitedBy(Symbol(',')).Optional()
        from close in Symbol(']')
        select items.GetOrElse([]).ToImmutableArray();

    private static Parser<long> Offset() =>
        from digits in Number
        from value in long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long n) ? Parse.Return(n) : Fail<long>($"{digits} is not an offset")
        select value;

    private static Parser<Quantization> Quantization(int axis, ImmutableArray<string> scale, ImmutableArray<string> zero)
    {
        var scales = new double[scale.Length];
        var zeros = new int[scale.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            if (!double.TryParse(scale[i], NumberStyles.Float, CultureInfo.InvariantCulture, out scales[i]))
                return Fail<Quantization>($"{scale[i]} is not a scale");
        }

        if (zero.Length > 0 && zero.Length != scales.Length)
            return Fail<Quantization>($"{zero.Length} zero points for {scales.Length} scales");
        for (int i = 0; i < zero.Length; i++)
        {
            if (!int.TryParse(zero[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out zeros[i]))
                return Fail<Quantization>($"{zero[i]} is not a zero point");
        }

        return Parse.Return(new Quantization([.. scales], [.. zeros], axis));
    }

    private static Parser<ImmutableArray<(string, TextValueForm)>> AttributesOf(Parser<TextValueForm> form) =>
        from open in Symbol('{')
        from pairs in (from name in Lexeme(Bare)
                       from sign in Symbol('=')
                       from value in form
                       select (name, value)).DelimitedBy(Symbol(','))
        from close in Symbol('}')
        select pairs.ToImmutableArray();

    private static Parser<TextValueForm> Numbers(ImmutableArray<string> tokens)
    {
        if (tokens.All(t => long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            return Parse.Return(new TextValueForm(new IntegersValue([.. tokens.Select(t => long.Parse(t, CultureInfo.InvariantCulture))])));
        var values = new float[tokens.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!ConstantText.TryFloat(tokens[i], out values[i]))
                return Fail<TextValueForm>($"{tokens[i]} is not a number");
        }

        return Parse.Return(new TextValueForm(new FloatsValue([.. values])));
    }

    private static TextValueForm Single(TextValueForm list) => list.Value switch
    {
        IntegersValue v => new(new IntegerValue(v.Values[0])),
        FloatsValue v => new(new FloatValue(v.Values[0])),
        _ => list,
    };

    private static Parser<T> Fail<T>(string message) => input => Result.Failure<T>(input, message, []);

    /// <summary>A name as the grammar reads it back.</summary>
    public static string Quote(string name)
    {
        if (IsBare(name))
            return name;
        var text = new StringBuilder("\"");
        foreach (char c in name)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' => $"\\u{(int)c:x4}",
                _ when char.IsSurrogate(c) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
