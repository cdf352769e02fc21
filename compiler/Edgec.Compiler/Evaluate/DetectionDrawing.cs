using System.Globalization;
using System.Text;
using Edgec.Emit.Report;
using Edgec.Runtime;
using StbImageWriteSharp;

namespace Edgec.Evaluate;

/// <summary>A picture as SVG with the boxes of the truth, of the float model and of the compiled one over it.</summary>
internal static class DetectionDrawing
{
    /// <summary>What is less sure is not drawn.</summary>
    public const float Least = 0.3f;

    /// <returns>An element that needs no other file: the picture is inside it, its darkest value black, its brightest white.</returns>
    public static string Draw(DetectedPicture picture)
    {
        (byte[] pixels, int height, int width, int channels) = Pixels(picture.Picture);
        using var png = new MemoryStream();
        new ImageWriter().WritePng(pixels, width, height, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue, png);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"picture {picture.Index} with boxes\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<image width=\"{width}\" height=\"{height}\" class=\"pixels\" href=\"data:image/png;base64,{Convert.ToBase64String(png.ToArray())}\"/>\n");
        foreach ((Box box, int kind) in picture.Truth)
            Add(svg, box, "truth", $"truth: class {kind}");
        foreach (Detection found in (picture.Float ?? []).Where(IsDrawn))
            Add(svg, found.Box, "float", Tip("float", found));
        foreach (Detection found in picture.Compiled.Where(IsDrawn))
            Add(svg, found.Box, "compiled", Tip("compiled", found));
        return svg.Append("</svg>").ToString();
    }

    private static bool IsDrawn(Detection found) => found.Score >= Least;

    private static string Tip(string model, Detection found) => string.Create(CultureInfo.InvariantCulture, $"{model}: class {found.Class}, score {found.Score:f2}");

    private static void Add(StringBuilder svg, Box box, string kind, string tip) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<rect x=\"{box.X0:0.##}\" y=\"{box.Y0:0.##}\" width=\"{Math.Max(0, box.X1 - box.X0):0.##}\" height=\"{Math.Max(0, box.Y1 - box.Y0):0.##}\" class=\"box {kind}\"><title>{Html.Escape(tip)}</title></rect>\n");

    private static (byte[] Pixels, int Height, int Width, int Channels) Pixels(Tensor picture)
    {
        Tensor hwc = picture.Shape[1] is 1 or 3 ? picture.Transpose([0, 2, 3, 1]) : picture;
        float[] values = hwc.ToF32().Span<float>().ToArray();
        float low = values.DefaultIfEmpty(0).Min(), range = values.DefaultIfEmpty(1).Max() - low;
        return ([.. values.Select(value => (byte)(range > 0 ? Math.Clamp(255 * (value - low) / range, 0, 255) : 0))], hwc.Shape[1], hwc.Shape[2], hwc.Shape[3]);
    }
}
