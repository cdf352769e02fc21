namespace Edgec.Tests.Passes;

/// <summary>How a mixture of experts may be exported.</summary>
public enum MixtureForm
{
    Dense,
    Einsum,
    EinsumByRow,
    Unrolled,
    Gathered,
    OneHot,
    OneHotProduct,
    OneHotPicked,
    OneHotColumns,
    Selected,
    SelectedByMask,
    SelectedRows,
    Node,
}
