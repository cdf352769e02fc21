namespace Edgec.Check;

/// <summary>Where Debian keeps the programs edgec may need.</summary>
public static class DebianPackages
{
    /// <summary>The package of a program; null if it is not one of those known.</summary>
    public static string? Of(string program) => Path.GetFileName(program) switch
    {
        "cc" or "gcc" => "gcc libc6-dev",
        "c++" or "g++" => "g++",
        "clang" or "clang++" => "clang",
        "size" or "ar" or "objdump" => "binutils",
        "make" => "make",
        "cmake" => "cmake",
        "aarch64-linux-gnu-gcc" => "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        "aarch64-linux-gnu-size" => "binutils-aarch64-linux-gnu",
        "qemu-aarch64" => "qemu-user",
        _ => null,
    };
}
