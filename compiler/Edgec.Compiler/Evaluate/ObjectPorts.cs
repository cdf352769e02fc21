using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>Objects as the pass <c>append-decode</c> gives them: boxes [1,k,4] in pixels, scores [1,k] as logits, classes [1,k].</summary>
internal sealed record ObjectPorts(int Boxes, int Scores, int Classes) : DetectorPorts
{
    public override ImmutableArray<int> All => [Boxes, Scores, Classes];

    public override ImmutableArray<Detection> Decode(ImmutableArray<Tensor> outputs)
    {
        float[] boxes = outputs[Boxes].ToF32().Span<float>().ToArray(), scores = outputs[Scores].ToF32().Span<float>().ToArray();
        return
        [
            .. scores.Select((logit, i) => new Detection(
                new(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), (int)outputs[Classes].Integer(i), 1 / (1 + MathF.Exp(-logit)))),
        ];
    }

    /// <summary>By their names and shapes; null if there are none.</summary>
    public static ObjectPorts? Find(ImmutableArray<DataInput> outputs)
    {
        int[] ports = [.. new[] { "boxes", "scores", "classes" }.Select(name => outputs.ToList().FindIndex(output => output.Name == name))];
        if (ports.Contains(-1))
            return null;
        Shape[] shapes = [.. ports.Select(port => outputs[port].Shape)];
        return shapes is [[1, var k, 4], [1, var scores], [1, var classes]] && scores == k && classes == k ? new(ports[0], ports[1], ports[2]) : null;
    }
}
