using System.Text.RegularExpressions;
using Edgec.Diagnostics;
using Edgec.Lowering;
using Xunit;

namespace Edgec.Tests.Lowering;

/// <summary>Every way out of the kernel subset is one diagnostic, at the place marked § in the source.</summary>
public sealed partial class RejectionTests
{
    private const string Attribute = "[AttributeUsage(AttributeTargets.Class)] sealed class KernelSourceAttribute : Attribute;";

    /// <summary>The code, and the members of a kernel class.</summary>
    public static TheoryData<string, string> Members => new()
    {
        { "EC6001", "public static int F(int a) => §b;" },
        { "EC6001", "public static int F() => §int.MaxValue + 1;" },
        { "EC6002", "private static int §state; public static int F(int a) => a + state;" },
        { "EC6002", "public static int §F => 1;" },
        { "EC6003", "public static int §F<T>(int a) => a;" },
        { "EC6003", "public static int §F(this int a) => a;" },
        { "EC6003", "public static int F(ref int §a) => a;" },
        { "EC6003", "public static int F(int §a = 1) => a;" },
        { "EC6004", "public static int F(nint §a) => 1;" },
        { "EC6004", "public static int F(int? §a) => 1;" },
        { "EC6004", "public static double §F(int a) => 1;" },
        { "EC6004", "public static int F(int a) => a + (int)§1.5;" },
        { "EC6004", "public static bool F(int a) { string s = §\"a\"; return a > 0; }" },
        { "EC6005", "public static int F(int a) { §while (a > 0) a -= 1; return a; }" },
        { "EC6005", "public static int F(int a) => §a switch { 1 => 2, _ => 3 };" },
        { "EC6005", "public static int F(int a) { §a++; return a; }" },
        { "EC6005", "public static int F(int a) => §a >>> 1;" },
        { "EC6005", "public static int F(int a) => §+a;" },
        { "EC6005", "public static bool F(bool a, bool b) => §a & b;" },
        { "EC6005", "public static int F(int a) { §throw null!; }" },
        { "EC6005", "public static int F(int a) { §int b; b = a; return b; }" },
        { "EC6005", "public static int F(int a) { §int b = a, c = a; return b + c; }" },
        { "EC6006", "public static int F(int a, int b) => §checked(a + b);" },
        { "EC6006", "public static int F(int a, int b) { §checked { a += b; } return a; }" },
        { "EC6007", "public static long F(int a, uint b) => a + §b;" },
        { "EC6007", "public static long F(uint a) => §a;" },
        { "EC6007", "public static long F(long a, uint b) { a += §b; return a; }" },
        { "EC6008", "public static int F(int a, int n) => a >> §n;" },
        { "EC6008", "public static int F(int a) => a << §32;" },
        { "EC6008", "public static int F(int a, int n) => a << (§n & 63);" },
        { "EC6008", "public static int F(int a, int n) => a << (§n & 6);" },
        { "EC6008", "public static int F(int a, int n) { a >>= §n; return a; }" },
        { "EC6009", "public static int F(int a, int b) => a / §b;" },
        { "EC6009", "public static int F(int a) => a % §-1;" },
        { "EC6010", "public static int F(int a) { §for (int i = 0; i < a; i++) a -= 1; return a; }" },
        { "EC6010", "public static int F(int a) { §for (int i = 0; i < 8; i += 2) a -= 1; return a; }" },
        { "EC6010", "public static int F(int a) { §for (int i = 0; i < 8; i++) i += a; return a; }" },
        { "EC6011", "public static int F(int a) => §Math.Abs(a);" },
        { "EC6012", "public static int §F(int a) => a > 0 ? F(a - 1) : 0;" },
        { "EC6013", "public static int F(int §signed) => signed;" },
        { "EC6013", "public static int F(int §größe) => größe;" },
        { "EC6013", "public static int F(int aBC, int §aBc) => aBC + aBc;" },
        { "EC6013", "public static int Half(int a) => a >> 1; public static int F(int §kernelHalf) => Half(kernelHalf);" },
        { "EC6014", "public static int F(int a) { int b = §a = 3; return b; }" },
        { "EC6014", "public static int F(int a) => §a++;" },
        { "EC6014", "public static byte F(byte a) { §a += 1; return a; }" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void Rejected(string code, string members) =>
        AssertRejected(code, $"[KernelSource] public static class Kernel {{ {members} }}");

    [Theory]
    [InlineData("EC6002", "[KernelSource] public class §Kernel { public static int F(int a) => a; }")]
    [InlineData("EC6002", "[KernelSource] public static partial class §Kernel { } public static partial class Kernel { public static int F(int a) => a; }")]
    [InlineData("EC6012", "[KernelSource] static class §A { public static int F(int a) => B.F(a); } [KernelSource] static class B { public static int F(int a) => a; public static int G(int a) => A.F(a); }")]
    [InlineData("EC6013", "[KernelSource] static class One { public static int TwoThree(int a) => a; } [KernelSource] static class OneTwo { public static int §Three(int a) => a; }")]
    [InlineData("EC6013", "[KernelSource] static class Scalar { public static int §Register(int a) => a; }")]
    public void Rejected_class(string code, string classes) => AssertRejected(code, classes);

    [Fact]
    public void Malformed_documentation_is_rejected()
    {
        string source = """
            [KernelSource]
            public static class Kernel
            {
                /// <summary>a < b</summary>
                public static bool F(int a, int b) => a < b;
            }
            """;
        Assert.Contains(Diagnose(source), item => item.Code == "EC6001" && item.Message.Contains("CS1570"));
    }

    [Fact]
    public void Overloads_are_rejected_each()
    {
        string source = "[KernelSource] static class Kernel { public static int F(int a) => a; public static int F(long a) => 1; }";
        Assert.Equal(["EC6003", "EC6003"], Diagnose(source).Select(item => item.Code));
    }

    [Fact]
    public void All_errors_of_a_phase_are_collected()
    {
        string source = "[KernelSource] static class Kernel { public static int F(int a, int n) => (a >> n) + a / n + (a >>> 2); }";
        Assert.Equal(["EC6008", "EC6009", "EC6005"], Diagnose(source).Select(item => item.Code));
    }

    [Fact]
    public void A_message_says_where_and_what_to_do()
    {
        string source = "[KernelSource] static class Kernel { public static int F(int a, int n) => a >> n; }";
        Assert.Equal(
            "Kernel.cs(2,80): error EC6008: the shift count may leave 0 to 31. Write a constant in that range or mask it with & 31.",
            Diagnose(source).Single().ToString());
    }

    [Fact]
    public void Every_code_has_a_case()
    {
        string words = File.ReadAllText(Path.Combine(SourceTree.Root, "compiler/Edgec.Compiler/Lowering/KernelDiagnostics.cs"));
        IEnumerable<string> codes = Code().Matches(words).Select(match => match.Value).Distinct();
        Assert.Equal(codes.Order(), Members.Select(row => row.Data.Item1).Distinct().Order());
    }

    private static void AssertRejected(string code, string source)
    {
        int column = source.IndexOf('§', StringComparison.Ordinal) + 1;
        Diagnostic diagnostic = Assert.Single(Diagnose(source.Replace("§", "", StringComparison.Ordinal)));
        Assert.Equal((code, $"Kernel.cs(2,{column})"), (diagnostic.Code, diagnostic.Location));
    }

    private static IReadOnlyList<Diagnostic> Diagnose(string source)
    {
        KernelFile file = new("Kernel.cs", $"{Attribute}\n{source}");
        return Assert.Throws<DiagnosticException>(() => KernelLowering.Lower([file], new CDialect())).Diagnostics;
    }

    [GeneratedRegex("EC6[0-9]{3}")]
    private static partial Regex Code();
}
