namespace Edgec.Runtime.Kernels;

/// <summary>Rounding profiles as files and command lines spell them.</summary>
public static class RoundingProfiles
{
    public static IReadOnlyList<RoundingProfile> All { get; } = Enum.GetValues<RoundingProfile>();

    public static string Text(this RoundingProfile profile) => profile.ToString().ToLowerInvariant();

    /// <summary>The profile of that name; null if there is none.</summary>
    public static RoundingProfile? Find(string name)
    {
        foreach (RoundingProfile profile in All)
        {
            if (profile.Text() == name)
                return profile;
        }

        return null;
    }
}
