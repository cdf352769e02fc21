using System.Collections.Immutable;
using Edgec.Ops;
using Sprache;

namespace Edgec.Ir.Text;

/// <summary>Names with options in braces, in the grammar of attributes: <c>fuse-pad,fold-constants{limit=64}</c>.</summary>
public static class OptionText
{
    private static readonly Parser<(string Name, ImmutableArray<(string Name, TextValueForm Value)> Options)> Item =
        from name in LineGrammar.Word
        from options in LineGrammar.Options.Optional()
        select (name, options.GetOrElse([]));

    /// <summary>The items, or null if the text is malformed, names an option twice or gives one a tensor.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyDictionary<string, AttributeValue> Options)>? Parse(string text)
    {
        if (text.Trim().Length == 0)
            return [];
        var list = from items in Item.DelimitedBy(Sprache.Parse.Char(',').Token()) from end in Sprache.Parse.LineTerminator select items;
        IResult<IEnumerable<(string Name, ImmutableArray<(string Name, TextValueForm Value)> Options)>> result = list.TryParse(text.Trim());
        if (!result.WasSuccessful)
            return null;
        var parsed = new List<(string, IReadOnlyDictionary<string, AttributeValue>)>();
        foreach ((string name, ImmutableArray<(string Name, TextValueForm Value)> options) in result.Value)
        {
            var values = new Dictionary<string, AttributeValue>();
            foreach ((string option, TextValueForm form) in options)
            {
                if (form.Value is null || !values.TryAdd(option, form.Value))
                    return null;
            }

            parsed.Add((name, values));
        }

        return parsed;
    }
}
