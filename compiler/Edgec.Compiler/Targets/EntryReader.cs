using Edgec.Diagnostics;
using Sprache;
using static Edgec.Targets.TargetGrammar;

namespace Edgec.Targets;

/// <summary>Reads the entries of one target block by key and collects what is wrong with them.</summary>
internal sealed class EntryReader
{
    private const int MostReported = 50;

    private readonly string file;
    private readonly Block block;
    private readonly Dictionary<string, Entry> entries = [];
    private readonly List<string> keys = [];
    private readonly List<(Position At, string Code, string Message)> faults = [];

    public EntryReader(Block block, string file)
    {
        this.block = block;
        this.file = file;
        foreach (Entry entry in block.Entries)
        {
            (string key, Position at) = (entry.Key.Value, entry.Key.Start);
            if (!entries.TryAdd(key, entry))
                Fault(at, $"'{Shorten(key)}' stands here a second time; line {entries[key].Key.Start.Line} has the first. Remove one.");
        }
    }

    /// <summary>The value of a key every target of this kind has.</summary>
    /// <param name="example">A line to show when the key is missing.</param>
    public T Read<T>(string key, Parser<T> value, string example)
    {
        keys.Add(key);
        if (entries.TryGetValue(key, out Entry? entry))
            return Value(entry, value);
        Fault(block.Kind.Start, $"{block.Kind.Value} {block.Name.Value} has no '{key}'. Add a line such as: {key} {example}");
        return Faulty<T>();
    }

    /// <summary>The value of a key that names something a target may lack.</summary>
    public T Read<T>(string key, Parser<T> value, T absent)
    {
        keys.Add(key);
        return entries.TryGetValue(key, out Entry? entry) ? Value(entry, value) : absent;
    }

    /// <summary>A line whose figure contradicts another's.</summary>
    public void Contradiction(string key, string message) => Fault(entries[key].Key.Start, message);

    /// <summary>Ends the reading of keys: whatever has not been asked for is unknown.</summary>
    public void ExpectNoOtherKeys()
    {
        foreach (Entry entry in block.Entries.Where(entry => !keys.Contains(entry.Key.Value)).DistinctBy(entry => entry.Key.Value))
        {
            string key = entry.Key.Value;
            Fault(
                entry.Key.Start,
                $"{block.Kind.Value} has no key '{Shorten(key)}'.{Nearest.Hint(key, keys)} Its keys are {string.Join(", ", keys)}.");
        }
    }

    /// <exception cref="DiagnosticException">Something is wrong; the faults stand in the order of the file.</exception>
    public void ThrowIfFaulty()
    {
        if (faults.Count == 0)
            return;
        List<Diagnostic> diagnostics =
        [
            .. from fault in faults
               orderby fault.At.Pos
               select TargetFile.Error(fault.Code, file, fault.At, fault.Message),
        ];
        if (diagnostics.Count > MostReported)
        {
            int more = diagnostics.Count - MostReported;
            diagnostics = [.. diagnostics.Take(MostReported), Diagnostic.Note("EC9003", file, $"and {more} more errors.")];
        }

        throw new DiagnosticException(diagnostics);
    }

    private T Value<T>(Entry entry, Parser<T> value)
    {
        IResult<T> result = value.Then(read => EndOfLine.Select(_ => read))(entry.Value);
        if (result.WasSuccessful)
            return result.Value;
        faults.Add((Position.FromInput(result.Remainder), "EC9002", SyntaxFault.Describe(result)));
        return Faulty<T>();
    }

    /// <summary>Stands in for a value that could not be read; no target is made of it, since its fault is on the list.</summary>
    private static T Faulty<T>() => default!;

    private void Fault(Position at, string message) => faults.Add((at, "EC9003", message));

    private static string Shorten(string word) => word.Length <= 32 ? word : word[..32] + "…";
}
