namespace Edgec.Plan.Hls;

/// <summary>A convolution command whose results go as a stream to a second one behind it.</summary>
/// <param name="Source">Index of the first one among the plan's commands, where it also stands for itself.</param>
/// <param name="Follower">The second one: lane by lane. It has a source of its own only by the order in which words would lie there.</param>
public sealed record StreamedCommand(int Source, ConvolutionCommand Follower) : HlsCommand
{
    public override string Engine => "convolution";

    public override string Initializer => $"{Source} then {Follower.Initializer}";
}
