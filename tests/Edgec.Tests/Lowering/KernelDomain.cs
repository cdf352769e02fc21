using System.Reflection;

namespace Edgec.Tests.Lowering;

/// <summary>The inputs a kernel function is proven for: a range for each parameter, and what holds between them.</summary>
/// <remarks>A row holds one argument an element; an unsigned 64-bit one as its bits.</remarks>
internal sealed record KernelDomain(params (Int128 Low, Int128 High)[] Ranges)
{
    /// <summary>Rows that do not hold are left out.</summary>
    public Func<long[], bool> Where { get; init; } = _ => true;

    /// <summary>Makes a row consistent, where one argument follows from others.</summary>
    public Action<long[]> Derive { get; init; } = _ => { };

    /// <summary>The number of rows before any is left out.</summary>
    public double Size => Ranges.Aggregate(1.0, (size, range) => size * ((double)(range.High - range.Low) + 1));

    public static KernelDomain WholeTypes(MethodInfo method) => new([.. method.GetParameters().Select(parameter => Whole(parameter.ParameterType))]);

    private static (Int128 Low, Int128 High) Whole(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => (0, 1),
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => (long.MinValue, long.MaxValue),
        TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
        _ => throw new ArgumentException($"{type} is not a kernel type"),
    };
}
