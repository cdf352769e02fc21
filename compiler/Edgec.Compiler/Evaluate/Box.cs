namespace Edgec.Evaluate;

/// <summary>A rectangle in pixels of the input picture, the right and lower edge not in it.</summary>
public readonly record struct Box(float X0, float Y0, float X1, float Y1)
{
    private float Area => (X1 - X0) * (Y1 - Y0);

    /// <summary>Intersection over union with another, 0 to 1.</summary>
    public float Overlap(Box other)
    {
        float width = Math.Min(X1, other.X1) - Math.Max(X0, other.X0), height = Math.Min(Y1, other.Y1) - Math.Max(Y0, other.Y0);
        if (width <= 0 || height <= 0)
            return 0;
        float shared = width * height;
        return shared / (Area + other.Area - shared);
    }
}
