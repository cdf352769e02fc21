using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Ops;

/// <summary>One operator between quantized operands: what its integer kernel gives, and what real numbers would.</summary>
/// <param name="Operands">Integers with their meaning; constants among them by index.</param>
internal sealed record QuantizedNode(Operator Op, (Tensor Value, Quantization? Type)[] Operands, Quantization? Output, params int[] Constants)
{
    /// <summary>The type of a quantized result.</summary>
    public ElementType Element { get; init; } = ElementType.I8;

    public RoundingProfile Rounding { get; init; }

    /// <summary>The result of the kernel.</summary>
    public Tensor Run()
    {
        Graph graph = Build();
        TensorType type = graph.TypeOf("y");
        var lowered = (KernelLowered)((Operator)graph.Nodes[0].Op).Lower(new(graph, graph.Nodes[0]));
        return KernelRunner.Run(lowered.Kernel, [.. lowered.Operands.Select(Value)], type.Element, type.Shape);

        Tensor Value(string name) => Operands[int.Parse(name[1..])].Value;
    }

    public Kernel Kernel()
    {
        Graph graph = Build();
        return ((KernelLowered)Op.Lower(new(graph, graph.Nodes[0]))).Kernel;
    }

    /// <summary>The greatest distance, in steps of the output, between the kernel's integers and exact real arithmetic on the operands, saturated.</summary>
    public double WorstError()
    {
        Tensor actual = Run();
        Tensor real = Op.Evaluate(new([.. Operands.Select(o => Real(o.Value, o.Type))], 1))[0];
        double worst = 0;
        for (int i = 0; i < actual.Count; i++)
        {
            double ideal = Math.Clamp(real.Number(i) / Output!.Scale + Output.Zero, Element.Range().Lo, Element.Range().Hi);
            worst = Math.Max(worst, Math.Abs(actual.Integer(i) - ideal));
        }

        return worst;
    }

    private Graph Build()
    {
        ImmutableArray<TensorType> operands = [.. Operands.Select(o => new TensorType(o.Value.Element, o.Value.Shape, o.Type))];
        TensorType inferred = Op.Infer(new([.. operands], [.. Operands.Select((o, i) => Constants.Contains(i) ? o.Value : null)], 1))[0];
        string[] names = [.. Operands.Select((_, i) => $"x{i}")];
        return new Graph(
            "quantized",
            Level.Quantized,
            [.. names.Where((_, i) => !Constants.Contains(i))],
            ["y"],
            [new("y", Op, [.. names], ["y"], Origin.Of("node"))],
            Constants.ToImmutableDictionary(i => names[i], i => Operands[i].Value),
            names.Select((name, i) => KeyValuePair.Create(name, operands[i]))
                .Append(KeyValuePair.Create("y", new TensorType(Output is null ? ElementType.F32 : Element, inferred.Shape, Output)))
                .ToImmutableDictionary()).With(rounding: Rounding);
    }

    private static Tensor Real(Tensor value, Quantization? type)
    {
        if (type is null)
            return value;
        Tensor real = Tensor.Zeros(ElementType.F32, value.Shape);
        int inner = type.Axis < 0 ? 1 : value.Shape.Product(type.Axis + 1, value.Shape.Rank);
        for (int i = 0; i < real.Count; i++)
        {
            int channel = type.Axis < 0 ? 0 : i / inner % value.Shape[type.Axis];
            real.Span<float>()[i] = (float)(type.ScaleOf(channel) * (value.Integer(i) - type.Zeros[type.Zeros.Count == 1 ? 0 : channel]));
        }

        return real;
    }
}
