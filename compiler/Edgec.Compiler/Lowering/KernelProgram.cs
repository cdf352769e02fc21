using System.Collections.Immutable;
using Edgec.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;

namespace Edgec.Lowering;

/// <summary>All kernel classes of some sources, checked, each after the classes it calls.</summary>
internal sealed record KernelProgram(ImmutableArray<KernelClass> Classes)
{
    /// <exception cref="DiagnosticException">The sources do not compile or leave the subset (EC6001 to EC6014).</exception>
    public static KernelProgram Read(IReadOnlyList<KernelFile> files)
    {
        CSharpCompilation compilation = KernelCompilation.Create(files);
        DiagnosticBag bag = new();
        foreach (Diagnostic diagnostic in compilation.GetDiagnostics().Where(item => item.Severity == DiagnosticSeverity.Error))
            bag.Add(KernelDiagnostics.NotCSharp(diagnostic.Location, $"{diagnostic.Id} {diagnostic.GetMessage()}"));
        bag.ThrowIfErrors();

        ImmutableArray<INamedTypeSymbol> types = [.. compilation.SyntaxTrees.SelectMany(tree => KernelTypes(compilation, tree)).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default)];
        foreach (INamedTypeSymbol type in types)
            KernelShape.Check(type, bag);
        bag.ThrowIfErrors();

        ImmutableArray<KernelClass> classes = [.. types.Select(type => Class(compilation, type))];
        ImmutableArray<KernelFunction> functions = [.. classes.SelectMany(item => item.Functions)];
        KernelShape.CheckNames(functions, bag);
        HashSet<IMethodSymbol> methods = new(functions.Select(function => function.Method), SymbolEqualityComparer.Default);
        KernelSubset subset = new(bag, methods);
        foreach (KernelFunction function in functions)
            subset.Check(function.Method, function.Body);
        bag.ThrowIfErrors();

        KernelProgram program = new(InCallOrder(classes, bag));
        bag.ThrowIfErrors();
        return program;
    }

    private static IEnumerable<INamedTypeSymbol> KernelTypes(CSharpCompilation compilation, SyntaxTree tree)
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
            .Select(declaration => model.GetDeclaredSymbol(declaration)!)
            .Where(type => type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "KernelSourceAttribute"));
    }

    private static KernelClass Class(CSharpCompilation compilation, INamedTypeSymbol type) =>
        new(type, [.. type.GetMembers().OfType<IMethodSymbol>().Select(method => Function(compilation, method))]);

    private static KernelFunction Function(CSharpCompilation compilation, IMethodSymbol method)
    {
        SyntaxNode syntax = method.DeclaringSyntaxReferences[0].GetSyntax();
        IMethodBodyOperation body = (IMethodBodyOperation)compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax)!;
        return new(method, KernelFunction.NameOf(method), (body.BlockBody ?? body.ExpressionBody)!);
    }

    private static ImmutableArray<KernelClass> InCallOrder(ImmutableArray<KernelClass> classes, DiagnosticBag bag)
    {
        Dictionary<ISymbol, KernelClass> byType = classes.ToDictionary(ISymbol (item) => item.Type, SymbolEqualityComparer.Default);
        Dictionary<ISymbol, KernelFunction> byMethod =
            classes.SelectMany(item => item.Functions).ToDictionary(ISymbol (item) => item.Method, SymbolEqualityComparer.Default);

        ImmutableArray<KernelClass> sorted = CallOrder.Sort(
            classes,
            item => item.Functions.SelectMany(function => function.Calls).Select(callee => byType[callee.ContainingType]).Where(needed => needed != item),
            item => bag.Add(KernelDiagnostics.CallCycle(item.Type.Locations[0], item.Type.Name)));
        return [.. sorted.Select(item => item with { Functions = FunctionsInCallOrder(item) })];

        ImmutableArray<KernelFunction> FunctionsInCallOrder(KernelClass item) => CallOrder.Sort(
            item.Functions,
            function => function.Calls.Select(callee => byMethod[callee]).Where(callee => item.Functions.Contains(callee)),
            function => bag.Add(KernelDiagnostics.CallCycle(function.Location, function.Method.Name)));
    }
}
