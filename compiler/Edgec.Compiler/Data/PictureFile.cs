using StbImageSharp;

namespace Edgec.Data;

/// <summary>Decodes picture files: JPEG, PNG, BMP, GIF (its first frame), TGA, PSD. Rotation notes are not followed.</summary>
internal static class PictureFile
{
    private const long MaxFileBytes = 256L << 20, MaxPixels = 64L << 20;

    /// <param name="channels">3 for red, green, blue; 1 for grey.</param>
    public static Picture Read(string path, int channels)
    {
        byte[] bytes = DataError.Reading(path, () => new FileInfo(path).Length <= MaxFileBytes
            ? File.ReadAllBytes(path)
            : throw DataError.At(path, "EC7026", $"The picture has more than {MaxFileBytes >> 20} MiB. Make it smaller."));
        ImageResult image;
        try
        {
            if (ImageInfo.FromStream(new WholeStream(bytes)) is not { } info)
                throw DataError.At(path, "EC7026", "This is no picture of a known kind. Convert it to PNG or JPEG.");
            if ((long)info.Width * info.Height is <= 0 or > MaxPixels)
                throw DataError.At(path, "EC7026", $"The picture has {info.Height}x{info.Width} pixels. Make it smaller.");
            image = ImageResult.FromStream(new WholeStream(bytes), channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
        }
        catch (Exception e) when (e is not (Diagnostics.DiagnosticException or OutOfMemoryException))
        {
            // The decoder throws what its bytes make it throw.
            throw DataError.At(path, "EC7026", $"The picture is damaged ({e.Message}). Replace it.");
        }

        return new(image.Height, image.Width, channels, image.Data);
    }

    /// <summary>Stops the decoder at the end of a picture that is cut short; it would go on with zeros, or look for a
    /// mark that never comes.</summary>
    private sealed class WholeStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int ReadByte() => base.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException();

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is var read && read == count ? read : throw new EndOfStreamException();

        public override int Read(Span<byte> buffer) =>
            base.Read(buffer) is var read && read == buffer.Length ? read : throw new EndOfStreamException();
    }
}
