namespace Edgec.Evaluate;

/// <summary>A metric of the float model and of the compiled one on the same samples.</summary>
/// <param name="Metric"><c>top1</c>: share of samples whose largest output is the label's. <c>sqnr</c>: signal to
/// quantization noise over all outputs in dB, float being infinite.</param>
/// <param name="Agreement">Share of samples on which both have the same largest output; only for <c>top1</c>.</param>
public sealed record Evaluation(string Metric, string Output, int Count, double Float, double Quantized, double? Agreement);
