using System.Collections.Immutable;
using Edgec.Diagnostics;

namespace Edgec.Passes;

/// <summary>Options of passes that already stand in a pipeline: <c>pass.option=value</c>.</summary>
public static class PassSettings
{
    /// <summary>The pipelines with every pass of the name made anew with the options given for it.</summary>
    /// <param name="settings">May be default.</param>
    public static ImmutableArray<Pipeline> Apply(ImmutableArray<Pipeline> pipelines, ImmutableArray<string> settings, DiagnosticBag diagnostics)
    {
        if (settings.IsDefaultOrEmpty)
            return pipelines;
        string[] known = [.. pipelines.SelectMany(pipeline => pipeline.Passes).Select(pass => pass.Name).Distinct()];
        var options = new Dictionary<string, List<string>>();
        foreach (string setting in settings)
        {
            int dot = setting.IndexOf('.', StringComparison.Ordinal), equals = setting.IndexOf('=', StringComparison.Ordinal);
            string name = dot > 0 ? setting[..dot] : setting;
            if (dot <= 0 || equals < dot || !known.Contains(name))
            {
                diagnostics.Add(Diagnostic.Error(
                    "EC7206", "", $"--set {setting} names no option of a pass that runs.{Nearest.Hint(name, known)} Write PASS.OPTION=VALUE with one of {string.Join(", ", known)}.", exitCode: 2));
                continue;
            }

            (options.TryGetValue(name, out List<string>? list) ? list : options[name] = []).Add(setting[(dot + 1)..]);
        }

        diagnostics.ThrowIfErrors();
        return [.. pipelines.Select(pipeline => Pipeline.Create(pipeline.From, [.. pipeline.Passes.Select(Set)]))];

        Pass Set(Pass pass) => options.TryGetValue(pass.Name, out List<string>? own) ? Remake(pass, own, diagnostics) : pass;
    }

    private static Pass Remake(Pass pass, List<string> options, DiagnosticBag diagnostics)
    {
        ImmutableArray<Pass>? made = PassList.Parse($"{pass.Name}{{{string.Join(',', options)}}}", PassTable.All, diagnostics);
        diagnostics.ThrowIfErrors();
        return made!.Value[0];
    }
}
