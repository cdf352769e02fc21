using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir.Text;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>Reads lists of passes as a user types them: <c>fuse-activation,fold-constants{limit=64}</c>.</summary>
public static class PassList
{
    /// <summary>The passes, or null after a diagnostic.</summary>
    /// <param name="known">All passes there are.</param>
    public static ImmutableArray<Pass>? Parse(string text, IReadOnlyList<PassDef> known, DiagnosticBag diagnostics)
    {
        if (OptionText.Parse(text) is not { } items)
        {
            Report("EC7203", $"'{text}' is not a list of passes. Write names with commas between them, options in braces: fold-constants{{limit=64}},eliminate-dead.");
            return null;
        }

        int errors = diagnostics.Items.Count;
        Pass?[] passes = [.. items.Select(item => Read(item.Name, item.Options))];
        return diagnostics.Items.Count == errors ? [.. passes.Select(pass => pass!)] : null;

        Pass? Read(string name, IReadOnlyDictionary<string, AttributeValue> options)
        {
            if (known.FirstOrDefault(def => def.Name == name) is not { } definition)
            {
                Report("EC7204", $"There is no pass {name}.{Nearest.Hint(name, known.Select(def => def.Name))} See edgec passes.");
                return null;
            }

            var reader = new AttributeReader(options, AttributeReader.Newest);
            try
            {
                Pass pass = definition.Read(reader);
                foreach (string unread in reader.Unread)
                    Report("EC7205", $"Pass {name} has no option {unread}. See edgec passes.");
                return pass;
            }
            catch (OperatorException fault)
            {
                Report("EC7205", $"Pass {name}: {fault.Message}");
                return null;
            }
        }

        void Report(string code, string message) => diagnostics.Add(Diagnostic.Error(code, "", message, exitCode: 2));
    }
}
