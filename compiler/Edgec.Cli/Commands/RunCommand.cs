using System.CommandLine;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;


namespace Edgec.Cli.Commands;

/// <summary><c>edgec run MODEL|DIR --input x.npy -o out.npz</c>: one inference with the reference runtime.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var inputs = new Option<string[]>("--input") { Description = "NAME=FILE, or FILE: .npy, .npz (arrays named as the inputs) or .pb.", Required = true, HelpName = "FILE" };
        var output = new Option<string?>("-o", "--output-file") { Description = "Writes the outputs as .npz (or .npy if there is one).", HelpName = "FILE" };
        var command = new Command("run", "Runs a model, or a bundle's graph, on one input with the reference runtime (--precision fp32 for float).");
        model.AddTo(command);
        command.Add(inputs);
        var expect = new Option<string[]>("--expect") { Description = "NAME=FILE, or FILE: what an output should be; prints how far it is.", HelpName = "FILE" };
        var tolerance = new Option<double>("--tolerance") { Description = "The most max|a-b| / max|b| may be for --expect.", DefaultValueFactory = _ => 1e-4, HelpName = "X" };
        command.Add(output);
        command.Add(expect);
        command.Add(tolerance);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            var diagnostics = new DiagnosticBag();
            IReadOnlyDictionary<string, Tensor> results = Screen.Watch(progress =>
            {
                ModelPlan plan = Load(options, diagnostics, progress, model.Pipeline(parsed));
                var sample = InputFiles.Read(parsed.GetValue(inputs)!, [.. plan.Inputs.Select(i => plan.Values[i])], diagnostics);
                return Evaluator.Run(plan, sample);
            });
            Screen.Print(diagnostics.Items);
            foreach ((string name, Tensor tensor) in results)
                Console.WriteLine($"{name} {tensor}: {Preview(tensor)}");
            if (parsed.GetValue(output) is { } file)
                TensorFiles.Write(file, results);
            return Expectation.Check(results, parsed.GetValue(expect) ?? [], parsed.GetValue(tolerance)) ? 0 : 1;
        });
        return command;
    }

    private static ModelPlan Load(CompileOptions options, DiagnosticBag diagnostics, IProgressSink progress, Passes.PipelineOptions pipeline)
    {
        if (Directory.Exists(options.Model))
        {

            return Planner.Plan(Ir.Text.GraphFiles.Load(Path.Combine(options.Model, "graph", "model.ir")), new PlanOptions(), options.Model);
        }

        var compiler = new ModelCompiler(options, diagnostics, progress, pipeline);
        Graph typed = compiler.Lower(compiler.Load());
        return Planner.Plan(typed, new PlanOptions(), options.Model);
    }

    private static string Preview(Tensor tensor)
    {
        const int Shown = 10;
        IEnumerable<string> first = Enumerable.Range(0, Math.Min(Shown, tensor.Count)).Select(i => tensor.Number(i).ToString("g5"));
        return string.Join(' ', first) + (tensor.Count > Shown ? " …" : "");
    }
}
