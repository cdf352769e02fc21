using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Loader;
using Edgec.Lowering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace Edgec.Tests.Lowering;

/// <summary>The kernels of one set of sources, compiled with overflow checks in C#, and every native build of them.</summary>
public sealed class DifferentialFixture : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentDictionary<KernelSources, Lazy<Loaded>> loaded = new();

    internal Loaded Load(KernelSources sources) => loaded.GetOrAdd(sources, key => new(() => Compile(key))).Value;

    public void Dispose()
    {
        foreach (NativeProgram program in loaded.Values.Where(item => item.IsValueCreated).SelectMany(item => item.Value.Programs))
            program.Dispose();
        folder.Dispose();
    }

    internal static IReadOnlyList<KernelFunction> PublicFunctions(KernelSources sources) =>
    [
        .. KernelProgram.Read(sources.Files).Classes
            .SelectMany(item => item.Functions)
            .Where(function => function.Method.DeclaredAccessibility == Accessibility.Public),
    ];

    private Loaded Compile(KernelSources sources)
    {
        using MemoryStream image = new();
        EmitResult emitted = KernelCompilation.Create(sources.Files).Emit(image);
        if (!emitted.Success)
            throw new InvalidOperationException(string.Join('\n', emitted.Diagnostics));

        image.Position = 0;
        Assembly assembly = new AssemblyLoadContext(sources.Name).LoadFromStream(image);
        IReadOnlyList<KernelFunction> functions = PublicFunctions(sources);
        MethodInfo[] methods = [.. functions.Select(function => Method(assembly, function))];
        NativeProgram[] programs = [.. NativeBuild.All.AsParallel().AsOrdered().Select(build => build.Compile(sources, functions, folder))];
        return new([.. functions.Select(function => $"{function.Method.ContainingType.Name}.{function.Method.Name}")], methods, [.. methods.Select(Caller)], programs);
    }

    private static MethodInfo Method(Assembly assembly, KernelFunction function) =>
        assembly.GetType(function.Method.ContainingType.ToDisplayString(), throwOnError: true)!.GetMethod(function.Method.Name)!;

    /// <summary>Calls a method of any signature with a row of arguments.</summary>
    private static Func<long[], long> Caller(MethodInfo method)
    {
        ParameterExpression row = Expression.Parameter(typeof(long[]));
        IEnumerable<Expression> arguments = method.GetParameters().Select(Expression (parameter, i) =>
        {
            Expression argument = Expression.ArrayIndex(row, Expression.Constant(i));
            return parameter.ParameterType == typeof(bool)
                ? Expression.NotEqual(argument, Expression.Constant(0L))
                : Expression.Convert(argument, parameter.ParameterType);
        });
        Expression call = Expression.Call(method, arguments);
        Expression result = method.ReturnType == typeof(bool)
            ? Expression.Condition(call, Expression.Constant(1L), Expression.Constant(0L))
            : Expression.Convert(call, typeof(long));
        return Expression.Lambda<Func<long[], long>>(result, row).Compile();
    }

    internal sealed record Loaded(
        IReadOnlyList<string> Names,
        IReadOnlyList<MethodInfo> Methods,
        IReadOnlyList<Func<long[], long>> Calls,
        IReadOnlyList<NativeProgram> Programs);
}
