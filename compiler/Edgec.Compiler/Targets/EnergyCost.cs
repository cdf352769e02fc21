namespace Edgec.Targets;

/// <summary>What computing and moving take, in picojoules: figures to compare designs by, no measurement of a board.</summary>
/// <param name="PerMac">Of a multiply-accumulate of 8 bits.</param>
/// <param name="PerByte">Of a byte to or from external memory.</param>
public sealed record EnergyCost(double PerMac, double PerByte);
