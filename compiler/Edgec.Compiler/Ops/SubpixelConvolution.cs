using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Transposed convolution without zeros between pixels (W. Shi et al., "Is the deconvolution layer the same as a
/// convolutional layer?", 2016): outputs at the same place within a block of stride by stride pixels depend on the same
/// kernel positions, so each place is one more output channel of a convolution over the input.
/// <code>
///   %y = conv-transpose(%x, #w) {strides=[2,2]}
///   =>  %f = conv(%x, #places); %b = depth-to-space(%f) {mode=CRD}; %y = slice(%b)
/// </code>
/// </summary>
internal static class SubpixelConvolution
{
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="weights">[C, M/groups, kH, kW].</param>
    /// <returns>The value [N,M,H',W'].</returns>
    public static string Build(
        TransposedAxis rows, TransposedAxis columns, int groups, string x, Tensor weights, Tensor? bias, Canonicalizer context)
    {
        int places = rows.Stride * columns.Stride;
        string filters = context.AddConstant("places", Filters(rows, columns, groups, weights));
        var window = new WindowAttributes(
            [rows.Reach + 1, columns.Reach + 1], [1, 1], [1, 1], [rows.Pads.Before, columns.Pads.Before, rows.Pads.Behind, columns.Pads.Behind]);
        var conv = new Conv(window, groups, Activation.None, ChannelsLast: false);
        string y = bias is null
            ? context.Add(conv, x, filters)
            : context.Add(conv, x, filters, context.AddConstant("bias", Repeat(bias, places)));
        if (places > 1)
            y = context.Add(new DepthToSpace(rows.Stride, columns.Stride, "CRD", false), y);
        Shape all = context.TypeOf(y).Shape;
        return (rows.Crop, columns.Crop, all[2], all[3]) == (0, 0, rows.Output, columns.Output)
            ? y
            : context.Add(new Slice([rows.Crop, columns.Crop], [rows.Crop + rows.Output, columns.Crop + columns.Output], [2, 3], []), y);
    }

    /// <summary>[M · places, C/groups, kernel rows, kernel columns]: place after place of each output channel.</summary>
    private static Tensor Filters(in TransposedAxis rows, in TransposedAxis columns, int groups, Tensor weights)
    {
        int inputs = weights.Shape[0] / groups, outputs = weights.Shape[1], height = rows.Reach + 1, width = columns.Reach + 1;
        ReadOnlySpan<float> w = weights.Span<float>();
        var filters = new float[(long)groups * outputs * rows.Stride * columns.Stride * inputs * height * width];
        int at = 0;
        for (int m = 0; m < groups * outputs; m++)
            for (int placeY = 0; placeY < rows.Stride; placeY++)
                for (int placeX = 0; placeX < columns.Stride; placeX++)
                    for (int c = 0; c < inputs; c++)
                        for (int y = 0; y < height; y++)
                            for (int x = 0; x < width; x++, at++)
                            {
                                // A convolution's window runs forward, the steps back from a block run backward.
                                int ky = rows.Position(placeY, rows.Reach - y), kx = columns.Position(placeX, columns.Reach - x);
                                if (ky >= 0 && kx >= 0)
                                    filters[at] = w[(((m / outputs * inputs + c) * outputs + m % outputs) * rows.Kernel + ky) * columns.Kernel + kx];
                            }

        return Tensor.Of([groups * outputs * rows.Stride * columns.Stride, inputs, height, width], filters);
    }

    private static Tensor Repeat(Tensor bias, int times)
    {
        ReadOnlySpan<float> values = bias.Span<float>();
        var repeated = new float[values.Length * times];
        for (int i = 0; i < repeated.Length; i++)
            repeated[i] = values[i / times];
        return Tensor.Of([repeated.Length], repeated);
    }
}
