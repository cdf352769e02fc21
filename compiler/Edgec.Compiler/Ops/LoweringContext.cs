using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>What <see cref="Operator.Lower"/> sees of its node in a typed graph.</summary>
/// <param name="lanes">Rows (the last axis) start at multiples of this many elements; 1 where tensors are dense.</param>
/// <param name="finisher">The node that takes this one's exact sums to i8, if the model states how; its output is then the kernel's.</param>
public sealed class LoweringContext(Graph graph, Node node, int lanes = 1, Node? finisher = null)
{
    /// <summary>What finishes this node's sums; null where the scales of the types say how.</summary>
    public SumFinisher? Finisher => (SumFinisher?)finisher?.Op;

    /// <summary>The node of <see cref="Finisher"/> as that operator sees it.</summary>
    public LoweringContext OfFinisher => new(graph, finisher!, lanes);

    /// <summary>Strides in elements of a tensor as it is stored for this target. Kernels that move elements are built from these.</summary>
    public int[] Strides(Shape shape) => Storage.Strides(shape, lanes);

    /// <summary>Elements that a tensor takes up, with the padding of its rows.</summary>
    public int StoredCount(Shape shape) => (int)Storage.Count(shape, lanes);

    public int Count => node.Inputs.Length;

    public bool Has(int input) => node.HasInput(input);

    public string Name(int input) => node.Inputs[input];

    /// <summary>What an input is cut from, where it need not be stored; null elsewhere.</summary>
    public RangeOperand? Range(int input) => RangeOperand.Of(graph, node.Inputs[input]);

    /// <summary>The type of any value of the graph.</summary>
    public TensorType TypeOf(string value) => graph.TypeOf(value);

    public TensorType Input(int input) => graph.TypeOf(node.Inputs[input]);

    public Shape Shape(int input) => Input(input).Shape;

    public TensorType Output => graph.TypeOf((finisher ?? node).Output);

    public Tensor? Constant(int input) => Has(input) ? graph.ConstantOf(node.Inputs[input]) : null;

    public InferContext Infer => InferContext.Of(graph, node);

    /// <summary>True if the node computes on integers with a meaning, false if it computes in float.</summary>
    public bool IsQuantized => Output.Quantization is not null;

    /// <summary>How the graph rounds.</summary>
    public RoundingProfile Rounding => graph.Rounding;

    /// <summary>The quantization of an input of an integer node.</summary>
    public Quantization Quantization(int input) => Input(input).Quantization
        ?? throw new OperatorException("EC3001", $"Input {input} has no scale although the output has one. Quantize both or neither.");

    public Tensor RequireConstant(int input, string meaning) => Constant(input)
        ?? throw new OperatorException("EC4002", $"Input {input} ({meaning}) must be constant. Fold it, or keep it in float.");

    /// <summary>A kernel over the named inputs.</summary>
    public KernelLowered Kernel(Kernel kernel, params ImmutableArray<int> inputs) => new(kernel, [.. inputs.Select(Name)]);

    /// <summary>A view of an input.</summary>
    public ViewLowered View(int input) => new(Name(input));
}
