using Edgec.Plan.Hls;

namespace Edgec.Emit.Hls;

/// <summary>What the templates of src/config.h, the build files and the host driver see.</summary>
/// <param name="Tasks">Outputs a caller can ask for; 0 where a run computes all.</param>
/// <param name="LayerTasks">A bit for each output that needs a layer.</param>
public sealed record HlsTemplate(
    string Model,
    string Target,
    string Part,
    string Clock,
    string Dialect,
    string Milliseconds,
    HlsSizes Sizes,
    HlsAttention Attention,
    HlsTensor[] Inputs,
    HlsTensor[] Outputs,
    HlsTensor[] Results,
    string[] Sources,
    string[] VectorFiles,
    int Vectors,
    int Layers,
    int Commands,
    long MemoryWords,
    long ImageAddress,
    long ImageBytes,
    int Tasks,
    string[] LayerTasks);

/// <summary>Sizes of the attention engine; at least 1 each, for an array of C++ has an element.</summary>
public sealed record HlsAttention(
    bool Any, int Slots, int QueryWords, int ValueWords, int HeldKeyWords, int HeldValueWords, int KeyInner, int WeightedBits, int BiasWords, bool Biases, bool KeyColumns, int ScoreInterval, int ScoreQueue, int QueryQueue)
{
    public static HlsAttention Of(AttentionSizes sizes) => new(
        sizes.Any, Math.Max(1, sizes.Slots), Math.Max(1, sizes.QueryWords), Math.Max(1, sizes.ValueWords), Math.Max(1, sizes.HeldKeyWords), Math.Max(1, sizes.HeldValueWords),
        Math.Max(1, sizes.QueryWords) * EngineConfiguration.Lanes, Math.Max(1, sizes.WeightedBits), Math.Max(1, sizes.BiasWords), sizes.BiasWords > 0, sizes.ColumnInner > 0, sizes.ScoreInterval, sizes.Columns + 2, Math.Max(2, sizes.QueryQueue));
}

/// <summary>A tensor in the accelerator's memory.</summary>
/// <param name="Address">Word address.</param>
/// <param name="Rows">Storage rows.</param>
/// <param name="Row">Bytes of one.</param>
/// <param name="Pitch">Words of one.</param>
/// <param name="Shape">As Python writes a tuple.</param>
public sealed record HlsTensor(string Name, long Address, long Rows, int Row, int Pitch, string Shape);
