using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary><c>for (int i = First; i &lt; End; i++)</c>, with constants, and no assignment to i in the body.</summary>
internal sealed record KernelLoop(ILocalSymbol Index, int First, int End, IOperation Body)
{
    public static KernelLoop? Read(IForLoopOperation loop)
    {
        if (loop.Before is not [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ } declarator] }] }]
            || declarator.Symbol is not { Type.SpecialType: SpecialType.System_Int32 } index
            || declarator.GetVariableInitializer()?.Value.ConstantValue is not { HasValue: true, Value: int first })
            return null;

        if (loop.Condition is not IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan, LeftOperand: ILocalReferenceOperation left } condition
            || !SymbolEqualityComparer.Default.Equals(left.Local, index)
            || condition.RightOperand.ConstantValue is not { HasValue: true, Value: int end })
            return null;

        if (loop.AtLoopBottom is not [IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation { Kind: OperationKind.Increment } step }]
            || !IsReferenceTo(step.Target, index))
            return null;

        return loop.Body.DescendantsAndSelf().Any(operation => Assigns(operation, index)) ? null : new(index, first, end, loop.Body);
    }

    private static bool Assigns(IOperation operation, ILocalSymbol local) => operation switch
    {
        IAssignmentOperation assignment => IsReferenceTo(assignment.Target, local),
        IIncrementOrDecrementOperation step => IsReferenceTo(step.Target, local),
        _ => false,
    };

    private static bool IsReferenceTo(IOperation operation, ILocalSymbol local) =>
        operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local);
}
