namespace Edgec.Data;

/// <summary>Bytes of red, green, blue or of grey, row by row.</summary>
/// <param name="Pixels">[Height, Width, Channels].</param>
internal sealed record Picture(int Height, int Width, int Channels, byte[] Pixels)
{
    /// <summary>No picture on the way to an input has more: a line of pixels resized by its shorter side would.</summary>
    private const long MaxBytes = 1L << 30;

    /// <summary>The middle part, null if the picture is smaller. An odd pixel is left at the bottom and right, or at the
    /// top and left when that makes the offset even, as torchvision's CenterCrop has it.</summary>
    public Picture? Crop(PictureSize size)
    {
        (int height, int width) = (size.Height, size.Width ?? size.Height);
        if (height > Height || width > Width)
            return null;
        int top = (int)Math.Round((Height - height) / 2.0, MidpointRounding.ToEven);
        int left = (int)Math.Round((Width - width) / 2.0, MidpointRounding.ToEven);
        var pixels = new byte[height * width * Channels];
        for (int y = 0; y < height; y++)
            Pixels.AsSpan(((top + y) * Width + left) * Channels, width * Channels).CopyTo(pixels.AsSpan(y * width * Channels));
        return new(height, width, Channels, pixels);
    }

    /// <summary>The picture in another size, every pixel a weighted mean of those it covers: a triangle filter, widened
    /// when the picture shrinks, in integers as Pillow's <c>BILINEAR</c> computes it. Null if it would be huge.</summary>
    public Picture? Resize(PictureSize size)
    {
        long side = size.Height;
        (long high, long wide) = size switch
        {
            { Width: { } given } => (side, (long)given),
            _ when Height <= Width => (side, side * Width / Height),
            _ => (side * Height / Width, side),
        };
        if (Math.Max(high, Height) * wide * Channels > MaxBytes)
            return null;
        (int height, int width) = ((int)high, (int)wide);
        Picture picture = width == Width ? this : new(Height, width, Channels, Filter(Pixels, Height, Width, width, Channels));
        return height == Height ? picture : new(height, width, Channels, Filter(picture.Pixels, 1, Height, height, width * Channels));
    }

    /// <summary>Resamples the middle axis of [outer, from, inner] to [outer, to, inner].</summary>
    private static byte[] Filter(byte[] source, int outer, int from, int to, int inner)
    {
        const int FractionBits = 22;
        var target = new byte[outer * to * inner];
        var sums = new int[inner];
        double scale = (double)from / to, reach = Math.Max(scale, 1);
        for (int t = 0; t < to; t++)
        {
            double center = (t + 0.5) * scale;
            int first = Math.Max(0, (int)(center - reach + 0.5)), end = Math.Min(from, (int)(center + reach + 0.5));
            double[] weights = [.. Enumerable.Range(first, end - first).Select(s => Math.Max(0, 1 - Math.Abs((s - center + 0.5) / reach)))];
            double total = weights.Sum();
            int[] fixedWeights = [.. weights.Select(weight => (int)(0.5 + weight / total * (1 << FractionBits)))];

            for (int o = 0; o < outer; o++)
            {
                Array.Fill(sums, 1 << (FractionBits - 1));
                for (int s = first; s < end; s++)
                {
                    ReadOnlySpan<byte> line = source.AsSpan((o * from + s) * inner, inner);
                    for (int i = 0; i < inner; i++)
                        sums[i] += fixedWeights[s - first] * line[i];
                }

                Span<byte> result = target.AsSpan((o * to + t) * inner, inner);
                for (int i = 0; i < inner; i++)
                    result[i] = (byte)Math.Min(255, sums[i] >> FractionBits);
            }
        }

        return target;
    }
}
