using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>What is known to be true of the samples.</summary>
/// <param name="Labels">Classes by array name: <c>labels</c>, or <c>labels_</c> and an output's name.</param>
/// <param name="Boxes">f32 [N,M,5], null if there are none.</param>
internal sealed record Annotations(IReadOnlyDictionary<string, int[]> Labels, Tensor? Boxes)
{
    public const string Common = "labels", Prefix = "labels_";

    private const string BoxArray = "boxes";

    public static readonly Annotations None = new(new Dictionary<string, int[]>(), null);

    public int[]? LabelsOf(string output) => Labels.GetValueOrDefault(Prefix + output) ?? Labels.GetValueOrDefault(Common);

    /// <summary>True for the name of an array that annotates.</summary>
    public static bool Names(string array) => array is Common or BoxArray || array.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads all arrays that annotate, but not those that are inputs.</summary>
    /// <param name="count">Number of samples, which the arrays must have too.</param>
    public static Annotations Read(IArraySource source, IReadOnlyList<DataInput> inputs, int count)
    {
        var labels = new Dictionary<string, int[]>();
        Tensor? boxes = null;
        foreach (string name in source.Names.Where(name => inputs.All(input => input.Name != name)))
        {
            if (name == Common || name.StartsWith(Prefix, StringComparison.Ordinal))
                labels.Add(name, ReadLabels(source, name, count));
            else if (name == BoxArray)
                boxes = ReadBoxes(source, count);
        }

        return new(labels, boxes);
    }

    private static int[] ReadLabels(IArraySource source, string name, int count)
    {
        Tensor array = source.Read(name);
        bool isList = array.Shape.Rank == 1 || array.Shape.Rank == 2 && array.Shape[1] == 1;
        if (!isList || array.Shape[0] != count || ElementConversion.Convert(array, ElementType.I32) is not { } classes)
            throw DataError.At(source.Path, "EC7025", $"Array {name} is {array} and should be one integer for each of the {count} samples.");
        return classes.Span<int>().ToArray();
    }

    private static Tensor ReadBoxes(IArraySource source, int count)
    {
        Tensor array = source.Read(BoxArray);
        return array.Shape is { Rank: 3 } shape && shape[0] == count && shape[2] == 5
            ? array.ToF32()
            : throw DataError.At(source.Path, "EC7025", $"Array {BoxArray} is {array} and should be [{count},M,5] of x0, y0, x1, y1, class.");
    }
}
