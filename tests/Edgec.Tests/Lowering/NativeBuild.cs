using Edgec.Lowering;

namespace Edgec.Tests.Lowering;

/// <summary>One way to compile a lowered header.</summary>
internal sealed record NativeBuild(string Name, Dialect Dialect, string Compiler, params string[] Flags)
{
    public static IReadOnlyList<NativeBuild> All { get; } =
    [
        new("C, -O2", new CDialect(), "gcc", "-std=c11", "-O2", "-Wconversion"),
        new("C, UBSan", new CDialect(), "gcc", "-std=c11", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"),
        new("C++14, -O3", new CDialect(), "g++", "-std=c++14", "-O3", "-Wconversion"),
        new("C by clang, -O2", new CDialect(), "clang", "-std=c11", "-O2", "-Wconversion"),
        new("HLS, -O2", new HlsDialect(), "g++", "-std=c++14", "-O2", "-Wno-unknown-pragmas", "-I", Path.Combine(SourceTree.Root, "hls-templates", "sim")),
    ];

    /// <summary>Writes a program that answers rows of arguments, and compiles it with warnings as errors.</summary>
    public NativeProgram Compile(KernelSources sources, IReadOnlyList<KernelFunction> functions, TemporaryFolder folder)
    {
        string stem = $"{sources.Name}{All.ToList().IndexOf(this)}";
        bool isC = Compiler != "g++";
        string header = Path.Combine(SourceTree.Root, sources.HeaderPath(Dialect));
        string source = folder.At($"{stem}.{(isC ? "c" : "cpp")}");
        string program = folder.At(stem);
        File.WriteAllText(source, Text(header, functions));
        NativeProgram.RunCompiler(Compiler, [.. Flags, "-Wall", "-Wextra", "-Werror", source, "-o", program]);
        return new NativeProgram(Name, program);
    }

    private string Text(string header, IReadOnlyList<KernelFunction> functions) =>
        $$"""
        #include "{{header}}"
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>

        static void run(int64_t function, int64_t count, const int64_t *row, int64_t *result) {
            switch (function) {
        {{string.Join('\n', functions.Select(Case))}}
            default: exit(2);
            }
        }

        int main(void) {
            int64_t request[3];
            while (fread(request, sizeof request, 1, stdin) == 1) {
                size_t count = (size_t)request[1], parameters = (size_t)request[2];
                int64_t *rows = (int64_t *)malloc(count * parameters * sizeof *rows);
                int64_t *results = (int64_t *)malloc(count * sizeof *results);
                if (rows == NULL || results == NULL || fread(rows, sizeof *rows * parameters, count, stdin) != count) return 3;
                run(request[0], request[1], rows, results);
                if (fwrite(results, sizeof *results, count, stdout) != count || fflush(stdout) != 0) return 4;
                free(rows);
                free(results);
            }
            return 0;
        }

        """;

    private string Case(KernelFunction function, int index)
    {
        IEnumerable<string> arguments = function.Method.Parameters.Select((parameter, i) => Argument(KernelType.Of(parameter.Type), i));
        bool isHls = Dialect is HlsDialect;
        string name = isHls ? $"edgec::{function.Name}" : Dialect.FunctionName(function.Name);
        string call = $"{name}({string.Join(", ", arguments)})";
        string result = isHls && KernelType.Of(function.Method.ReturnType) != KernelType.Bool ? $"{call}.to_int64()" : $"(int64_t){call}";
        return $"    case {index}: for (; count > 0; count--, row += {function.Method.Parameters.Length}) *result++ = {result}; break;";
    }

    private string Argument(KernelType type, int index) =>
        type == KernelType.Bool ? $"row[{index}] != 0"
        : Dialect is HlsDialect ? $"{Dialect.TypeName(type)}(row[{index}])"
        : $"({Dialect.TypeName(type)})row[{index}]";
}
