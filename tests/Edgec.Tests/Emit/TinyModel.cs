using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>A small quantized network with every kind of place a value can have, for golden files and for trying bundles out.</summary>
internal static class TinyModel
{
    public static ModelPlan Plan()
    {
        var random = new Random(7);
        var builder = new PlanBuilder("tiny");
        int image = builder.Input("image", I8([1, 8, 8, 3], 1 / 128.0, -1));
        var window = new WindowGeometry(1, 8, 8, 3, 4, 4, 8, 3, 3, 2, 2, 1, 1, 1, 1, 1);
        var conv = new WindowKernel(
            WindowMode.Convolution, window, RandomTensor.I8(random, 8, 3, 3, 3), RandomTensor.I32(random, 500, 8), RequantizeModel.RandomFinish(random, 8, 0.002), -1);
        int features = builder.Step("conv1", conv, I8([1, 4, 4, 8], 0.05, -3), image);
        int swish = builder.Step("swish", new TableKernel(128, RandomTensor.I8(random, 256)), I8([1, 4, 4, 8], 0.04, -100), features);
        int offset = builder.Constant("position", RandomTensor.I8(random, 4, 8));
        var add = new MapKernel(new AddStep(-100, 18000, 0, 16384, 15, -3, -128, 127), BroadcastGeometry.Of([1, 4, 4, 8], [1, 4, 4, 8], [4, 8]));
        int sum = builder.Step("add", add, I8([1, 4, 4, 8], 0.05, -3), swish, offset);
        var turned = new MoveKernel(1, 128, [new(0, [8, 16], [1, 8], [16, 1], 0, 0)]);
        int planes = builder.Step("transpose", turned, I8([1, 8, 4, 4], 0.05, -3), sum);
        int flat = builder.View("flatten", planes, [1, 128]);
        var dense = new MatmulKernel(
            new(1, 1, 128, 5, true, false, true), RandomTensor.I8(random, 5, 128), RandomTensor.I32(random, 500, 5), RequantizeModel.RandomFinish(random, 5, 0.001), -3);
        int scores = builder.Step("scores", dense, I8([1, 5], 0.1, 4), flat);
        int real = builder.Step("scores/real", new ConvertKernel(Conversion.Dequantize, 5, 0.1f, 4), TensorType.F32([1, 5]), scores);
        int shares = builder.Step("shares", new RowNormKernel(new FloatSoftmaxStep(false), new(1, 5, 1)), TensorType.F32([1, 5]), real);
        return builder.Build(scores, shares);
    }

    private static TensorType I8(Shape shape, double scale, int zero) => new(ElementType.I8, shape, Quantization.PerTensor(scale, zero));
}
