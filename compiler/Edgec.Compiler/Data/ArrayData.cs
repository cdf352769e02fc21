using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Samples out of arrays: the inputs themselves, or pictures to make them of.</summary>
internal static class ArrayData
{
    private const string Pictures = "images";

    public static DataSet Open(IArraySource source, IReadOnlyList<DataInput> inputs, DataOptions options, DiagnosticBag diagnostics)
    {
        if (inputs.Count == 0)
            throw DataError.At(source.Path, "EC7020", "The model has no inputs, so there is nothing to fill. Leave the data out.");
        bool hasPictures = source.Names.Contains(Pictures);
        if (inputs.All(input => source.Names.Contains(input.Name)) && !(hasPictures && inputs is [{ Name: Pictures }]))
            return Named(source, inputs, inputs.ToDictionary(input => input.Name, input => source.OpenSamples(input.Name)), options, diagnostics);
        if (!hasPictures && !inputs.Any(input => source.Names.Contains(input.Name)) && source.Names.Where(name => !Annotations.Names(name)).ToArray() is var others && others.Length == inputs.Count)
        {
            diagnostics.Add(Diagnostic.Note("EC7032", source.Path, $"No arrays are called as the inputs, so {List(others)} go to {List(inputs.Select(input => input.Name))} in this order."));
            return Named(source, inputs, inputs.Index().ToDictionary(pair => pair.Item.Name, pair => source.OpenSamples(others[pair.Index])), options, diagnostics);
        }

        if (!hasPictures)
        {
            throw DataError.At(source.Path, "EC7020",
                $"The arrays are {List(source.Names)}, and the model's inputs {List(inputs.Select(input => input.Name))}. Name arrays as the inputs, or save u8 pictures as {Pictures}.");
        }

        // An input may be called images as well. Bytes for an input of floats are pictures still to be normalised.
        SampleArray images = source.OpenSamples(Pictures);
        return inputs is [{ Name: Pictures } only] && (images.Element != ElementType.U8 || only.Element == ElementType.U8)
            ? Named(source, inputs, new() { [Pictures] = images }, options, diagnostics)
            : OfPictures(source, images, PictureInput.Of(inputs, source.Path), options, diagnostics);
    }

    private static DataSet Named(
        IArraySource source, IReadOnlyList<DataInput> inputs, Dictionary<string, SampleArray> arrays, DataOptions options, DiagnosticBag diagnostics)
    {
        foreach (DataInput input in inputs)
            Check(source.Path, input, arrays[input.Name]);
        int count = arrays[inputs[0].Name].Shape[0];
        foreach (DataInput input in inputs)
        {
            if (arrays[input.Name].Shape[0] != count)
                throw DataError.At(source.Path, "EC7022", $"Array {inputs[0].Name} has {count} samples and {input.Name} has {arrays[input.Name].Shape[0]}. Give both the same number.");
        }

        if (options != DataOptions.None)
            diagnostics.Add(Diagnostic.Warning("EC7031", source.Path, "Arrays named as the inputs are taken as they are: --mean, --std, --resize and --crop do nothing."));
        return new(count, Sample, Annotations.Read(source, inputs, count));

        IReadOnlyDictionary<string, Tensor> Sample(int index) => inputs.ToDictionary(input => input.Name, input =>
            ElementConversion.Convert(arrays[input.Name].Take(index), input.Element)?.Reshape(input.Shape)
            ?? throw DataError.At(source.Path, "EC7023", $"Sample {index} of array {input.Name} has values that {input.Element.Text()} cannot hold. Save it as {input.Element.Text()}."));
    }

    private static void Check(string path, DataInput input, SampleArray array)
    {
        bool shaped = array.Shape.Rank > 0 && (array.SampleShape == input.Shape || WithoutBatch(input.Shape) is { } one && array.SampleShape == one);
        if (!shaped)
        {
            string wanted = string.Join(',', ["N", .. WithoutBatch(input.Shape) ?? input.Shape]);
            throw DataError.At(path, "EC7021", $"Array {input.Name} is {array}, and the model's input {input} asks for [{wanted}]. Reshape or transpose the array.");
        }

        if (array.Shape[0] == 0)
            throw DataError.At(path, "EC7029", $"Array {input.Name} is {array}: there are no samples in it.");
        if (array.Element.IsFloat() && !input.Element.IsFloat())
            throw DataError.At(path, "EC7023", $"Array {input.Name} is {array}, and the model's input {input} asks for integers. Save it as {input.Element.Text()}.");
    }

    /// <summary>The shape of a sample without the batch axis of 1, null if there is none.</summary>
    private static Shape? WithoutBatch(Shape input) => input.Rank > 0 && input[0] == 1 ? Shape.Create(input.AsSpan()[1..]) : null;

    private static DataSet OfPictures(IArraySource source, SampleArray images, PictureInput input, DataOptions options, DiagnosticBag diagnostics)
    {
        if (images.Element != ElementType.U8)
            throw DataError.At(source.Path, "EC7023", $"Array {Pictures} is {images}; pictures are u8. Name an array of preprocessed samples {input.Name}.");
        if (images.Shape is [0, ..])
            throw DataError.At(source.Path, "EC7029", $"Array {Pictures} is {images}: there are no samples in it.");
        bool channelsFirst = Layout(source.Path, images.Shape, input);
        int count = images.Shape[0];
        Annotations annotations = Annotations.Read(source, [], count);
        if (annotations.Boxes is not null && (options.Resize ?? options.Crop) is not null)
            throw DataError.At(source.Path, "EC7025", "Boxes are in pixels of the pictures as they are. Leave --resize and --crop out.");

        PictureScale scale = PictureScale.Of(input, source.Path, options, diagnostics, ReadScale(source, "mean"), ReadScale(source, "std"));
        return new(count, index => input.Fill(Cut(index), options, scale, $"{source.Path}({Pictures}[{index}])"), annotations);

        Picture Cut(int index)
        {
            Tensor sample = images.Take(index);
            if (sample.Shape.Rank == 2)
                sample = sample.Reshape([.. sample.Shape, 1]);
            else if (channelsFirst)
                sample = sample.Transpose([1, 2, 0]);
            return new(sample.Shape[0], sample.Shape[1], sample.Shape[2], sample.Bytes.ToArray());
        }
    }

    /// <summary>Whether the channels come first, told by the axis of 3 or 1; where both are, by the model's input.</summary>
    private static bool Layout(string path, Shape shape, PictureInput input) => shape switch
    {
        [_, _, _] when input.Channels == 1 => false,
        [_, var c, var h, var w] when c == input.Channels && (w is not (1 or 3) || (h, w) == (input.Height, input.Width)) => true,
        [_, _, _, var c] when c == input.Channels => false,
        _ => throw DataError.At(path, "EC7021", $"Array {Pictures} is u8{shape}, and the model's input {input.Name} has {input.Channels} channels. Save it as [N,H,W,{input.Channels}]."),
    };

    private static double[]? ReadScale(IArraySource source, string name)
    {
        if (!source.Names.Contains(name))
            return null;
        Tensor array = source.Read(name);
        return [.. Enumerable.Range(0, array.Count).Select(array.Number)];
    }

    /// <summary>At most ten names.</summary>
    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(10)) + (all.Length > 10 ? ", …" : "");
    }
}
