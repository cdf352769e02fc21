using System.Text.RegularExpressions;
using Edgec.Import.Proto;
using Google.Protobuf.Reflection;
using Xunit;

namespace Edgec.Tests.Import;

/// <summary>onnx.proto and the C# generated from it say the same.</summary>
public sealed partial class OnnxProtoTests
{
    [Fact]
    public void Generated_code_agrees_with_the_text()
    {
        SortedSet<string> text = ReadText(Path.Combine(SourceTree.Root, "compiler/Edgec.Compiler/Import/onnx.proto"));
        SortedSet<string> generated = ReadDescriptor(OnnxReflection.Descriptor);

        Assert.Empty(text.Except(generated));
        Assert.Empty(generated.Except(text));
        Assert.Contains("TensorProto.DataType.INT2 = 26", text);
    }

    [Theory]
    [InlineData("TensorProto.raw_data = 9 optional bytes")]
    [InlineData("TensorProto.float_data = 4 repeated float packed")]
    [InlineData("TensorProto.DataType.INT4 = 22")]
    [InlineData("TensorShapeProto.Dimension.dim_param = 2 value string")]
    [InlineData("AttributeProto.sparse_tensors = 23 repeated SparseTensorProto")]
    public void Text_is_read_as_meant(string fact) =>
        Assert.Contains(fact, ReadText(Path.Combine(SourceTree.Root, "compiler/Edgec.Compiler/Import/onnx.proto")));

    private static SortedSet<string> ReadText(string path)
    {
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        var scopes = new Stack<(string Kind, string Name)>();
        foreach (string line in File.ReadLines(path))
        {
            string prefix = string.Concat(scopes.Reverse().Where(s => s.Kind != "oneof").Select(s => s.Name + "."));
            if (Open().Match(line) is { Success: true } open)
            {
                scopes.Push((open.Groups["kind"].Value, open.Groups["name"].Value));
            }
            else if (line.Trim() == "}")
            {
                scopes.Pop();
            }
            else if (Field().Match(line) is { Success: true } field)
            {
                string label = scopes.Peek() is ("oneof", var oneof) ? oneof : field.Groups["label"].Value;
                string packed = field.Groups["packed"].Success ? " packed" : "";
                facts.Add($"{prefix}{field.Groups["name"]} = {field.Groups["number"]} {label} {field.Groups["type"]}{packed}");
            }
            else if (Member().Match(line) is { Success: true } member)
            {
                facts.Add($"{prefix}{member.Groups["name"]} = {member.Groups["number"]}");
            }
            else
            {
                Assert.Matches(@"^\s*($|//|syntax = |package |option |reserved )", line);
            }
        }

        Assert.Empty(scopes);
        return facts;
    }

    private static SortedSet<string> ReadDescriptor(FileDescriptor file)
    {
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (MessageDescriptor message in file.MessageTypes)
            Read(message, message.Name + ".");
        return facts;

        void Read(MessageDescriptor message, string prefix)
        {
            foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            {
                string label = field.ContainingOneof?.Name ?? (field.IsRepeated ? "repeated" : "optional");
                string packed = field.IsPacked ? " packed" : "";
                facts.Add($"{prefix}{field.Name} = {field.FieldNumber} {label} {TypeName(field)}{packed}");
            }

            foreach (EnumDescriptor type in message.EnumTypes)
                foreach (EnumValueDescriptor value in type.Values)
                    facts.Add($"{prefix}{type.Name}.{value.Name} = {value.Number}");
            foreach (MessageDescriptor nested in message.NestedTypes)
                Read(nested, $"{prefix}{nested.Name}.");
        }
    }

    private static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name,
        FieldType.Enum => field.EnumType.Name,
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex(@"^\s*(?<kind>message|enum|oneof) (?<name>\w+) \{$")]
    private static partial Regex Open();

    [GeneratedRegex(@"^\s*((?<label>optional|repeated) )?(?<type>\w+) (?<name>\w+) = (?<number>\d+)(?<packed> \[packed = true\])?;$")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\s*(?<name>[A-Z0-9_]+) = (?<number>\d+);$")]
    private static partial Regex Member();
}
