using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>Walks the body of one kernel function and writes it in a dialect.</summary>
internal sealed class FunctionLowering
{
    private readonly Dialect dialect;
    private readonly SourceLines lines;
    private readonly HashSet<ISymbol> loopIndices = new(SymbolEqualityComparer.Default);

    private FunctionLowering(Dialect dialect, SourceLines lines)
    {
        this.dialect = dialect;
        this.lines = lines;
    }

    public static void Lower(KernelFunction function, Dialect dialect, SourceLines lines)
    {
        lines.Comment(KernelDocumentation.Of(function.Method));
        IEnumerable<string> parameters = function.Method.Parameters.Select(
            parameter => $"{dialect.TypeName(KernelType.Of(parameter.Type))} {KernelNames.Snake(parameter.Name)}");
        string result = dialect.TypeName(KernelType.Of(function.Method.ReturnType));
        lines.Signature($"{dialect.Linkage}{result} {dialect.FunctionName(function.Name)}(", parameters, ") {");
        if (dialect.BodyPragma is { } pragma)
            lines.Unindented(pragma);

        lines.Indented(() => new FunctionLowering(dialect, lines).Statements(function.Body));
        lines.Add("}");
    }

    private void Statements(IOperation operation)
    {
        if (operation is IBlockOperation block)
        {
            foreach (IOperation statement in block.Operations)
            {
                Trivia(statement, isFirst: statement == block.Operations[0]);
                Statement(statement);
            }
        }
        else
        {
            Statement(operation);
        }
    }

    /// <summary>Blank lines and comments of the source stay where they are.</summary>
    private void Trivia(IOperation statement, bool isFirst)
    {
        SyntaxTriviaList trivia = statement.Syntax.GetLeadingTrivia();
        if (!isFirst && trivia.Count > 0 && trivia[0].IsKind(SyntaxKind.EndOfLineTrivia))
            lines.Add("");
        foreach (SyntaxTrivia comment in trivia.Where(item => item.IsKind(SyntaxKind.SingleLineCommentTrivia)))
            lines.Comment(comment.ToString()[2..]);
    }

    private void Statement(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation:
                Statements(operation);
                break;
            case IReturnOperation { ReturnedValue: { } value }:
                lines.Add($"return {Value(value).Text};");
                break;
            case IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ } local] }] }:
                if (!local.Symbol.IsConst)
                    lines.Add($"{TypeName(local.Symbol.Type)} {KernelNames.Snake(local.Symbol.Name)} = {Value(local.GetVariableInitializer()!.Value).Text};");
                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation assignment }:
                lines.Add($"{Value(assignment.Target).Text} = {Value(assignment.Value).Text};");
                break;
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation assignment }:
                Compound(assignment);
                break;
            case IConditionalOperation conditional:
                If(conditional, "if");
                break;
            case IForLoopOperation loop:
                For(KernelLoop.Read(loop)!);
                break;
            default:
                throw new InvalidOperationException($"statement {operation.Kind} passed the subset check");
        }
    }

    private void Compound(ICompoundAssignmentOperation assignment)
    {
        Fragment target = Value(assignment.Target);
        bool wraps = Wraps(assignment.OperatorKind, assignment.IsChecked);
        if (dialect.HasCompound(BinaryOperator.From(assignment.OperatorKind), target.Type, wraps))
        {
            string symbol = BinaryOperator.From(assignment.OperatorKind).Symbol;
            lines.Add($"{target.Text} {symbol}= {Right(assignment.OperatorKind, assignment.Value, target.Type).Text};");
            return;
        }

        Fragment value = Binary(assignment.OperatorKind, target, assignment.Value, target.Type, wraps);
        lines.Add($"{target.Text} = {value.Text};");
    }

    private void If(IConditionalOperation conditional, string keyword)
    {
        lines.Add($"{keyword} ({Value(conditional.Condition).Text}) {{");
        lines.Indented(() => Statements(conditional.WhenTrue));
        switch (conditional.WhenFalse)
        {
            case null:
                lines.Add("}");
                break;
            case IConditionalOperation chained:
                If(chained, "} else if");
                break;
            case { } otherwise:
                lines.Add("} else {");
                lines.Indented(() => Statements(otherwise));
                lines.Add("}");
                break;
        }
    }

    private void For(KernelLoop loop)
    {
        loopIndices.Add(loop.Index);
        string index = KernelNames.Snake(loop.Index.Name);
        lines.Add($"for ({dialect.LoopIndex.Name} {index} = {loop.First}; {index} < {loop.End}; {index}++) {{");
        lines.Indented(() => Statements(loop.Body));
        lines.Add("}");
    }

    private Fragment Value(IOperation operation) => operation switch
    {
        ILiteralOperation or IFieldReferenceOperation or IUnaryOperation { ConstantValue.HasValue: true } => Constant(operation),
        ILocalReferenceOperation { ConstantValue.HasValue: true } => Constant(operation),
        ILocalReferenceOperation reference => Variable(reference.Local, reference.Local.Type),
        IParameterReferenceOperation reference => Variable(reference.Parameter, reference.Parameter.Type),
        IConversionOperation { IsImplicit: false, ConstantValue.HasValue: true } => Constant(operation),
        IConversionOperation conversion => dialect.Convert(Value(conversion.Operand), TypeOf(conversion), conversion.IsImplicit),
        IBinaryOperation binary => Binary(binary.OperatorKind, Value(binary.LeftOperand), binary.RightOperand, TypeOf(binary), Wraps(binary.OperatorKind, binary.IsChecked)),
        IUnaryOperation unary => Unary(unary),
        IConditionalOperation choice => dialect.Conditional(
            Value(choice.Condition), Value(choice.WhenTrue), Value(choice.WhenFalse!), TypeOf(choice)),
        IInvocationOperation call => Call(call),
        _ => throw new InvalidOperationException($"expression {operation.Kind} passed the subset check"),
    };

    private Fragment Constant(IOperation operation) => dialect.Literal(operation.ConstantValue.Value!, TypeOf(operation));

    private Fragment Variable(ISymbol symbol, ITypeSymbol type)
    {
        KernelType? stored = loopIndices.Contains(symbol) ? dialect.LoopIndex.Stored : KernelType.Of(type);
        return new(KernelNames.Snake(symbol.Name), Precedence.Primary, KernelType.Of(type), stored);
    }

    private Fragment Binary(BinaryOperatorKind kind, Fragment left, IOperation rightOperand, KernelType type, bool wraps)
    {
        BinaryOperator op = BinaryOperator.From(kind);
        Fragment right = Right(kind, rightOperand, type);
        return op switch
        {
            { IsShift: true } => dialect.Shift(op, left, right, type),
            { IsArithmetic: true } => dialect.Arithmetic(op, left, right, type, wraps),
            { IsBitwise: true } => dialect.Bitwise(op, left, right, type),
            _ => Dialect.Compare(op, left, right),
        };
    }

    private Fragment Right(BinaryOperatorKind kind, IOperation operand, KernelType leftType) =>
        BinaryOperator.From(kind).IsShift && ShiftCount.Read(operand, leftType.Bits) is { Masked: { } masked } count
            ? dialect.MaskedCount(Value(masked), count.MaskBits)
            : Value(operand);

    private Fragment Unary(IUnaryOperation unary) => unary.OperatorKind switch
    {
        UnaryOperatorKind.Not => Dialect.Not(Value(unary.Operand)),
        UnaryOperatorKind.BitwiseNegation => dialect.Complement(Value(unary.Operand), TypeOf(unary)),
        UnaryOperatorKind.Minus => dialect.Negate(Value(unary.Operand), TypeOf(unary), !unary.IsChecked),
        _ => throw new InvalidOperationException($"operator {unary.OperatorKind} passed the subset check"),
    };

    private Fragment Call(IInvocationOperation call)
    {
        IEnumerable<string> arguments = call.Arguments
            .OrderBy(argument => argument.Parameter!.Ordinal)
            .Select(argument => Value(argument.Value).Text);
        KernelType type = TypeOf(call);
        string name = dialect.FunctionName(KernelFunction.NameOf(call.TargetMethod));
        return new($"{name}({string.Join(", ", arguments)})", Precedence.Primary, type, type);
    }

    /// <summary>Kernels compile with overflow checks on, so what is not checked was written <c>unchecked</c>.</summary>
    private static bool Wraps(BinaryOperatorKind kind, bool isChecked) =>
        !isChecked && kind is (BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply);

    private string TypeName(ITypeSymbol type) => dialect.TypeName(KernelType.Of(type));

    private static KernelType TypeOf(IOperation operation) => KernelType.Of(operation.Type);
}
