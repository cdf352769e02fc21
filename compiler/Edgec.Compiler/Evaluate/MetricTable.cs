using System.Collections.Immutable;

namespace Edgec.Evaluate;

/// <summary>All metrics.</summary>
public static class MetricTable
{
    public static ImmutableArray<IMetric> All { get; } = [new Top1(), new Ap50(), new Sqnr()];

    /// <summary>Their names, as an error message or a help text lists them.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(metric => metric.Name));

    public static IMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
