using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>The one input of a model that takes pictures.</summary>
internal sealed record PictureInput(string Name, ElementType Element, Shape Shape, int Channels, int Height, int Width, bool ChannelsFirst)
{
    /// <exception cref="Diagnostics.DiagnosticException">The model has more inputs, or this one has not the shape of a picture.</exception>
    public static PictureInput Of(IReadOnlyList<DataInput> inputs, string path)
    {
        if (inputs is not [{ Element: ElementType.F32 or ElementType.U8 } input])
            throw DataError.At(path, "EC7020", $"Pictures fill one input of f32 or u8; the model has {string.Join(", ", inputs)}. Save arrays named as the inputs.");
        return input.Shape switch
        {
            [1, 1 or 3, var h, var w] => new(input.Name, input.Element, input.Shape, input.Shape[1], h, w, true),
            [1, var h, var w, 1 or 3] => new(input.Name, input.Element, input.Shape, input.Shape[3], h, w, false),
            _ => throw DataError.At(path, "EC7021", $"Pictures do not fit the model's input {input}: it is not one of [1,C,H,W] or [1,H,W,C] with 1 or 3 channels. Save arrays named as the inputs."),
        };
    }

    /// <summary>Makes the input out of a picture.</summary>
    /// <param name="where">Names the picture in diagnostics.</param>
    public IReadOnlyDictionary<string, Tensor> Fill(Picture picture, DataOptions options, PictureScale scale, string where)
    {
        string original = $"{picture.Height}x{picture.Width}";
        if (options.Resize is { } size)
            picture = picture.Resize(size) ?? throw DataError.At(where, "EC7027", $"The picture is {original} and becomes too large when resized to {size}. Leave it out.");
        if (options.Crop is { } crop)
            picture = picture.Crop(crop) ?? throw DataError.At(where, "EC7027", $"The picture is {original} and cannot be cropped to {crop}. Resize it first, with --resize.");
        if ((picture.Height, picture.Width) != (Height, Width))
        {
            string got = $"{picture.Height}x{picture.Width}" is var now && now == original ? now : $"{original}, made {now},";
            throw DataError.At(where, "EC7027", $"The picture is {got} and the model's input {Name} {Height}x{Width}. Use --resize {Height}x{Width}, or --resize and --crop.");
        }

        Tensor pixels = Tensor.Of<byte>([picture.Height, picture.Width, Channels], picture.Pixels);
        if (ChannelsFirst)
            pixels = pixels.Transpose([2, 0, 1]);
        return new Dictionary<string, Tensor> { [Name] = (Element == ElementType.U8 ? pixels : Normalise(pixels, scale)).Reshape(Shape) };
    }

    private Tensor Normalise(Tensor pixels, PictureScale scale)
    {
        Tensor values = Tensor.Zeros(ElementType.F32, pixels.Shape);
        ReadOnlySpan<byte> source = pixels.Bytes;
        Span<float> target = values.Span<float>();
        int plane = Height * Width;
        for (int channel = 0; channel < Channels; channel++)
        {
            ReadOnlySpan<float> table = scale[channel];
            (int start, int step) = ChannelsFirst ? (channel * plane, 1) : (channel, Channels);
            for (int i = 0; i < plane; i++)
                target[start + i * step] = table[source[start + i * step]];
        }

        return values;
    }
}
