using System.Collections.Immutable;

namespace Edgec.Evaluate.Explore;

/// <summary>One design of a ladder: what it costs on the target, and how well it does.</summary>
/// <param name="Name">What was done last, with <c>+</c> where it stands on others.</param>
/// <param name="Passes">All that was done, as a user would type it behind <c>--passes</c>.</param>
/// <param name="Cycles">Of one inference, all layers.</param>
/// <param name="LadderCycles">Of the layers that the ladder is about.</param>
/// <param name="Samples">Where such layers find their samples on an FPGA: gather, banked or square, see <see cref="Plan.Hls.SampleAccess"/>; null for a processor.</param>
/// <param name="BufferBytes">The most that such a layer must have of its image at hand; of an FPGA's line buffer, what it holds.</param>
/// <param name="SampleProducts">Multiplications that make samples.</param>
/// <param name="Microjoules">Null where the target states no energy.</param>
/// <param name="Dsp">Of an FPGA; null for a processor.</param>
/// <param name="Accuracy">The metric for each precision that was asked for; empty without data.</param>
public sealed record Rung(
    string Name, string Passes, double Cycles, double LadderCycles, double Milliseconds, string? Samples, long BufferBytes, long DramBytes, long SampleProducts, double? Microjoules,
    int? Dsp, int? Bram36, ImmutableArray<(string Precision, Evaluation Result)> Accuracy);
