using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// All that an operator means: attributes, types, float value, how it quantizes, the kernel it becomes, its cost. One file
/// each; listed in <see cref="OpTable"/>.
/// </summary>
public abstract record Operator : Op
{
    /// <summary>The attributes that the text form prints; those at their default are left out.</summary>
    public virtual IEnumerable<(string Name, AttributeValue Value)> Attributes => [];

    /// <summary>Types of the outputs from those of the inputs, as float mathematics; one for each output.</summary>
    /// <exception cref="OperatorException">The inputs do not fit.</exception>
    public abstract ImmutableArray<TensorType> Infer(InferContext context);

    /// <summary>The value in single precision (integers where the operator works on them), written plainly.</summary>
    public abstract ImmutableArray<Tensor> Evaluate(EvaluationContext context);

    /// <summary>False where a node must stay although all its inputs are constant: scales of a quantized model, random numbers.</summary>
    public virtual bool Folds => true;

    /// <summary>The outputs where the types of the inputs alone decide them (Shape, Size); null elsewhere.</summary>
    public virtual ImmutableArray<Tensor>? ValueFromTypes(InferContext context) => null;

    /// <summary>
    /// Rewrites an imported node into canonical ones and returns the values that take the place of its outputs; null if the
    /// node is canonical already. Constant inputs become attributes here.
    /// </summary>
    public virtual ImmutableArray<string>? Canonicalize(Canonicalizer context) => null;

    /// <summary>How the quantizer types this operator's operands.</summary>
    public virtual QuantizationRule Quantization => QuantizationRule.FloatOnly("no integer form is defined for it");

    /// <summary>True if there are kernels for 16-bit activations too; else the quantizer keeps the operator at 8 bits and says so.</summary>
    public virtual bool HasWideForm => false;

    /// <summary>What an input is to the quantizer.</summary>
    public virtual OperandRole RoleOf(int input) => OperandRole.Activation;

    /// <summary>The scale of what an integer kernel multiplies weights by: with that of the weights it is the scale of the bias.</summary>
    /// <param name="operand">The quantization of an input; null for one that is absent or a parameter.</param>
    public virtual double ProductScale(Func<int, Quantization?> operand) => operand(0)!.Scale;

    /// <summary>This operator with a clamp behind it, which becomes part of it; null if it cannot take one in.</summary>
    /// <param name="next">Bounds that do not cross.</param>
    public virtual Operator? Clamped(Activation next) => null;

    /// <summary>
    /// True for an operator whose exact sums an <see cref="SumFinisher"/> behind it can take to i8: <see cref="Lower"/> then
    /// asks <see cref="LoweringContext.Finisher"/> for the finish instead of finding one from scales.
    /// </summary>
    public virtual bool HasExactSums => false;

    /// <summary>
    /// This operator when its rank-4 operands and outputs are stored channels-last; null if it cannot be.
    /// Vectors and scalars that broadcast are permuted by the caller. See <c>Passes/ChannelsLast</c>.
    /// </summary>
    public virtual Operator? ToChannelsLast(InferContext context) => null;

    /// <summary>True if the operator has a kernel for channels-last operands only; false if it follows the layout of its inputs.</summary>
    public virtual bool NeedsChannelsLast => false;

    /// <summary>The kernel that computes this node on the types at hand, float or integer.</summary>
    /// <exception cref="OperatorException">There is none.</exception>
    public virtual Lowered Lower(LoweringContext context) =>
        throw new OperatorException("EC4001", $"Operator {Name} has no kernel. Replace it in the model, or cut it off with its successors.");

    /// <summary>Multiply-accumulates of one inference.</summary>
    public virtual long Macs(InferContext context) => 0;
}
