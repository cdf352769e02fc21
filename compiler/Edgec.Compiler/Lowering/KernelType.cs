using Microsoft.CodeAnalysis;

namespace Edgec.Lowering;

/// <summary>A type of the subset: bool (one unsigned bit) or an integer.</summary>
internal readonly record struct KernelType(int Bits, bool IsSigned)
{
    public static KernelType Bool { get; } = new(1, false);

    public static KernelType? From(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_Boolean => Bool,
        SpecialType.System_SByte => new(8, true),
        SpecialType.System_Byte => new(8, false),
        SpecialType.System_Int16 => new(16, true),
        SpecialType.System_UInt16 => new(16, false),
        SpecialType.System_Int32 => new(32, true),
        SpecialType.System_UInt32 => new(32, false),
        SpecialType.System_Int64 => new(64, true),
        SpecialType.System_UInt64 => new(64, false),
        _ => null,
    };

    public static KernelType Of(ITypeSymbol? type) =>
        From(type) ?? throw new InvalidOperationException($"{type} passed the subset check");

    /// <summary>Whether every value of this type is one of <paramref name="wider"/>.</summary>
    public bool FitsIn(KernelType wider) =>
        IsSigned == wider.IsSigned ? Bits <= wider.Bits : !IsSigned && Bits < wider.Bits;
}
