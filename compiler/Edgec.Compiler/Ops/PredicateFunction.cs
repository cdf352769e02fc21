namespace Edgec.Ops;

/// <summary>Predicates of one value.</summary>
public enum PredicateFunction
{
    Not,
    IsNotNumber,
    IsInfinite,
}
