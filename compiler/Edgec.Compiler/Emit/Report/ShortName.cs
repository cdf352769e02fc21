namespace Edgec.Emit.Report;

/// <summary>Names of exported models in little room: they begin alike and end in what tells them apart.</summary>
internal static class ShortName
{
    private const string Ending = "_output_0";

    /// <summary>Without the marks exporters put around every name, and no longer than <paramref name="longest"/>: the end is kept.</summary>
    public static string Of(string name, int longest = int.MaxValue)
    {
        string core = name.TrimStart('/');
        if (core.Length > Ending.Length && core.EndsWith(Ending, StringComparison.Ordinal))
            core = core[..^Ending.Length];
        return core.Length <= longest ? core : $"…{core[^Math.Max(1, longest - 1)..].TrimStart('.', '/', '_')}";
    }
}
