using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The p-norm of each window: (Σ |x|^p)^(1/p). It can be evaluated but has no kernel.</summary>
public sealed record LpPool(WindowAttributes Window, bool ChannelsLast, float P) : PoolOperator(Window, ChannelsLast)
{
    public static readonly OpDef Def = new("lp-pool", "LpPool", a =>
        new LpPool(WindowAttributes.Read(a), a.Flag("channels_last"), a.Float("p", 2)));

    public override string Name => "lp-pool";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => P == 2 ? base.Attributes : [.. base.Attributes, ("p", P)];

    private protected override void Pool(WindowGeometry geometry, Tensor x, Tensor y, int firstRow, int endRow)
    {
        ReadOnlySpan<float> source = x.Span<float>();
        Span<float> target = y.Span<float>();
        int channels = geometry.Channels;
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < geometry.OutWidth; ox++)
                for (int c = 0; c < channels; c++)
                {
                    float sum = 0;
                    for (int ky = 0; ky < geometry.KernelHeight; ky++)
                        for (int kx = 0; kx < geometry.KernelWidth; kx++)
                        {
                            if (geometry.TryPixel(row, ox, ky, kx, out int pixel))
                                sum += MathF.Pow(MathF.Abs(source[pixel * channels + c]), P);
                        }

                    target[(row * geometry.OutWidth + ox) * channels + c] = MathF.Pow(sum, 1 / P);
                }
    }
}
