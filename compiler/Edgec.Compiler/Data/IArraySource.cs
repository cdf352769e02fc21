using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Arrays by name: an .npz file or a folder of .npy files.</summary>
internal interface IArraySource : IDisposable
{
    string Path { get; }

    /// <summary>In the order of the file, or of the alphabet.</summary>
    IReadOnlyList<string> Names { get; }

    Tensor Read(string name);

    /// <summary>Opens an array to read it by sample. The source must stay open as long.</summary>
    SampleArray OpenSamples(string name);
}
