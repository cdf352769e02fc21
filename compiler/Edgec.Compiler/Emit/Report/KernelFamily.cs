using System.Text.Json.Serialization;

namespace Edgec.Emit.Report;

/// <summary>Kernels by what a reader wants to tell apart; each has a colour of its own in the page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KernelFamily>))]
internal enum KernelFamily
{
    [JsonStringEnumMemberName("convolution")]
    Convolution,
    [JsonStringEnumMemberName("matmul")]
    Matmul,
    [JsonStringEnumMemberName("pool")]
    Pool,
    [JsonStringEnumMemberName("elementwise")]
    Elementwise,
    [JsonStringEnumMemberName("normalize")]
    Normalize,
    [JsonStringEnumMemberName("move")]
    Move,
}
