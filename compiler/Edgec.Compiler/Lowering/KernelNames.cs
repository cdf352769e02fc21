using System.Collections.Frozen;
using System.Text;

namespace Edgec.Lowering;

/// <summary>C# names as C and C++ spell them.</summary>
internal static class KernelNames
{
    /// <summary>Words of C, C++ and the vendor's headers, and macros that compilers define.</summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        """
        alignas alignof and and_eq asm assert auto bitand bitor bool break case catch char class co_await co_return co_yield
        compl concept const const_cast consteval constexpr constinit continue decltype default delete do double
        dynamic_cast else enum errno explicit export extern false final float for friend goto if inline int linux long
        main mutable namespace near far new noexcept not not_eq nullptr operator or or_eq override private protected
        public register reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast
        struct switch template this thread_local throw true try typedef typeid typename typeof union unix unsigned using
        virtual void volatile wchar_t while xor xor_eq ap_int ap_uint ap_fixed ap_ufixed hls edgec std
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary><c>multiplierA</c> => <c>multiplier_a</c>; digits stay with the word before them.</summary>
    public static string Snake(string name)
    {
        StringBuilder snake = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || IsLowerAt(name, i + 1));
            if (startsWord)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    private static bool IsLowerAt(string name, int index) => index < name.Length && char.IsLower(name[index]);
}
