using System.Globalization;
using System.Text;
using Edgec.Plan.Hls;

namespace Edgec.Emit.Hls;

/// <summary>Writes src/layers.h: the commands of every layer, as tables the hardware keeps.</summary>
internal static class LayersHeader
{
    public static string Write(HlsPlan plan)
    {
        var text = new StringBuilder();
        text.Append("// The layers as commands: see edgec/commands.hpp for what the numbers mean.\n");
        text.Append("#pragma once\n\n#include \"edgec/commands.hpp\"\n\nnamespace edgec {\n");
        Table(text, plan, plan.Convolutions, "ConvolutionCommand", "kConvolutions");
        Table<MapCommand>(text, plan, "MapCommand", "kMaps");
        Table<RowCommand>(text, plan, "RowCommand", "kRows");
        Table<MoveCommand>(text, plan, "MoveCommand", "kMoves");
        Table<ResampleCommand>(text, plan, "ResampleCommand", "kResamplings");
        Table<NormCommand>(text, plan, "NormCommand", "kNorms");
        Table<AttentionCommand>(text, plan, "AttentionCommand", "kAttentions");
        Table<QueueCommand>(text, plan, "QueueCommand", "kQueues");
        Table<SelectCommand>(text, plan, "SelectCommand", "kSelections");
        Table<GatherCommand>(text, plan, "GatherCommand", "kGathers");
        Table<ScatterCommand>(text, plan, "ScatterCommand", "kScatters");
        Table<ElementCommand>(text, plan, "ElementCommand", "kElements");
        Order(text, plan);
        Tasks(text, plan);
        FirstCommands(text, plan);
        text.Append("\n}  // namespace edgec\n");
        return text.ToString();
    }

    // An array has at least one element in C++; an engine without commands is left out by its flag.
    private static void Table<T>(StringBuilder text, HlsPlan plan, string type, string name)
        where T : HlsCommand =>
        Table(text, plan, plan.Commands.OfType<T>(), type, name);

    private static void Table(StringBuilder text, HlsPlan plan, IEnumerable<HlsCommand> all, string type, string name)
    {
        List<HlsCommand> commands = [.. all];
        text.Append(CultureInfo.InvariantCulture, $"\nstatic const {type} {name}[{Math.Max(1, commands.Count)}] = {{\n");
        if (commands.Count == 0)
            text.Append("    {}\n");
        foreach (HlsCommand command in commands)
            text.Append(CultureInfo.InvariantCulture, $"    {command.Initializer},  // {Comment(plan.Layers[command.Layer].Step.Name)}\n");
        text.Append("};\n");
    }

    private static void Order(StringBuilder text, HlsPlan plan)
    {
        var next = new Dictionary<string, int>();
        var indices = new List<int>(); // of each command in its table
        text.Append(CultureInfo.InvariantCulture, $"\nstatic const Command kCommands[{Math.Max(1, plan.Commands.Length)}] = {{\n");
        if (plan.Commands.IsEmpty)
            text.Append("    {}\n");
        foreach (HlsCommand command in plan.Commands)
        {
            int own = next.GetValueOrDefault(command.Engine);
            next[command.Engine] = own + 1;
            indices.Add(own);
            int index = command is StreamedCommand streamed ? indices[streamed.Source] : own;
            int alone = plan.Layers[command.Layer].RunsInReader ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"    {{{EngineName(command)}, {index}, {own}, {alone}}},\n");
        }

        text.Append("};\n");
    }

    private static void Tasks(StringBuilder text, HlsPlan plan)
    {
        if (!plan.Model.ByTask)
            return;
        text.Append("\n/// A bit for each output that needs the command.\n");
        text.Append(CultureInfo.InvariantCulture, $"static const unsigned kCommandTasks[{Math.Max(1, plan.Commands.Length)}] = {{\n");
        foreach (HlsCommand command in plan.Commands)
            text.Append(CultureInfo.InvariantCulture, $"    0x{plan.Layers[command.Layer].Step.Tasks:x}u,\n");
        text.Append(plan.Commands.IsEmpty ? "    0\n};\n" : "};\n");
    }

    private static void FirstCommands(StringBuilder text, HlsPlan plan)
    {
        text.Append("\n/// First command of each layer; the last entry ends the last layer.\n");
        text.Append(CultureInfo.InvariantCulture, $"static const int kFirstCommand[{plan.Layers.Length + 1}] = {{\n");
        foreach (HlsLayer layer in plan.Layers)
            text.Append(CultureInfo.InvariantCulture, $"    {layer.FirstCommand},  // {Comment(layer.Step.Name)}: {Comment(layer.Kernel)} ; {Comment(layer.Step.Origin.ToString())}\n");
        text.Append(CultureInfo.InvariantCulture, $"    {plan.Commands.Length}\n}};\n");
    }

    private static string EngineName(HlsCommand command) => command switch
    {
        ConvolutionCommand or StreamedCommand => "kConvolutionEngine",
        MapCommand => "kMapEngine",
        RowCommand => "kRowEngine",
        MoveCommand => "kMover",
        ResampleCommand => "kResampleEngine",
        NormCommand => "kNormEngine",
        AttentionCommand => "kAttentionEngine",
        QueueCommand => "kQueueEngine",
        SelectCommand => "kSelectEngine",
        GatherCommand => "kGatherEngine",
        ScatterCommand => "kScatterEngine",
        ElementCommand => "kElementEngine",
        _ => throw new ArgumentException($"no engine for {command.Engine}", nameof(command)),
    };

    /// <summary>Names come from the model: a comment must stay one line, and must not end in a backslash.</summary>
    private static string Comment(string text) => string.Concat(text.Select(ch => char.IsControl(ch) || ch == '\\' ? '_' : ch));
}
