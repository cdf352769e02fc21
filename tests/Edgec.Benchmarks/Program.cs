using Edgec.Benchmarks;

// Prints a table a model: ONNX Runtime in fp32 and edgec's C in fp32 and w8a8, in turn, on one core of this machine.
//   dotnet run -c Release --project tests/Edgec.Benchmarks [ROUNDS] MODEL.onnx …
int rounds = args.Length > 0 && int.TryParse(args[0], out int given) ? given : 5;
string[] models = [.. args.Where(argument => argument.EndsWith(".onnx", StringComparison.Ordinal))];
if (models.Length == 0)
    models = [Path.Combine("examples", "shapes-classifier", "shapes_resnet8.onnx")];
foreach (string model in models)
    Console.WriteLine(Comparison.Of(model, rounds));
