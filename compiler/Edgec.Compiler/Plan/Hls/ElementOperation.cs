namespace Edgec.Plan.Hls;

/// <summary>What the element engine computes.</summary>
public enum ElementOperation
{
    Add,
    Multiply,
    Maximum,
    Minimum,
    Rescale,
    Compare,
    Choose,
}
