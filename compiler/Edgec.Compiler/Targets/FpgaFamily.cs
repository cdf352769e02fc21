namespace Edgec.Targets;

/// <summary>Device families; the Zynq ones carry the processor that a bundle's host driver runs on.</summary>
public enum FpgaFamily
{
    Zynq7000,
    ZynqUltraScalePlus,
    Series7,
    UltraScalePlus,
}
