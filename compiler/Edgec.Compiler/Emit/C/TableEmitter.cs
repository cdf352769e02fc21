using Edgec.Kernels;

namespace Edgec.Emit.C;

internal static class TableEmitter
{
    public static CBody Emit(TableKernel kernel, StepContext context) => new(
        $"""
        for (int i = 0; i < {context.Outer(kernel.Count)}; i++)
            y[i] = {context.Constant("table")}[x[i] + 128];
        """);
}
