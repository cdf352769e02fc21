using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>One array as numpy.save writes it.</summary>
public static class NumpyFile
{
    /// <summary>Reads a .npy file of version 1 to 3, little-endian, in C or Fortran order.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It is absent, unreadable, damaged or of a type without a counterpart.</exception>
    public static Tensor Read(string path) => DataError.Reading(path, () =>
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, stream.Length, path);
    });

    public static void Write(Stream stream, Tensor tensor)
    {
        // numpy has no bfloat16; single precision holds all its values.
        if (tensor.Element == ElementType.BF16)
            tensor = tensor.ToF32();
        stream.Write(NumpyHeader.Write(tensor.Element, tensor.Shape));
        stream.Write(tensor.Bytes);
    }

    /// <param name="length">Bytes from the stream's position to its end. The array must fill them.</param>
    /// <param name="where">Names the array in diagnostics.</param>
    internal static Tensor Read(Stream stream, long length, string where)
    {
        NumpyHeader header = NumpyHeader.Read(stream, where);
        CheckLength(header, length, where);
        var bytes = new byte[header.Shape.ElementCount * header.Element.SizeOf()];
        stream.ReadExactly(bytes);
        Normalise(header.Element, bytes);
        if (!header.FortranOrder)
            return Tensor.FromBytes(header.Element, header.Shape, bytes);
        int[] reversed = [.. Enumerable.Range(0, header.Shape.Rank).Reverse()];
        return Tensor.FromBytes(header.Element, header.Shape.Permute(reversed), bytes).Transpose(reversed);
    }

    /// <param name="length">Bytes of the file.</param>
    internal static void CheckLength(NumpyHeader header, long length, string where)
    {
        decimal size = (decimal)header.Shape.ElementCount * header.Element.SizeOf();
        if (length - header.Length != size)
            throw DataError.At(where, "EC7013", $"An array {header.Element.Text()}{header.Shape} has {size} bytes, and there are {length - header.Length}. Save it again.");
    }

    /// <summary>True is 1, whatever the file says.</summary>
    internal static void Normalise(ElementType element, Span<byte> bytes)
    {
        if (element != ElementType.Bool)
            return;
        foreach (ref byte value in bytes)
            value = Math.Min(value, (byte)1);
    }
}
