using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>How a pass is found and its options read.</summary>
/// <param name="Name">As <see cref="Pass.Name"/>.</param>
/// <param name="Description">One sentence for <c>edgec passes</c>.</param>
/// <param name="Read">Makes the pass from its options: <c>fold-constants{limit=64}</c>.</param>
public sealed record PassDef(string Name, string Description, Func<AttributeReader, Pass> Read);
