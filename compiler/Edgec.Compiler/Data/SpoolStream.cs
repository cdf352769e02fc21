namespace Edgec.Data;

/// <summary>
/// A stream that can only be read forwards, as one that can seek: what has been read is kept, in memory if the whole is
/// small, else in a temporary file that nobody else sees. No more is read than was asked for.
/// </summary>
internal sealed class SpoolStream : Stream
{
    private const int MostInMemory = 64 << 20, Chunk = 1 << 20;

    private readonly Stream source, kept;
    private readonly long length;
    private readonly byte[] buffer = new byte[Chunk];
    private long position;

    /// <param name="source">Read from where it is, at most <paramref name="length"/> bytes.</param>
    /// <param name="mostInMemory">Up to so many bytes stay in memory.</param>
    public SpoolStream(Stream source, long length, int mostInMemory = MostInMemory)
    {
        (this.source, this.length) = (source, length);
        kept = length <= mostInMemory ? new MemoryStream((int)length) : TemporaryFile();
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => position = value;
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

    public override int Read(Span<byte> target)
    {
        Fetch(Math.Min(position + target.Length, length));
        kept.Position = Math.Min(position, kept.Length);
        int read = kept.Read(target);
        position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            kept.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fetch(long end)
    {
        kept.Position = kept.Length;
        while (kept.Length < end)
        {
            int read = source.Read(buffer, 0, (int)Math.Min(Chunk, length - kept.Length));
            if (read == 0)
                return;
            kept.Write(buffer, 0, read);
        }
    }

    private static FileStream TemporaryFile()
    {
        string path = Path.GetTempFileName();
        var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose);
        // Where an open file may be deleted it is gone however the program ends.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }
}
