using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edgec.Import;
using Edgec.Runtime;

namespace Edgec.Quantize.Calibration;

/// <summary>A calibration file as JSON lays it out.</summary>
/// <param name="Format">Version of the layout.</param>
internal sealed record CalibrationDocument(
    int Format, string? Model, string? Data, int Samples, string? Calibrator, bool ClipOutliers, bool Equalized, ImmutableArray<RangeEntry> Values, ImmutableArray<SampleEntry> Sample)
{
    public const int CurrentFormat = 1;

    public static CalibrationDocument Of(CalibrationResult result) => new(
        CurrentFormat, result.Model, result.Data, result.Samples, result.Calibrator, result.ClipOutliers, result.Equalized,
        [.. result.Values.Select(RangeEntry.Of)], [.. result.Sample.Select(pair => SampleEntry.Of(pair.Key, pair.Value))]);

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, CalibrationJson.Default.CalibrationDocument), (byte)'\n'];

    /// <exception cref="JsonException">The bytes are no such document.</exception>
    public static CalibrationDocument FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, CalibrationJson.Default.CalibrationDocument) ?? throw new JsonException("it is empty");

    /// <exception cref="FormatException">Something in it makes no sense.</exception>
    public CalibrationResult ToResult()
    {
        if (Format != CurrentFormat)
            throw new FormatException($"its format is {Format}, and this version reads {CurrentFormat}");
        if (Values.IsDefault || Samples < 1 || Values.Any(value => value is null) || !Sample.IsDefault && Sample.Any(entry => entry is null))
            throw new FormatException("there are no values or no samples in it");
        if (Values.GroupBy(value => value.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException($"value {twice.Key} is in it twice");
        var sample = ImmutableSortedDictionary.CreateBuilder<string, Tensor>(StringComparer.Ordinal);
        foreach (SampleEntry entry in Sample.IsDefault ? [] : Sample)
            sample[entry.Name ?? throw new FormatException("an input has no name")] = entry.ToTensor();
        return new(Model ?? "", Data, Samples, Calibrator ?? "", ClipOutliers, Equalized, [.. Values.Select(value => value.ToValue())], sample.ToImmutable());
    }
}

/// <summary>A value's range; <c>low16</c> and <c>high16</c>, for 16 bits, where they are others.</summary>
internal sealed record RangeEntry(string? Name, float Low, float High, float? Low16, float? High16, SeenEntry? Seen)
{
    public static RangeEntry Of(CalibratedValue value) => new(
        value.Name, value.Range.Lo, value.Range.Hi,
        value.WideRange == value.Range ? null : value.WideRange.Lo, value.WideRange == value.Range ? null : value.WideRange.Hi,
        value.Seen is { } seen ? SeenEntry.Of(seen) : null);

    public CalibratedValue ToValue()
    {
        ValueRange range = new(Low, High), wide = new(Low16 ?? Low, High16 ?? High);
        if (Name is null || !(range.IsFinite && range.Lo <= range.Hi && wide.IsFinite && wide.Lo <= wide.Hi))
            throw new FormatException($"the range of value {Name} is not finite, or its low end is above its high end");
        return new(Name, range, wide, Seen?.ToSummary());
    }
}

/// <param name="Histogram">The counts with spaces between them, on one line.</param>
internal sealed record SeenEntry(
    float Lowest, float Highest, long Count, long Zeros, double Mean, double Deviation, double OutlierRatio, double Kurtosis, double? ScaleRatio, string? Histogram)
{
    public static SeenEntry Of(ValueSummary seen) => new(
        seen.Lowest, seen.Highest, seen.Count, seen.Zeros, seen.Mean, seen.Deviation, seen.OutlierRatio, seen.Kurtosis, seen.ScaleRatio, string.Join(' ', seen.Histogram));

    public ValueSummary ToSummary()
    {
        long[] counts = [.. (Histogram ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(count => long.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture))];
        if (counts.Length != ValueSummary.Bars || !(float.IsFinite(Lowest) && float.IsFinite(Highest)))
            throw new FormatException($"a histogram has {counts.Length} counts and should have {ValueSummary.Bars} between finite ends");
        return new(Lowest, Highest, Count, Zeros, Mean, Deviation, OutlierRatio, Kurtosis, ScaleRatio, [.. counts]);
    }
}

/// <summary>An input of the first sample.</summary>
/// <param name="Bytes">Its little-endian bytes, deflated, in base 64.</param>
internal sealed record SampleEntry(string? Name, string? Element, ImmutableArray<int> Shape, string? Bytes)
{
    public static SampleEntry Of(string name, Tensor tensor)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(tensor.Bytes);
        return new(name, tensor.Element.Text(), [.. tensor.Shape], Convert.ToBase64String(packed.ToArray()));
    }

    public Tensor ToTensor()
    {
        ElementType element = Enum.GetValues<ElementType>().FirstOrDefault(e => e.Text() == Element);
        if (element.Text() != Element || Shape.IsDefault || BoundedShape.Of([.. Shape.Select(extent => (long)extent)], element) is not { } shape)
            throw new FormatException($"input {Name} has no element type, or its shape is negative or too large");
        using var packed = new MemoryStream(Convert.FromBase64String(Bytes ?? ""));
        using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
        // Grows with what there is, so that a shape alone takes no memory.
        using var bytes = new MemoryStream();
        long size = shape.ElementCount * element.SizeOf();
        var buffer = new byte[1 << 16];
        for (int read = inflate.Read(buffer); read > 0 && bytes.Length <= size; read = inflate.Read(buffer))
            bytes.Write(buffer, 0, read);
        return bytes.Length == size
            ? Tensor.FromBytes(element, shape, bytes.ToArray())
            : throw new FormatException($"input {Name} should have {size} bytes, and there are {bytes.Length}");
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CalibrationDocument))]
internal sealed partial class CalibrationJson : JsonSerializerContext;
