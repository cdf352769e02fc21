using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// What a mixture of experts has instead of a matrix product: each row multiplies the weights of the experts that indices name for it.
/// Inputs are x, weights, bias or none, indices, in this order:
/// <code>
///   y[.., t, j, :] = x[.., t(, j), :] · W[i[.., t, j]] + b[i[.., t, j]]
/// </code>
/// x is [.., T, D], a row for all k choices, or [.., T, k, D], a row for each; indices are [.., T, k], the result is [.., T, k, H]. Weights
/// are constant, the columns of all experts one after the other: [E·H, D] (<see cref="Columns"/>), as is the bias: [E·H]. So each column of each
/// expert has a scale of its own. An index out of range is defined as in <see cref="Gather"/>.
/// </summary>
/// <param name="Experts">E, the number of experts.</param>
/// <param name="ByExpert">Rows are computed expert by expert, so that the weights of each expert that is used are read once; else one after the
/// other. The pass <c>reorder-patches</c> chooses; no number changes.</param>
public sealed record ExpertMatMul(int Experts, Activation Activation, bool ByExpert = false) : Operator
{
    /// <summary>The operator in models that edgec writes, which hold a function of this name for others.</summary>
    public const string OnnxName = "ExpertMatMul", OnnxDomain = "edge.moe";

    /// <summary>The input that holds the indices.</summary>
    public const int Indices = 3;

    public static readonly OpDef Def = new(
        "expert-matmul", OnnxName, a => new ExpertMatMul(a.Int("experts"), Activation.Read(a), a.Flag("by_expert")))
    { Domain = OnnxDomain };

    public override string Name => "expert-matmul";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        ("experts", Experts),
        .. Activation.Attributes,
        .. ByExpert ? new (string, AttributeValue)[] { ("by_expert", true) } : [],
    ];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input switch
    {
        0 => OperandRole.Activation,
        1 => OperandRole.Weight(axis: 0),
        2 => OperandRole.Bias,
        _ => OperandRole.Selector,
    };

    public override Operator? Clamped(Activation next) => this with { Activation = Activation.Then(next) };

    /// <summary>Weights [E, D, H], as models hold them, in the form of this operator: [E·H, D].</summary>
    /// <param name="transposed">They are [E, H, D] already.</param>
    public static Tensor Columns(Tensor weights, bool transposed = false)
    {
        Tensor columns = transposed ? weights : weights.Transpose([0, 2, 1]);
        return columns.Reshape([columns.Shape[0] * columns.Shape[1], columns.Shape[2]]);
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Layer layer = Of(context.Shape(0), context.Shape(1), context.Shape(Indices));
        TensorIndex.RequireInRange(context, Indices, Experts);
        if (context.Has(2) && context.Shape(2).ElementCount != (long)Experts * layer.Geometry.Columns)
            throw OperatorException.Invalid($"ExpertMatMul has {Experts} experts of {layer.Geometry.Columns} columns but a bias {context.Shape(2)}.");
        return [new(context.Input(0).Element, layer.Output)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), weights = context.Input(1), indices = context.Input(Indices);
        Layer layer = Of(x.Shape, weights.Shape, indices.Shape);
        var kernel = new ExpertMatmulKernel(layer.Geometry, weights.ToF32(), context.Optional(2)?.ToF32(), Activation.Finish, indices.Element);
        return [KernelRunner.Run(kernel, [x.ToF32(), indices], ElementType.F32, layer.Output).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        Tensor weights = context.RequireConstant(1, "weights");
        Tensor? bias = context.Has(2) ? context.RequireConstant(2, "bias") : null;
        TensorType x = context.Input(0), indices = context.Input(Indices);
        if (indices.Element is not (ElementType.I32 or ElementType.I64))
            throw new OperatorException("EC4004", $"Operator {Name} with indices of {indices.Element.Text()} has no kernel. Cast them to int64.");
        KernelTypes.Require(context, Name, [0]);
        Layer layer = Of(x.Shape, weights.Shape, indices.Shape);
        if (!context.IsQuantized)
            return context.Kernel(new ExpertMatmulKernel(layer.Geometry, weights, bias, Activation.Finish, indices.Element), 0, Indices);
        Quantization input = context.Quantization(0), w = context.Quantization(1);
        var groups = WeightGroups.Of(w, weights.Shape[0]);
        return context.Kernel(
            new ExpertMatmulKernel(
                layer.Geometry, Stored(context, weights, layer, groups), bias, Scaling.Finish(context, input, w, weights.Shape[0], Activation), indices.Element, input.Zero, groups),
            0, Indices);
    }

    public override long Macs(InferContext context)
    {
        Shape x = context.Shape(0);
        return Infer(context)[0].Shape.ElementCount * x[^1];
    }

    // Two weights of 4 bits lie in a byte: an expert's must not begin amid one.
    private static Tensor Stored(LoweringContext context, Tensor weights, Layer layer, WeightGroups? groups)
    {
        bool whole = (long)layer.Geometry.Columns * layer.Geometry.Inner % 2 == 0;
        if (whole)
            return WeightPacking.Narrow(context, weights);
        return groups is null
            ? weights.Unpacked
            : throw new OperatorException("EC4001", "A mixture of experts with an odd number of weights each has no kernel for groups of scales. Leave `group` out of its precision.");
    }

    private Layer Of(Shape x, Shape weights, Shape indices)
    {
        if (Experts < 1 || weights.Rank != 2 || weights[0] % Experts != 0)
            throw OperatorException.Invalid($"ExpertMatMul of {Experts} experts needs weights [experts · columns, inner], not {weights}.");
        bool perChoice = x.Rank == indices.Rank + 1;
        int rank = perChoice ? indices.Rank : indices.Rank - 1;
        bool fits = indices.Rank >= 1 && x.Rank == rank + 1 && x[^1] == weights[1];
        for (int i = 0; fits && i < rank; i++)
            fits = x[i] == indices[i];
        if (!fits)
            throw OperatorException.Invalid($"ExpertMatMul of {x} with weights {weights} and indices {indices}: their extents do not fit.");
        int columns = weights[0] / Experts;
        var geometry = new ExpertGeometry(indices.Product(0, indices.Rank - 1), indices[^1], Experts, weights[1], columns, perChoice, ByExpert);
        return new(geometry, [.. indices, columns]);
    }

    private sealed record Layer(ExpertGeometry Geometry, Shape Output);
}
