namespace Edgec.Ops;

/// <summary>What <see cref="Reduce"/> makes of the elements it gathers.</summary>
public enum ReduceFunction
{
    Mean,
    Sum,
    Maximum,
    Minimum,
    Product,

    /// <summary>Σ |x|.</summary>
    L1,

    /// <summary>√Σ x².</summary>
    L2,

    SumSquare,

    /// <summary>log Σ x.</summary>
    LogSum,

    /// <summary>log Σ e^x.</summary>
    LogSumExp,
}
