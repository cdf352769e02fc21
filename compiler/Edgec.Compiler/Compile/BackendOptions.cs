using Edgec.Ir;
using Edgec.Plan.Hls;
using Edgec.Targets;

namespace Edgec.Compile;

/// <summary>What a user may decide about how a plan is written for its target.</summary>
/// <param name="Dialect">Of the directives in HLS C++.</param>
/// <param name="SingleFile">C as one file that includes none of ours.</param>
/// <param name="Memories">Memories of a processor that its target does not know, for estimates.</param>
public sealed record BackendOptions(
    HlsDialect Dialect = HlsDialect.Vitis, bool SingleFile = false, EquatableArray<MemoryLevel> Memories = default)
{
    public static readonly BackendOptions Usual = new();
}
