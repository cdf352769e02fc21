using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>Resources of a device: estimated, not reported by synthesis.</summary>
public readonly record struct ResourceEstimate(int Dsp, int Bram36, int Uram, int Lut, int Ff)
{
    /// <summary>Share of a device's look-up tables and flip-flops that placement can still use.</summary>
    public const double UsableLogic = 0.8;

    public bool Fits(FpgaTarget target) => Excess(target) is null;

    /// <summary>The first resource of which there is too little, in words; null if all fits.</summary>
    public string? Excess(FpgaTarget target)
    {
        if (Dsp > target.Dsp)
            return $"{Dsp} DSP of {target.Dsp}";
        if (Bram36 > target.Bram36)
            return $"{Bram36} block RAM (36 Kbit) of {target.Bram36}";
        if (Uram > target.Uram)
            return $"{Uram} UltraRAM of {target.Uram}";
        if (Lut > target.Lut * UsableLogic)
            return $"{Lut} look-up tables of {target.Lut * UsableLogic:f0} usable";
        return Ff > target.Ff * UsableLogic ? $"{Ff} flip-flops of {target.Ff * UsableLogic:f0} usable" : null;
    }
}
