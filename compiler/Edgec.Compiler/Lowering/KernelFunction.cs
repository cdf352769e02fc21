using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>A method of a kernel class, and its name in snake case without a prefix.</summary>
internal sealed record KernelFunction(IMethodSymbol Method, string Name, IBlockOperation Body)
{
    public IEnumerable<IMethodSymbol> Calls =>
        Body.Descendants().OfType<IInvocationOperation>().Select(call => call.TargetMethod);

    public Location Location => Method.Locations[0];

    /// <summary>Methods of <c>Scalar</c> stand for themselves; others carry their class's name.</summary>
    public static string NameOf(IMethodSymbol method) =>
        method.ContainingType.Name == "Scalar"
            ? KernelNames.Snake(method.Name)
            : $"{KernelNames.Snake(method.ContainingType.Name)}_{KernelNames.Snake(method.Name)}";
}
