using System.Globalization;
using System.Text;

namespace Edgec.Plan.Hls;

/// <summary>An HLS plan as text: sizes, resources, then every layer with its commands.</summary>
public static class HlsPlanPrinter
{
    public static string Print(HlsPlan plan)
    {
        var text = new StringBuilder();
        CultureInfo invariant = CultureInfo.InvariantCulture;
        EngineConfiguration c = plan.Configuration;
        ResourceEstimate r = plan.Resources;
        text.Append(invariant, $"hls {plan.Model.Name} target={plan.Target.Name} words={plan.MemoryWords} image={plan.Image.Length / EngineConfiguration.Lanes}@{plan.Memory.Image}\n");
        text.Append(invariant, $"  array 16x{c.Group}{(c.Pairs ? " in pairs" : "")} every {c.MacInterval}, finish every {c.FinishInterval}, map every {c.MapInterval}, rows every {c.RowInterval}\n");
        text.Append(invariant, $"  line={c.LineWords} pixel={c.PixelWords} weights={c.WeightDepth} parameters={c.ParameterRows} ranges={c.Ranges} row={c.RowWords} move={c.MoveWords} acc={c.AccumulatorBits}b weight={c.WeightBits}b multiplier={c.MultiplierBits}b\n");
        if (c.Prefetch)
            text.Append(invariant, $"  prefetch, commands of up to {c.TileDepth} entries\n");
        if (c.Stage is { } stage)
            text.Append(invariant, $"  stage line={stage.LineWords} weights={stage.Depth} parameters={stage.ParameterRows} finish every {stage.FinishInterval}\n");
        if (c.Deform.Any)
            text.Append(invariant, $"  samples ports={c.Deform.Ports} banks={c.Deform.Banks}x{c.Deform.BankWords} places={c.Deform.Places} sample={c.Deform.SampleBits}b{(c.Deform.Fractions ? " between pixels" : "")}{(c.Deform.Masks ? " masked" : "")}\n");
        if (c.Norm.Any)
            text.Append(invariant, $"  norm held={c.Norm.Held} channels={c.Norm.Channels}{(c.Norm.GroupWords > 0 ? $" groups={c.Norm.GroupWords}" : "")}\n");
        if (c.Attention is { Any: true } a)
            text.Append(invariant, $"  attention slots={a.Slots} query={a.QueryWords} value={a.ValueWords} held={a.HeldKeyWords}+{a.HeldValueWords} scores every {a.ScoreInterval}, {a.Columns} deep{(a.BiasWords > 0 ? $", bias={a.BiasWords}" : "")}, sum={a.WeightedBits}b\n");
        if (c.Experts.Any)
            text.Append(invariant, $"  queues rows={c.Experts.Rows} experts={c.Experts.Experts}\n");
        if (c.Selection != SelectionSizes.None)
            text.Append(invariant, $"  selected={c.Selection.Selected}{(c.Selection.Gathers ? " gather" : "")}{(c.Selection.Scatters ? $" scatter={c.Selection.ScatterWords}" : "")}\n");
        text.Append(invariant, $"  dsp={r.Dsp} bram36={r.Bram36} uram={r.Uram} lut={r.Lut} ff={r.Ff} cycles={plan.Cycles}\n");
        foreach (HlsLayer layer in plan.Layers)
        {
            text.Append(invariant, $"  layer {layer.Step.Index} {layer.Step.Name} {layer.Kernel} cycles={layer.Cycles}{(layer.IsMemoryBound ? " memory-bound" : "")}{(layer.Loads is { } loads ? " " + loads : "")} ; {layer.Step.Origin}\n");
            for (int i = layer.FirstCommand; i < layer.FirstCommand + layer.Commands; i++)
                text.Append(invariant, $"    {plan.Commands[i].Engine} {plan.Commands[i].Initializer}\n");
        }

        return text.ToString();
    }
}
