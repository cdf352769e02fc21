using System.Buffers.Binary;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Data;

public sealed class PictureFolderTests : IDisposable
{
    private static readonly DataInput Color = new("input", ElementType.F32, [1, 3, 1, 2]);
    private static readonly DataOptions Bytes = new() { Mean = [0], Std = [1 / 255.0] };

    private readonly TemporaryFolder folder = new();
    private readonly DiagnosticBag diagnostics = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pictures_come_in_the_order_of_their_names()
    {
        Save("b.bmp", 1, 2, 1, 2, 3, 4, 5, 6);
        Save("a.BMP", 1, 2, 9, 9, 9, 9, 9, 9);
        File.WriteAllText(folder.At("README.txt"), "not a picture");
        DataSet data = Open(Color, Bytes);
        Assert.Equal(2, data.Count);
        Assert.Equal([1, 4, 2, 5, 3, 6], data.Sample(1)["input"].Span<float>().ToArray().Select(v => MathF.Round(v)));
        Assert.False(data.HasLabels(""));
        Assert.Empty(diagnostics.Items);
    }

    [Fact]
    public void A_model_of_one_channel_gets_grey()
    {
        Save("a.bmp", 1, 2, 50, 50, 50, 200, 200, 200);
        Assert.Equal([50, 200], Open(Color with { Shape = [1, 1, 1, 2] }, Bytes).Sample(0)["input"].Span<float>().ToArray().Select(v => MathF.Round(v)));
    }

    [Fact]
    public void Labels_list_the_pictures()
    {
        Save("a.bmp", 1, 2, 1, 2, 3, 4, 5, 6);
        Save("b,c.bmp", 1, 2, 1, 2, 3, 4, 5, 6);
        Labels("file,class_index", "\"b,c.bmp\",7", "a.bmp,-1", "", "a.bmp,3");
        DataSet data = Open(Color, Bytes);
        Assert.Equal([7, -1, 3], Enumerable.Range(0, data.Count).Select(i => data.Label(i, "anything")!.Value));
        data.Sample(0);

        Labels("a.bmp,4");
        Assert.Equal(4, Open(Color, Bytes).Label(0, ""));
        Labels("file,name,labels_kind,labels_age", "a.bmp,Ann,1,30");
        data = Open(Color, Bytes);
        Assert.Equal((1, 30, null), (data.Label(0, "kind"), data.Label(0, "age"), data.Label(0, "other")));
    }

    [Theory]
    [InlineData("file,class\nabsent.bmp,1", "labels.csv(2)")]
    [InlineData("file,class\n../a.bmp,1", "labels.csv(2)")]
    [InlineData("file,class\na.bmp,1\na.bmp,cat", "labels.csv(3)")]
    [InlineData("file,class\na.bmp", "labels.csv(2)")]
    [InlineData("file,x,y\na.bmp,1,2", "labels.csv")]
    [InlineData("file,label,class\na.bmp,1,2", "labels.csv")]
    [InlineData("", "labels.csv")]
    public void Wrong_labels_are_told_with_their_line(string text, string location)
    {
        Save("a.bmp", 1, 2, 1, 2, 3, 4, 5, 6);
        Labels(text);
        if (text.Length > 0)
            Assert.Equal(folder.At(location), Fails(() => Open(Color, Bytes), "EC7028").Location);
        else
            Fails(() => Open(Color, Bytes), "EC7029");
    }

    [Fact]
    public void A_folder_without_pictures_is_told() => Fails(() => Open(Color, Bytes), "EC7029");

    [Fact]
    public void A_damaged_picture_is_named_when_its_turn_comes()
    {
        Save("a.bmp", 1, 2, 1, 2, 3, 4, 5, 6);
        File.WriteAllText(folder.At("b.png"), "not a picture");
        File.WriteAllBytes(folder.At("c.bmp"), File.ReadAllBytes(folder.At("a.bmp"))[..30]);
        Save("d.bmp", 30000, 30000);
        DataSet data = Open(Color, Bytes);
        data.Sample(0);
        Assert.Equal(folder.At("b.png"), Fails(() => data.Sample(1), "EC7026").Location);
        Fails(() => data.Sample(2), "EC7026");
        Assert.Contains("30000x30000", Fails(() => data.Sample(3), "EC7026").Message);
        File.Delete(folder.At("a.bmp"));
        Fails(() => data.Sample(0), "EC7010");
    }

    [Fact]
    public void A_picture_cut_short_ends_the_search_for_its_next_mark()
    {
        // JPEG: start, a frame header without its end, and after it nothing but marks of no meaning.
        byte[] start = [0xFF, 0xD8], comment = [0xFF, 0xFE, 0, 4, 1, 2], frame = [0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 2, 1, 1, 0x11, 0];
        foreach (byte[] bytes in (byte[][])[start, [.. start, .. comment], [.. start, .. frame], [.. start, .. frame, .. comment], [.. start, .. frame[..6]]])
        {
            File.WriteAllBytes(folder.At("a.jpg"), bytes);
            Fails(() => Open(Color, Bytes).Sample(0), "EC7026");
        }
    }

    [Fact]
    public void A_picture_of_another_size_is_named()
    {
        Save("a.bmp", 2, 2, new byte[12]);
        DataSet data = Open(Color, Bytes);
        Assert.Equal(folder.At("a.bmp"), Fails(() => data.Sample(0), "EC7027").Location);
        Assert.Equal(6, Open(Color, Bytes with { Crop = new(1, 2) }).Sample(0)["input"].Count);
    }

    private DataSet Open(DataInput input, DataOptions options) => DataSet.Open(folder.Path, [input], options, diagnostics);

    private void Labels(params string[] lines) => File.WriteAllLines(folder.At("labels.csv"), lines);

    private static Diagnostic Fails(Func<object> action, string code)
    {
        Diagnostic error = Assert.Single(Assert.Throws<DiagnosticException>(action).Diagnostics);
        Assert.Equal(code, error.Code);
        return error;
    }

    /// <summary>A 24-bit bitmap. Its lines go from the bottom up and its pixels blue first; here they are given as read.</summary>
    private void Save(string name, int height, int width, params byte[] rgb)
    {
        int stride = (width * 3 + 3) / 4 * 4;
        var bytes = new byte[54 + (rgb.Length > 0 ? stride * height : 0)];
        "BM"u8.CopyTo(bytes);
        foreach ((int at, int value) in (ReadOnlySpan<(int, int)>)[(2, bytes.Length), (10, 54), (14, 40), (18, width), (22, height), (26, 1 | 24 << 16)])
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        for (int i = 0; i < rgb.Length; i++)
        {
            int pixel = i / 3;
            bytes[54 + (height - 1 - pixel / width) * stride + pixel % width * 3 + 2 - i % 3] = rgb[i];
        }

        File.WriteAllBytes(folder.At(name), bytes);
    }
}
