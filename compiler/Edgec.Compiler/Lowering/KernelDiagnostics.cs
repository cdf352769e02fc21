using Microsoft.CodeAnalysis;
using Diagnostic = Edgec.Diagnostics.Diagnostic;

namespace Edgec.Lowering;

/// <summary>The words of every rejection, one method a code.</summary>
internal static class KernelDiagnostics
{
    public static Diagnostic NotCSharp(Location at, string compilerMessage) =>
        Error("EC6001", at, $"the C# compiler says: {compilerMessage}. Make the kernel source compile alone.");

    public static Diagnostic NotKernelClass(Location at, string name, string why) =>
        Error("EC6002", at, $"kernel class {name} {why}. Keep to a static class of static methods and constants.");

    public static Diagnostic NotKernelMethod(Location at, string name, string why) =>
        Error("EC6003", at, $"kernel method {name} {why}. Write one plain static method with a body for each name, its parameters by value.");

    public static Diagnostic TypeOutside(Location at, string type) =>
        Error("EC6004", at, $"type {type} is outside the kernel subset. Use bool or an 8-, 16-, 32- or 64-bit integer.");

    public static Diagnostic OperationOutside(Location at, string what) =>
        Error("EC6005", at, $"{what} is outside the kernel subset. Use arithmetic, comparisons, calls of kernel methods, if, and for with constant bounds.");

    public static Diagnostic ExplicitChecked(Location at) =>
        Error("EC6006", at, "checked would throw in C# alone. Remove it: kernels are tested with overflow checks on.");

    public static Diagnostic MixedSigns(Location at, string from, string to) =>
        Error("EC6007", at, $"{from} becomes {to} silently, which C does differently. Cast the operand.");

    public static Diagnostic ShiftCount(Location at, int bits) =>
        Error("EC6008", at, $"the shift count may leave 0 to {bits - 1}. Write a constant in that range or mask it with & {bits - 1}.");

    public static Diagnostic Divisor(Location at) =>
        Error("EC6009", at, $"the divisor is not a positive constant. Divide by a constant, shift, or call {KernelSubset.DivisionRoutine}.");

    public static Diagnostic TripCount(Location at) =>
        Error("EC6010", at, "the loop's trip count is not evident. Write for (int i = 0; i < CONSTANT; i++) and leave i alone in the body.");

    public static Diagnostic ForeignCall(Location at, string method) =>
        Error("EC6011", at, $"{method} is not a kernel method. Call methods of [KernelSource] classes only.");

    public static Diagnostic CallCycle(Location at, string name) =>
        Error("EC6012", at, $"{name} is part of a cycle of calls. Make calls of methods and of their classes acyclic.");

    public static Diagnostic Name(Location at, string name, string why) =>
        Error("EC6013", at, $"the name {name} {why}. Rename it.");

    public static Diagnostic HiddenEffect(Location at, string what) =>
        Error("EC6014", at, $"{what}. Write one assignment a statement, of a type of at least 32 bits where it is compound.");

    private static Diagnostic Error(string code, Location at, string message)
    {
        FileLinePositionSpan span = at.GetLineSpan();
        string place = $"{span.Path}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1})";
        return Diagnostic.Error(code, place, message);
    }
}
