namespace Edgec.Plan;

/// <summary>Where the bytes of a value live.</summary>
public enum Place
{
    /// <summary>The caller's, read only.</summary>
    Input,

    /// <summary>The caller's, written by the model (and read again where a later step needs it).</summary>
    Output,

    /// <summary>The static arena, reused as values die.</summary>
    Arena,

    /// <summary>The weight image, read only.</summary>
    Weights,
}
