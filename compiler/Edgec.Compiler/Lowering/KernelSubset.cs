using System.Globalization;
using Edgec.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>What a kernel body may hold: an allow list of operation kinds and of their flags. The rest is reported.</summary>
internal sealed class KernelSubset(DiagnosticBag bag, IReadOnlySet<IMethodSymbol> kernelMethods)
{
    /// <summary>The one method that may divide by a variable.</summary>
    public const string DivisionRoutine = "Division.Quotient";

    private bool mayDivide;

    public void Check(IMethodSymbol method, IBlockOperation body)
    {
        mayDivide = $"{method.ContainingType.Name}.{method.Name}" == DivisionRoutine;
        foreach (SyntaxNode node in body.Syntax.DescendantNodesAndSelf())
        {
            if (node.Kind() is SyntaxKind.CheckedExpression or SyntaxKind.CheckedStatement)
                bag.Add(KernelDiagnostics.ExplicitChecked(node.GetLocation()));
        }

        Statement(body);
    }

    private void Statement(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation block:
                foreach (IOperation statement in block.Operations)
                    Statement(statement);
                break;
            case IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value }:
                Value(value);
                break;
            case IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ Symbol.RefKind: RefKind.None } local] }] }
                when local.GetVariableInitializer() is { } initializer:
                Value(initializer.Value);
                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { IsRef: false } assignment }:
                Target(assignment.Target);
                Value(assignment.Value);
                break;
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation assignment }:
                Compound(assignment);
                break;
            case IConditionalOperation { Type: null } conditional:
                Value(conditional.Condition);
                Statement(conditional.WhenTrue);
                if (conditional.WhenFalse is { } otherwise)
                    Statement(otherwise);
                break;
            case IForLoopOperation loop:
                Loop(loop);
                break;
            default:
                Outside(operation);
                break;
        }
    }

    private void Target(IOperation target)
    {
        if (target is IParameterReferenceOperation or ILocalReferenceOperation { IsDeclaration: false })
            Value(target);
        else
            Outside(target);
    }

    private void Compound(ICompoundAssignmentOperation assignment)
    {
        if (assignment is not { IsLifted: false, OperatorMethod: null })
        {
            Outside(assignment);
            return;
        }

        if (!assignment.InConversion.IsIdentity || !assignment.OutConversion.IsIdentity)
        {
            bag.Add(KernelDiagnostics.HiddenEffect(assignment.Syntax.GetLocation(), "a compound assignment converts its result silently"));
            return;
        }

        Target(assignment.Target);
        Operator(assignment, assignment.OperatorKind, assignment.Target.Type, assignment.Value);
        Value(assignment.Value);
    }

    private void Value(IOperation operation)
    {
        if (KernelType.From(operation.Type) is null)
        {
            bag.Add(KernelDiagnostics.TypeOutside(operation.Syntax.GetLocation(), operation.Type?.ToDisplayString() ?? "void"));
            return;
        }

        switch (operation)
        {
            case ILiteralOperation or IParameterReferenceOperation or ILocalReferenceOperation { IsDeclaration: false }:
            case IFieldReferenceOperation { ConstantValue.HasValue: true }:
                break;
            case IBinaryOperation { IsLifted: false, OperatorMethod: null, IsCompareText: false } binary:
                Operator(binary, binary.OperatorKind, binary.LeftOperand.Type, binary.RightOperand);
                Value(binary.LeftOperand);
                Value(binary.RightOperand);
                break;
            case IUnaryOperation
            {
                IsLifted: false, OperatorMethod: null,
                OperatorKind: UnaryOperatorKind.Minus or UnaryOperatorKind.Not or UnaryOperatorKind.BitwiseNegation,
            } unary:
                Value(unary.Operand);
                break;
            case IConversionOperation { IsTryCast: false, OperatorMethod: null, Conversion: { IsNullable: false, IsUserDefined: false } } conversion:
                Conversion(conversion);
                break;
            case IConditionalOperation { IsRef: false, WhenFalse: { } otherwise } conditional:
                Value(conditional.Condition);
                Value(conditional.WhenTrue);
                Value(otherwise);
                break;
            case IInvocationOperation { Instance: null } call:
                Call(call);
                break;
            case IAssignmentOperation or IIncrementOrDecrementOperation:
                bag.Add(KernelDiagnostics.HiddenEffect(operation.Syntax.GetLocation(), "an expression assigns"));
                break;
            default:
                Outside(operation);
                break;
        }
    }

    private void Operator(IOperation operation, BinaryOperatorKind kind, ITypeSymbol? leftType, IOperation right)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply:
            case BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr:
            case BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals:
            case BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual:
            case BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual:
                break;
            case BinaryOperatorKind.And or BinaryOperatorKind.Or or BinaryOperatorKind.ExclusiveOr
                when KernelType.From(leftType) is { Bits: > 1 }:
                break;
            case BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift when KernelType.From(leftType) is { } type:
                if (ShiftCount.Read(right, type.Bits) is null)
                    bag.Add(KernelDiagnostics.ShiftCount(right.Syntax.GetLocation(), type.Bits));
                break;
            case BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder when KernelType.From(leftType) is { } type:
                if (!IsPositiveConstant(right) && !(mayDivide && !type.IsSigned))
                    bag.Add(KernelDiagnostics.Divisor(right.Syntax.GetLocation()));
                break;
            default:
                Outside(operation);
                break;
        }
    }

    private static bool IsPositiveConstant(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: { } value } && Convert.ToDecimal(value, CultureInfo.InvariantCulture) > 0;

    private void Conversion(IConversionOperation conversion)
    {
        Value(conversion.Operand);
        if (KernelType.From(conversion.Operand.Type) is not { } from || KernelType.From(conversion.Type) is not { } to)
            return;

        if (from == KernelType.Bool != (to == KernelType.Bool))
            Outside(conversion);

        // byte and ushort promote to int in C as they do in C#; uint does not.
        if (conversion is { IsImplicit: true, ConstantValue.HasValue: false } && !from.IsSigned && to.IsSigned && from.Bits >= 32)
            bag.Add(KernelDiagnostics.MixedSigns(conversion.Syntax.GetLocation(), conversion.Operand.Type!.ToDisplayString(), conversion.Type!.ToDisplayString()));
    }

    private void Call(IInvocationOperation call)
    {
        if (!kernelMethods.Contains(call.TargetMethod))
        {
            bag.Add(KernelDiagnostics.ForeignCall(call.Syntax.GetLocation(), call.TargetMethod.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
            return;
        }

        foreach (IArgumentOperation argument in call.Arguments)
            Value(argument.Value);
    }

    private void Loop(IForLoopOperation loop)
    {
        if (KernelLoop.Read(loop) is null)
            bag.Add(KernelDiagnostics.TripCount(loop.Syntax.GetLocation()));

        Statement(loop.Body);
    }

    private void Outside(IOperation operation)
    {
        string source = operation.Syntax.ToString();
        int end = source.AsSpan().IndexOfAny('\r', '\n');
        string line = end < 0 ? source : source[..end];
        bag.Add(KernelDiagnostics.OperationOutside(operation.Syntax.GetLocation(), $"'{line}' ({operation.Kind})"));
    }
}
