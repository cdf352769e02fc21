using Edgec.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>The rules for declarations: classes, signatures and names.</summary>
internal static class KernelShape
{
    public static void Check(INamedTypeSymbol type, DiagnosticBag bag)
    {
        if (!type.IsStatic || type.IsGenericType || type.DeclaringSyntaxReferences.Length > 1)
            bag.Add(KernelDiagnostics.NotKernelClass(type.Locations[0], type.Name, "is not static, is generic or is partial"));

        foreach (ISymbol member in type.GetMembers().Where(member => !member.IsImplicitlyDeclared))
        {
            switch (member)
            {
                case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                    CheckSignature(method, bag);
                    break;
                case IFieldSymbol { IsConst: true } or IMethodSymbol { AssociatedSymbol: not null }:
                    break;
                default:
                    bag.Add(KernelDiagnostics.NotKernelClass(member.Locations[0], type.Name, $"declares {member.Name}"));
                    break;
            }
        }
    }

    /// <summary>Two functions never share a lowered name, and no name is a word of C or C++ or hides a callee.</summary>
    public static void CheckNames(IReadOnlyList<KernelFunction> functions, DiagnosticBag bag)
    {
        HashSet<string> taken = [];
        foreach (KernelFunction function in functions)
        {
            if (!taken.Add(function.Name))
                bag.Add(KernelDiagnostics.Name(function.Location, function.Name, "is lowered from two methods"));
            CheckName(function.Method, function.Name, bag);

            HashSet<string> callees = [.. function.Calls.Select(KernelFunction.NameOf)];
            IEnumerable<ISymbol> locals = function.Body.Descendants().OfType<IVariableDeclaratorOperation>().Select(local => local.Symbol);
            HashSet<string> variables = [];
            foreach (ISymbol variable in function.Method.Parameters.Concat(locals))
            {
                string name = KernelNames.Snake(variable.Name);
                CheckName(variable, name, bag);
                if (callees.Contains(name))
                    bag.Add(KernelDiagnostics.Name(variable.Locations[0], name, "hides a function called here"));
                if (!variables.Add(name))
                    bag.Add(KernelDiagnostics.Name(variable.Locations[0], name, "stands for two variables of one method"));
            }
        }
    }

    private static void CheckName(ISymbol symbol, string name, DiagnosticBag bag)
    {
        if (KernelNames.IsReserved(name))
            bag.Add(KernelDiagnostics.Name(symbol.Locations[0], name, "is a word of C, C++ or their headers"));
        if (!symbol.Name.All(char.IsAsciiLetterOrDigit))
            bag.Add(KernelDiagnostics.Name(symbol.Locations[0], symbol.Name, "has characters other than ASCII letters and digits"));
    }

    private static void CheckSignature(IMethodSymbol method, DiagnosticBag bag)
    {
        Location at = method.Locations[0];
        if (method.IsGenericMethod || method.IsExtensionMethod || method.IsAsync || method.IsExtern || method.PartialDefinitionPart is not null)
            bag.Add(KernelDiagnostics.NotKernelMethod(at, method.Name, "is generic, an extension, async, extern or partial"));
        if (method.ContainingType.GetMembers(method.Name).Length > 1)
            bag.Add(KernelDiagnostics.NotKernelMethod(at, method.Name, "has overloads"));
        if (method.RefKind != RefKind.None)
            bag.Add(KernelDiagnostics.NotKernelMethod(at, method.Name, "returns a reference"));
        CheckType(method.ReturnType, at, bag);

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None || parameter.IsOptional || parameter.IsParams)
                bag.Add(KernelDiagnostics.NotKernelMethod(parameter.Locations[0], method.Name, $"takes {parameter.Name} by reference, optionally or as params"));
            CheckType(parameter.Type, parameter.Locations[0], bag);
        }
    }

    private static void CheckType(ITypeSymbol type, Location at, DiagnosticBag bag)
    {
        if (KernelType.From(type) is null)
            bag.Add(KernelDiagnostics.TypeOutside(at, type.ToDisplayString()));
    }
}
