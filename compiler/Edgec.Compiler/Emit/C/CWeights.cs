using System.Collections.Immutable;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Emit.C;

/// <summary>The weight image as a struct: every constant under its own name, those that share bytes in one place.</summary>
internal static class CWeights
{
    public static ImmutableArray<CWeightPlace> Places(ModelPlan plan, CNames names)
    {
        var places = new SortedDictionary<long, List<CWeightMember>>();
        foreach (PlanStep step in plan.Steps)
        {
            foreach (PlanConstant constant in step.Constants)
                Add(constant.Offset, constant.Value.Element, names.Constant(step, constant.Role), constant.Value.Shape);
        }

        foreach (PlanValue value in plan.Values)
        {
            if (value.Place == Place.Weights && value.Root == value.Index)
                Add(value.Offset, value.Type.Element, CNames.ConstantValue(value.Index), value.Type.Shape);
        }

        return [.. places.Select(place => new CWeightPlace(place.Key, [.. place.Value]))];

        void Add(long offset, ElementType element, string name, Shape shape)
        {
            if (!places.TryGetValue(offset, out List<CWeightMember>? members))
                places.Add(offset, members = []);
            members.Add(new(CType.Of(element), name, element == ElementType.I4 ? $"{element.BytesOf(shape.ElementCount)}" : CLiteral.Product(shape)));
        }
    }
}
