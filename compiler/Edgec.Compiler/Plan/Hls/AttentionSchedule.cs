namespace Edgec.Plan.Hls;

/// <summary>One key, and later its value, for all queries in flight.</summary>
/// <param name="Pass">Over the keys; a batch of queries begins in each.</param>
/// <param name="Begins">The query that comes in with this key, -1 for none.</param>
/// <param name="Ends">The query whose last key this is, -1 for none.</param>
public readonly record struct AttentionStep(int Pass, int Key, int Begins, int Ends);

/// <summary>
/// The skewed order in which attention streams keys: query o of a batch comes in with key o and sees the keys in rotated order, the last of them in
/// the next batch's pass; so one key is loaded a step, whatever the number of queries in flight (Sarkar et al., Edge-MoE: An Efficient Multi-Task
/// Vision Transformer Architecture with Task-Level Sparsity via Mixture-of-Experts, ICCAD 2023). The values follow a turn later in the same order.
/// </summary>
/// <param name="Rows">Queries of a head.</param>
/// <param name="Columns">Keys of a head.</param>
/// <param name="Parallel">Queries in flight, at most as many as there are keys: one comes in a step.</param>
public readonly record struct AttentionSchedule(int Rows, int Columns, int Parallel)
{
    /// <param name="wanted">Queries in flight, if there are so many keys.</param>
    public static AttentionSchedule Of(int rows, int columns, int wanted) => new(rows, columns, Math.Min(wanted, columns));

    /// <summary>Passes over the keys, the last of which may be cut short.</summary>
    public int Passes => (Rows - 1) / Parallel + (Overhang > 0 ? 2 : 1);

    /// <summary>Steps of the last pass.</summary>
    public int Tail => Overhang > 0 ? Overhang : Columns;

    /// <summary>
    /// Steps of a head, and as many keys loaded and as many values: the last query comes in at step ⌊(R-1)/p⌋·C + (R-1) mod p and stays for C.
    /// With R = C = N this is ⌊(N+p-1)/p⌋·N + (N+p-1) mod p.
    /// </summary>
    public long Steps => (long)(Passes - 1) * Columns + Tail;

    /// <summary>Keys loaded without reordering: all of them for each query.</summary>
    public long UnorderedKeys => (long)Rows * Columns;

    // How many steps the last query comes in behind the first of its batch.
    private int Overhang => (Rows - 1) % Parallel;

    /// <summary>Every step of a head, in order: the loop nest of the engine.</summary>
    public IEnumerable<AttentionStep> Enumerate()
    {
        for (int pass = 0; pass < Passes; pass++)
        {
            int keys = pass == Passes - 1 ? Tail : Columns;
            for (int key = 0; key < keys; key++)
            {
                int begins = key < Parallel ? pass * Parallel + key : Rows;
                int slot = key + 1 == Columns ? 0 : key + 1;
                int ends = slot >= Parallel ? Rows : (slot > key ? pass - 1 : pass) * Parallel + slot;
                yield return new(pass, key, begins < Rows ? begins : -1, ends >= 0 && ends < Rows ? ends : -1);
            }
        }
    }
}
