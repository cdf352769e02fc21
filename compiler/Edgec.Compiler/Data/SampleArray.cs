using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>
/// An array whose first axis is the sample, read one sample at a time, so that it may be larger than memory. Several threads
/// may ask for samples.
/// </summary>
internal sealed class SampleArray
{
    private readonly Stream stream;
    private readonly Lock gate;
    private readonly long start;
    private readonly string where;

    private SampleArray(NumpyHeader header, Stream stream, Lock gate, long start, string where)
    {
        (Element, Shape, this.stream, this.gate, this.start, this.where) = (header.Element, header.Shape, stream, gate, start, where);
    }

    public ElementType Element { get; }

    /// <summary>Of all samples together.</summary>
    public Shape Shape { get; }

    /// <summary>The shape of one sample.</summary>
    public Shape SampleShape => Shape.Create(Shape.AsSpan()[1..]);

    /// <summary>Reads the head of a .npy file. Data in Fortran order, where samples are scattered, is read as a whole.</summary>
    /// <param name="stream">At the file's begin; can seek.</param>
    /// <param name="length">Bytes of the file. The array must fill them.</param>
    /// <param name="gate">Held while the stream is used.</param>
    /// <param name="where">Names the array in diagnostics.</param>
    public static SampleArray Open(Stream stream, long length, Lock gate, string where)
    {
        NumpyHeader header = NumpyHeader.Read(stream, where, bySample: true);
        if (header.FortranOrder)
        {
            stream.Position = 0;
            Tensor whole = NumpyFile.Read(stream, length, where);
            return new(header, new MemoryStream(whole.Bytes.ToArray()), gate, 0, where);
        }

        NumpyFile.CheckLength(header, length, where);
        return new(header, stream, gate, header.Length, where);
    }

    /// <summary>One sample.</summary>
    public Tensor Take(int index) => DataError.Reading(where, () =>
    {
        var bytes = new byte[SampleShape.ElementCount * Element.SizeOf()];
        lock (gate)
        {
            stream.Position = start + (long)index * bytes.Length;
            stream.ReadExactly(bytes);
        }

        NumpyFile.Normalise(Element, bytes);
        return Tensor.FromBytes(Element, SampleShape, bytes);
    });

    /// <summary>For example <c>u8[2000,3,32,32]</c>.</summary>
    public override string ToString() => $"{Element.Text()}{Shape}";
}
