using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Samples to calibrate and evaluate with, made one at a time, as often as asked, always the same.</summary>
public sealed class DataSet
{
    private readonly Func<int, IReadOnlyDictionary<string, Tensor>> sample;
    private readonly Annotations annotations;

    internal DataSet(int count, Func<int, IReadOnlyDictionary<string, Tensor>> sample, Annotations annotations) =>
        (Count, this.sample, this.annotations) = (count, sample, annotations);

    /// <summary>Number of samples, at least one.</summary>
    public int Count { get; }

    /// <summary>Whether there are <see cref="Boxes"/>.</summary>
    public bool HasBoxes => annotations.Boxes is not null;

    /// <summary>Opens data in one of these forms, told apart by what is there:
    /// an .npz file or a folder of .npy files with arrays named as the inputs, first axis the sample, already preprocessed;
    /// the same with an array <c>images</c>, u8 [N,H,W,C] or [N,C,H,W], and perhaps <c>mean</c> and <c>std</c>;
    /// a folder of pictures. Arrays may come with <c>labels</c> [N], <c>labels_OUTPUT</c> [N] and <c>boxes</c> [N,M,5],
    /// pictures with <c>labels.csv</c>. Samples stay in their files until they are asked for.</summary>
    /// <exception cref="DiagnosticException">There is nothing in it that would fill the inputs.</exception>
    public static DataSet Open(string path, IReadOnlyList<DataInput> inputs, DataOptions options, DiagnosticBag diagnostics)
    {
        if (Directory.Exists(path))
        {
            var folder = new NumpyFolder(path);
            return folder.Names.Count > 0
                ? ArrayData.Open(folder, inputs, options, diagnostics)
                : PictureFolder.Open(path, inputs, options, diagnostics);
        }

        if (File.Exists(path) && !path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
            throw DataError.At(path, "EC7012", "Data is an .npz file, a folder of .npy files or a folder of pictures. Convert it.");
        // Samples are read out of it as long as there is the data set.
        return ArrayData.Open(NumpyArchive.Open(path), inputs, options, diagnostics);
    }

    /// <summary>Random samples for want of data: floats of mean 0 and variance 1, small integers over their whole range,
    /// wide integers, which mostly index something, in range of what they index, 0 or 1 if that is not known. The same on every machine and with every .NET.</summary>
    public static DataSet Noise(IReadOnlyList<DataInput> inputs, int count, long seed) =>
        new(count, index => NoiseData.Sample(inputs, seed, index), Annotations.None);

    /// <summary>The model's inputs, each of the element type and shape the model declares.</summary>
    /// <exception cref="DiagnosticException">The sample's file turns out unreadable or of the wrong size.</exception>
    public IReadOnlyDictionary<string, Tensor> Sample(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return sample(index);
    }

    /// <summary>Whether <see cref="Label"/> knows the samples' classes at an output.</summary>
    public bool HasLabels(string output) => annotations.LabelsOf(output) is not null;

    /// <summary>The class a sample is of: what the data says of this output, else what it says of all; null if neither.</summary>
    public int? Label(int index, string output) => annotations.LabelsOf(output)?[index];

    /// <summary>f32 [M,5], rows of x0, y0, x1, y1, class in pixels of the input, padded with -1; null if there are none.</summary>
    public Tensor? Boxes(int index) => annotations.Boxes is { } boxes ? Batch.Take(boxes, index) : null;
}
