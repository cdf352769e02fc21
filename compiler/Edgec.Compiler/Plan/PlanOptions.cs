namespace Edgec.Plan;

/// <summary>What a target asks of a plan.</summary>
/// <param name="Lanes">Elements to which rows are padded; 1 for dense tensors.</param>
/// <param name="Alignment">Bytes to which arena offsets are aligned.</param>
/// <param name="Ram">Bytes the arena may have; null for no limit.</param>
/// <param name="Panels">Whether weights of 8 and 4 bits lie as <see cref="WeightPanels"/>.</param>
/// <param name="Streams">What a layer reads is kept until the layer runs to which its results may go as a stream, see <see cref="LayerStream"/>.</param>
/// <param name="Bands">Whether steps may run band by band, see <see cref="BandChain"/>.</param>
public sealed record PlanOptions(int Lanes = 1, int Alignment = 64, long? Ram = null, bool Panels = false, bool Streams = false, bool Bands = false);
