using Edgec.Kernels;
using Edgec.Plan.Hls;

namespace Edgec.Emit.Hls;

/// <summary>The engines' sizes and what the model leaves out, as src/config.h has them: an array of C++ has an element, so what is not there has size 1.</summary>
public sealed record HlsSizes
{
    public required int Group { get; init; }
    public required bool Pairs { get; init; }
    public required bool Singles { get; init; }
    public required int MacInterval { get; init; }
    public required int FinishInterval { get; init; }
    public required int MapInterval { get; init; }
    public required int RowInterval { get; init; }
    public required int ParameterBanks { get; init; }
    public required int LineWords { get; init; }
    public required int PixelWords { get; init; }
    public required bool Prefetch { get; init; }
    public required int WeightDepth { get; init; }
    public required int ParameterRows { get; init; }
    public required int Ranges { get; init; }
    public required int RowWords { get; init; }
    public required int MoveWords { get; init; }
    public required int AccumulatorBits { get; init; }
    public required int WeightBits { get; init; }
    public required int MultiplierBits { get; init; }
    public required int Rounding { get; init; }
    public required int SamplePorts { get; init; }
    public required int SampleBits { get; init; }
    public required int SampleBanks { get; init; }
    public required int SampleBankWords { get; init; }
    public required int Places { get; init; }
    public required bool Samples { get; init; }
    public required bool Fractions { get; init; }
    public required bool Masks { get; init; }
    public required int ResampleWords { get; init; }
    public required int ResampleColumns { get; init; }
    public required int ResampleRows { get; init; }
    public required bool Resamples { get; init; }
    public required int NormQueue { get; init; }
    public required int NormChannelWords { get; init; }
    public required int NormGroupWords { get; init; }
    public required bool NormGroups { get; init; }
    public required bool Norms { get; init; }
    public required int QueueRows { get; init; }
    public required int Experts { get; init; }
    public required bool HasExperts { get; init; }
    public required int MixWords { get; init; }
    public required bool Mix { get; init; }
    public required int Selected { get; init; }
    public required bool Selects { get; init; }
    public required bool SelectsAcross { get; init; }
    public required bool Gathers { get; init; }
    public required bool Scatters { get; init; }
    public required int ScatterWords { get; init; }
    public required bool Elements { get; init; }
    public required bool Convolutions { get; init; }
    public required bool Products { get; init; }
    public required bool Maps { get; init; }
    public required bool Add { get; init; }
    public required bool Multiply { get; init; }
    public required bool Prelu { get; init; }
    public required bool Rows { get; init; }
    public required bool Softmax { get; init; }
    public required bool Moves { get; init; }
    public required long MostRows { get; init; }
    public required long MostWords { get; init; }
    public required long MostSteps { get; init; }
    public required bool Staged { get; init; }
    public required int StageLineWords { get; init; }
    public required int StageDepth { get; init; }
    public required int StageParameterRows { get; init; }
    public required int StageParameterBanks { get; init; }
    public required int StageFinishInterval { get; init; }

    public static HlsSizes Of(HlsPlan plan)
    {
        EngineConfiguration c = plan.Configuration;
        LaneStage stage = c.Stage ?? LaneStage.None;
        long mostWords = plan.Model.Values.Select(MemoryMap.WordsOf).DefaultIfEmpty(1).Max();
        long mostRows = plan.Model.Values.Select(v => Storage.Rows(v.Type.Shape)).DefaultIfEmpty(1).Max();
        long mostSteps = plan.Convolutions.Select(x => (long)x.RowSteps)
            .Concat(plan.Commands.OfType<ResampleCommand>().Select(x => (long)x.ColumnRecords * x.Words * x.Layout.RowTaps))
            .Concat(plan.Commands.OfType<AttentionCommand>().Select(x => x.Shape.Geometry.Batch * x.Schedule.Steps * Math.Max(x.Shape.Words, x.ValueWords))).DefaultIfEmpty(1).Max();
        return new()
        {
            Group = c.Group,
            Pairs = c.Pairs,
            Singles = c.Singles,
            MacInterval = c.MacInterval,
            FinishInterval = c.FinishInterval,
            MapInterval = c.MapInterval,
            RowInterval = c.RowInterval,
            ParameterBanks = c.ParameterBanks,
            LineWords = c.LineWords,
            PixelWords = c.PixelWords,
            Prefetch = c.Prefetch,
            WeightDepth = c.WeightDepth,
            ParameterRows = c.ParameterRows,
            Ranges = c.Ranges,
            RowWords = c.RowWords,
            MoveWords = c.MoveWords,
            AccumulatorBits = c.AccumulatorBits,
            WeightBits = c.WeightBits,
            MultiplierBits = c.MultiplierBits,
            Rounding = (int)c.Rounding,
            SamplePorts = c.Deform.Ports,
            SampleBits = c.Deform.SampleBits,
            SampleBanks = c.Deform.Banks,
            SampleBankWords = c.Deform.BankWords,
            Places = c.Deform.Places,
            Samples = c.Deform.Any,
            Fractions = c.Deform.Fractions,
            Masks = c.Deform.Masks,
            ResampleWords = Math.Max(1, c.Resample.LineWords),
            ResampleColumns = Math.Max(1, c.Resample.Columns),
            ResampleRows = Math.Max(1, c.Resample.Rows),
            Resamples = c.Resample.Any,
            NormQueue = c.Norm.Queue,
            NormChannelWords = Math.Max(1, c.Norm.Channels),
            NormGroupWords = Math.Max(1, c.Norm.GroupWords),
            NormGroups = c.Norm.GroupWords > 0,
            Norms = c.Norm.Any,
            QueueRows = Math.Max(1, c.Experts.Rows),
            Experts = Math.Max(1, c.Experts.Experts),
            HasExperts = c.Experts.Any,
            MixWords = Math.Max(1, c.MixWords),
            Mix = c.MixWords > 0,
            Selected = Math.Max(1, c.Selection.Selected),
            Selects = c.Selection.Selected > 0,
            SelectsAcross = c.Selection.Across,
            Gathers = c.Selection.Gathers,
            Scatters = c.Selection.Scatters,
            ScatterWords = Math.Max(1, c.Selection.ScatterWords),
            Elements = c.Elements,
            Convolutions = c.Uses.Convolutions,
            Products = c.Uses.Products,
            Maps = c.Uses.Maps,
            Add = c.Uses.Add,
            Multiply = c.Uses.Multiply,
            Prelu = c.Uses.Prelu,
            Rows = c.Uses.Rows,
            Softmax = c.Uses.Softmax,
            Moves = c.Uses.Moves,
            MostRows = mostRows,
            MostWords = mostWords,
            MostSteps = mostSteps,
            Staged = c.Stage is not null,
            StageLineWords = stage.LineWords,
            StageDepth = stage.Depth,
            StageParameterRows = stage.ParameterRows,
            StageParameterBanks = stage.ParameterBanks,
            StageFinishInterval = stage.FinishInterval,
        };
    }
}
