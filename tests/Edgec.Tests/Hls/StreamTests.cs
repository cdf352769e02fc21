using System.Collections.Immutable;
using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;
using static Edgec.Tests.Hls.Draw;
using static Edgec.Tests.Hls.EngineTests;

namespace Edgec.Tests.Hls;

/// <summary>Layers whose results go to the next as a stream: equal to the reference bit for bit, each alone and all in one call.</summary>
public sealed class StreamTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void Windows_behind_the_array_are_exact()
    {
        var draw = new Draw(51);
        EngineCase[][] chains =
        [
            [draw.Convolution("pointwise", Geometry(9, 10, 20, 36, 1)), draw.Convolution("depthwise", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36))],
            [draw.Convolution("wide", Geometry(7, 6, 50, 130, 1)), draw.Convolution("strided", Geometry(7, 6, 130, 130, 3, stride: 2, pad: 1, groups: 130))],
            [draw.Matmul("rows", 1, 48, 33, 17), draw.Convolution("five", Geometry(6, 8, 17, 17, 5, pad: 2, groups: 17))],
            [draw.Convolution("batch", Geometry(5, 6, 20, 18, 1, batch: 3)), draw.Convolution("dilated", Geometry(5, 6, 18, 18, 3, pad: 2, groups: 18, dilation: 2, batch: 3))],
            [
                draw.Convolution("stem", Geometry(15, 17, 3, 18, 3, stride: 2, pad: 1)),
                draw.Window("maximum", new(WindowMode.Maximum, Geometry(8, 9, 18, 18, 3, stride: 2, pad: 1), null, null, new ClampFinish(-128, 127))),
            ],
            [draw.Convolution("grouped", Geometry(6, 6, 24, 40, 3, pad: 1, groups: 2)), draw.Average("average", Geometry(6, 6, 40, 40, 3, pad: 1), countPadding: false)],
        ];
        HlsPlan plan = Planned(chains);
        Assert.Equal(chains.Length, plan.Configuration.Stage!.Streams.Length);
        Run(chains, plan);
    }

    // Everything else of the engine, in two stages: both with words from memory, with samples, with activations for weights.
    [Fact]
    public void Layers_beside_streams_are_exact()
    {
        var draw = new Draw(59);
        DeformSampling sixteenths = new(1, false, 4, -48, 48), square = new(1, true, 0, -3, 3);
        EngineCase[][] chains =
        [
            [draw.Convolution("pointwise", Geometry(9, 10, 20, 36, 1)), draw.Convolution("depthwise", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36))],
            [draw.Convolution("alone", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36))],
            [draw.Average("average", Geometry(9, 8, 33, 33, 3, stride: 2, pad: 1), countPadding: true)],
            [draw.Convolution("dense", Geometry(9, 10, 20, 37, 3, pad: 1))],
            [draw.Product("scores", new(3, 9, 20, 11, RightTransposed: true, BroadcastLeft: false, BroadcastRight: false))],
            [DeformEngineTests.Deform(draw, "full", Geometry(16, 9, 20, 37, 3, pad: 1), sixteenths)],
            [DeformEngineTests.Deform(draw, "lanes", Geometry(25, 9, 20, 20, 3, pad: 1, groups: 20), sixteenths)],
            [DeformEngineTests.Deform(draw, "square", Geometry(25, 7, 40, 40, 3, pad: 1, groups: 40), square)],
        ];
        HlsPlan plan = Planned(chains, board: "zcu102");
        Assert.Equal([new LayerStream(0, 1)], plan.Configuration.Stage!.Streams);
        Assert.Equal(SampleAccess.Square, plan.Layers[^1].Samples);
        Run(chains, plan);
    }

    [Fact]
    public void Streams_of_weights_in_pairs_are_exact()
    {
        var draw = new Draw(53);
        EngineCase[][] chains =
        [
            [Packed(draw.Convolution("pointwise", Geometry(9, 10, 20, 36, 1))), draw.Convolution("depthwise", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36))],
            [draw.Convolution("eight", Geometry(7, 6, 50, 130, 1)), draw.Convolution("strided", Geometry(7, 6, 130, 130, 3, stride: 2, pad: 1, groups: 130))],
        ];
        HlsPlan plan = Planned(chains, new(Outputs: 32));
        Assert.True(plan.Configuration.Pairs);
        Assert.Equal(2, plan.Configuration.Stage!.Streams.Length);
        Run(chains, plan);
    }

    [Fact]
    public void Random_streams_are_exact()
    {
        var draw = new Draw(54);
        var chains = new List<EngineCase[]>();
        while (chains.Count < 16)
        {
            int height = draw.Int(2, 12), width = draw.Int(2, 12), channels = draw.Int(2, 60), batch = draw.Int(1, 2), kernel = draw.Int(2, 4), pad = draw.Int(1, kernel - 1);
            bool pointwise = draw.Int(0, 2) > 0;
            WindowGeometry first = Geometry(height, width, draw.Int(1, 40), channels, pointwise ? 1 : 3, pad: pointwise ? 0 : 1, batch: batch);
            WindowGeometry second = Geometry(height, width, channels, channels, kernel, draw.Int(1, kernel), pad, channels, draw.Int(1, 2), batch);
            if (second.OutHeight < 1 || second.OutWidth < 1)
                continue;
            string name = $"_{chains.Count}";
            EngineCase source = draw.Convolution("source" + name, first);
            EngineCase reader = draw.Int(0, 3) switch
            {
                0 => draw.Window("maximum" + name, new(WindowMode.Maximum, second, null, null, new ClampFinish(-120, 127))),
                1 => draw.Average("average" + name, second, countPadding: draw.Int(0, 1) == 0),
                _ => draw.Convolution("depthwise" + name, second),
            };
            EngineCase[] chain = [draw.Int(0, 1) == 0 ? source : Packed(source), reader];
            if (Results(chain).All(r => r.Bytes.ToArray().Distinct().Count() > 16))
                chains.Add(chain);
        }

        HlsPlan plan = Planned([.. chains]);
        Assert.InRange(plan.Configuration.Stage!.Streams.Length, 8, 16);
        Run([.. chains], plan);
    }

    [Fact]
    public void Layers_too_large_for_the_chip_stream_part_by_part()
    {
        var draw = new Draw(55);
        EngineCase[][] chains =
        [
            [draw.Convolution("deep", Geometry(10, 10, 1100, 700, 1)), draw.Convolution("depthwise", Geometry(10, 10, 700, 700, 3, pad: 1, groups: 700))],
            [draw.Convolution("broad", Geometry(6, 120, 16, 200, 1)), draw.Convolution("strided", Geometry(6, 120, 200, 200, 3, stride: 2, pad: 1, groups: 200))],
        ];
        HlsPlan plan = Planned(chains, board: "pynq-z2");
        Assert.True(plan.Configuration.Stage?.Streams.Length == 2, HlsPlanPrinter.Print(plan));
        Assert.All(plan.Layers, layer => Assert.True(layer.Commands > 1, $"{layer.Step.Name} is one command"));
        Run(chains, plan);
    }

    // 30 x 30 pixels of 64 channels, 4 words: the array takes 4 groups x 4 words a pixel, the window 4 words x 9 taps, and waits for two rows.
    [Fact]
    public void A_stream_costs_the_slower_of_its_layers()
    {
        var draw = new Draw(56);
        EngineCase[] pair = [draw.Convolution("c", Geometry(30, 30, 64, 64, 1)), draw.Convolution("d", Geometry(30, 30, 64, 64, 3, pad: 1, groups: 64))];
        HlsPlan together = Planned([pair], new(Outputs: 16)), alone = Planned([pair], new(Outputs: 16) { Streams = false });
        const long Words = 900 * 4, Parameters = 64 + 4 + 4 * 4 * 16 + 64 + 36;
        long making = (900 * 16 + HlsCost.RowOverhead + 29) / 30; // of a row, by the array
        long engine = HlsCost.CommandOverhead + Parameters + 2 * making + 30 * (30 * 36 + HlsCost.RowOverhead);
        Assert.Equal(new LayerCost(0, 0), together.Layers[0].Cost);
        Assert.Equal(engine, together.Layers[1].Cost.Cycles);
        Assert.Equal(2 * Words, alone.Layers.Sum(l => l.Cost.Words) - together.Layers.Sum(l => l.Cost.Words)); // what is between is neither written nor read
        Assert.True(together.Cycles < alone.Cycles);
        Assert.Null(alone.Configuration.Stage);
        Assert.Equal(("streams to 1", "streams from 0"), (together.Layers[0].Note, together.Layers[1].Note));
        Assert.Equal(together.Resources.Dsp - 6 - 16 / together.Configuration.Stage!.FinishInterval, HlsCost.Resources(together.Configuration with { Stage = null }, EngineBench.Board("ultra96")).Dsp);
    }

    [Fact]
    public void What_is_read_twice_goes_to_memory()
    {
        var draw = new Draw(57);
        EngineCase[] pair = [draw.Convolution("c", Geometry(9, 9, 20, 36, 1)), draw.Convolution("d", Geometry(9, 9, 36, 36, 3, pad: 1, groups: 36))];
        ModelPlan plan = Plan([pair]);
        Assert.Equal([new LayerStream(0, 1)], LayerStream.Of(plan));
        PlanStep again = plan.Steps[1] with { Index = 2, Name = "again" };
        Assert.Empty(LayerStream.Of(plan with { Steps = plan.Steps.Add(again) }));
        Assert.Empty(LayerStream.Of(plan with { Values = plan.Values.SetItem(1, plan.Values[1] with { Place = Place.Output }) }));
    }

    // Both layers run where the reader stood: what the source reads must still be there, and what is written lie elsewhere.
    [Fact]
    public void What_a_source_reads_is_kept_for_its_reader()
    {
        var draw = new Draw(58);
        EngineCase[] chain =
        [
            draw.Convolution("first", Geometry(9, 9, 20, 36, 3, pad: 1)), draw.Convolution("source", Geometry(9, 9, 36, 36, 1)),
            draw.Convolution("reader", Geometry(9, 9, 36, 36, 3, pad: 1, groups: 36)), draw.Convolution("last", Geometry(9, 9, 36, 20, 1)),
        ];
        ModelPlan packed = Plan([chain]);
        Assert.False(Assert.Single(LayerStream.Of(packed)).IsAlive(packed));
        Assert.Equal(packed.Values[1].Offset, packed.Values[3].Offset); // the reader's result took the place of what the source reads
        Assert.Null(HlsPlanner.Plan(packed, EngineBench.Board("ultra96"), new(), "m.onnx").Configuration.Stage);
        ModelPlan kept = LayerStream.KeepOperands(packed, 64);
        Assert.True(Assert.Single(LayerStream.Of(kept)).IsAlive(kept));
        Assert.True(kept.ArenaBytes > packed.ArenaBytes);
        PlanValue[] live = [.. kept.Values.Where(v => v.Place == Place.Arena)];
        Assert.All(live, a => Assert.All(live.Where(b => b.Index > a.Index && b.FirstStep <= a.LastStep), b => Assert.True(a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset)));
        HlsPlan plan = HlsPlanner.Plan(kept, EngineBench.Board("ultra96"), new(), "m.onnx");
        Assert.Equal([new LayerStream(1, 2)], plan.Configuration.Stage!.Streams);
        Run([chain], plan);
    }

    private static HlsPlan Planned(EngineCase[][] chains, HlsOptions? options = null, string board = "ultra96") =>
        HlsPlanner.Plan(LayerStream.KeepOperands(Plan(chains), 64), EngineBench.Board(board), options ?? new(), "streams.onnx");

    // Of each layer of a chain.
    private static List<Tensor> Results(EngineCase[] chain)
    {
        var results = new List<Tensor> { chain[0].Expected };
        foreach (EngineCase c in chain[1..])
            results.Add(KernelRunner.Run(c.Kernel(1), [results[^1].Reshape(c.Operands[0].Shape)], ElementType.I8, c.Result));
        return results;
    }

    /// <summary>Runs chains layer by layer and compares every result, then all in one call and compares the last ones.</summary>
    private static void Run(EngineCase[][] chains, HlsPlan plan)
    {
        List<List<Tensor>> expected = [.. chains.Select(Results)];
        foreach ((EngineCase c, Tensor result) in chains.SelectMany(c => c).Zip(expected.SelectMany(r => r)))
            Assert.True(result.Bytes.ToArray().Distinct().Count() > 16, $"{c.Name} saturates, so it shows little");
        var vector = new TestVector([.. chains.SelectMany(c => c[0].Operands)], [.. expected.Select(r => r[^1])]);
        string folder = Directory.CreateTempSubdirectory("edgec-hls").FullName;
        try
        {
            byte[] trace = EngineBench.Run(HlsBackend.Emit(plan, [vector], new Templates()), folder, Checked);
            int at = 0;
            foreach ((EngineCase c, Tensor result) in chains.SelectMany(c => c).Zip(expected.SelectMany(r => r)))
            {
                Assert.True(trace.AsSpan(at, result.Count).SequenceEqual(result.Bytes), $"{c.Name} differs");
                at += result.Count;
            }

            Assert.Equal(trace.Length, at);
            Assert.Contains("PASS", EngineBench.Execute("build/testbench", [], folder), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Chains of layers side by side; what is inside of a chain lies in the arena, packed.</summary>
    private static ModelPlan Plan(EngineCase[][] chains)
    {
        const int Lanes = EngineConfiguration.Lanes;
        var values = new List<PlanValue>();
        var steps = new List<PlanStep>();
        var inputs = new List<int>();
        var outputs = new List<int>();
        foreach (EngineCase[] chain in chains)
        {
            ImmutableArray<int> operands = [.. chain[0].Operands.Select((t, i) => Add($"{chain[0].Name}_x{i}", new(t.Element, t.Shape), Place.Input, inputs))];
            foreach (EngineCase c in chain)
            {
                int step = steps.Count;
                bool last = c == chain[^1];
                int result = Add($"{c.Name}_y", new(ElementType.I8, c.Result), last ? Place.Output : Place.Arena, last ? outputs : null, step);
                Kernel kernel = c.Kernel(Lanes);
                steps.Add(new(step, c.Name, kernel, operands, result, [], new(KernelCost.Macs(kernel), 0, 0, 0), Origin.Of(c.Name)));
                operands = [result];
            }
        }

        ArenaLayout arena = ArenaLayout.Of([.. values.Where(v => v.Place == Place.Arena).Select(v => new ArenaBlock(v.Index, v.Bytes, v.FirstStep, v.LastStep))], 64);
        return new(
            "streams", [.. values.Select(v => v.Place == Place.Arena ? v with { Offset = arena.Offset(v.Index) } : v)], [.. steps], [.. inputs], [.. outputs], new([]), arena.Bytes, Lanes);

        int Add(string name, TensorType type, Place place, List<int>? ports, int step = -1)
        {
            int index = values.Count;
            values.Add(new(index, name, type, place, ports?.Count ?? -1, 0, Storage.Count(type.Shape, Lanes) * type.Element.SizeOf(), step, step + 1, index));
            ports?.Add(index);
            return index;
        }
    }
}
