namespace Edgec.Targets;

/// <summary>The multiplier of an FPGA.</summary>
public enum DspKind
{
    /// <summary>25 x 18 bits with a 48-bit accumulator (7 series, Zynq-7000).</summary>
    Dsp48E1,

    /// <summary>27 x 18 bits with a 48-bit accumulator (UltraScale+).</summary>
    Dsp48E2,
}
