namespace Edgec.Targets;

/// <summary>An FPGA on a board, with all its resources; a design shares them with nobody.</summary>
/// <param name="Part">As the vendor's tool spells it: <c>xczu3eg-sbva484-1-e</c>.</param>
/// <param name="Bram36">Block RAMs of 36 Kbit; reports that count in 18 Kbit count twice as many.</param>
/// <param name="Uram">UltraRAMs of 288 Kbit; 0 where the device has none.</param>
/// <param name="Lut">Six-input look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="ClockMHz">The clock a design is made for.</param>
/// <param name="AxiPorts">Memory ports into the processor's memory controller.</param>
/// <param name="AxiPortBits">Data bits of each of them.</param>
public sealed record FpgaTarget(
    string Name,
    string Description,
    MemoryBandwidth Memory,
    string Part,
    FpgaFamily Family,
    DspKind DspKind,
    int Dsp,
    int Bram36,
    int Uram,
    int Lut,
    int Ff,
    double ClockMHz,
    int AxiPorts,
    int AxiPortBits)
    : Target(Name, Description, Memory)
{
    /// <summary>Null where the file states none.</summary>
    public EnergyCost? Energy { get; init; }
}
