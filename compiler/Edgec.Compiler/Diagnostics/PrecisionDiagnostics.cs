using System.Globalization;

namespace Edgec.Diagnostics;

/// <summary>What precision plans have to say (EC303x, EC304x).</summary>
public static class PrecisionDiagnostics
{
    public static Diagnostic Malformed(string file, int line, int column, string message) =>
        Diagnostic.Error("EC3030", $"{file}({line},{column})", message);

    /// <param name="hint">What the name was probably meant to be, as a sentence with a space before it.</param>
    public static Diagnostic UnknownLayer(string model, string layer, string hint) => Diagnostic.Error(
        "EC3031", model, $"The precision plan has a rule for '{layer}', but no layer has that name.{hint} edgec inspect prints the names: of the value or of the ONNX node.");

    public static Diagnostic Unreadable(string file, bool absent) => Diagnostic.Error(
        "EC3032", file, $"{(absent ? "there is no such file" : "it cannot be read")}. Give a precision plan, or one of fp32, w8a8, w4a8, w8a16, w4a16.");

    public static Diagnostic TooLong(string file) => Diagnostic.Error(
        "EC3034", file, "the file is longer than the 1 MiB a precision plan may have.");

    public static Diagnostic Unsupported(string location, string precision, string what) => Diagnostic.Error(
        "EC3033", location, $"The plan asks for {precision} here, but {what}. Give this layer another precision.");

    /// <param name="why">Why the first one is refused.</param>
    public static Diagnostic NoCandidate(string location, string candidates, string why) => Diagnostic.Error(
        "EC3040", location, $"This layer can have none of {candidates}: {why} Name more with --candidates.");

    /// <param name="nearest">What the cheapest plan costs.</param>
    public static Diagnostic TooExpensive(string model, string budget, string nearest) => Diagnostic.Error(
        "EC3041", model, $"No plan keeps to {budget}: with the cheapest candidate for every layer it is {nearest}. Allow more, or name cheaper candidates with --candidates.");

    /// <param name="nearest">What the best plan that can be paid measures.</param>
    /// <param name="cost">What it costs.</param>
    public static Diagnostic TooLossy(string model, string budget, string nearest, string cost) => Diagnostic.Error(
        "EC3042", model, $"No plan keeps to {budget}: the best that can be had measures {nearest}, at {cost}. Allow more, or name wider candidates with --candidates (fp32 too, where the target computes in float).");

    public static Diagnostic ArrivesQuantized(string location, string op) => Diagnostic.Error(
        "EC3043", location, $"The model arrives quantized ({op}): its numbers are taken as they are, so there is nothing to choose. Give the float model it was made from.");

    /// <param name="energy">The share of the weights' squares that the branch holds.</param>
    /// <param name="largest">The largest weight of the rest, of the largest before.</param>
    /// <param name="extra">Multiplications of the branch, of those of the layer.</param>
    public static Diagnostic LowRank(string location, int rank, double energy, double largest, double extra) => Diagnostic.Note(
        "EC3044", location, string.Create(
            CultureInfo.InvariantCulture,
            $"A branch of rank {rank} holds {100 * energy:f1} % of the weights' energy. The largest weight of the rest is {largest:f2} of what it was; the branch adds {100 * extra:f1} % of multiplications."));
}
