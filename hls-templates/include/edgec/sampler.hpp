// Samples of a deformable convolution, on their way to the array: from rows of the image kept on chip, or gathered.
//
// The line buffer is spread over banks by row, so that rows that are read together lie in different ones. Two banks give the
// two rows of any sample at once. With a bank for every row it holds, the three rows of a square kernel come at once too: a
// column of its samples has one x. Columns x and x + 1 are read one after the other, where samples lie between pixels.
#pragma once

#include "edgec_arithmetic.hpp"
#include "experts.hpp"
#include "places.hpp"

namespace edgec {

/// Reads the image: row by row, or where samples are gathered, their neighbours.
inline void read_image(const ConvolutionCommand c, const word_t* memory, const int rows[kQueueRows], int first,
                       hls::stream<int>& addresses, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    if (c.deform.access != kGatheredSamples) {
        read_source(c, memory, rows, first, out);
        return;
    }
    const int reads = c.batch * c.out_height * c.out_width * c.deform.places * c.deform.phases;
gather_words:
    for (int i = 0; i < reads; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        const int address = addresses.read();
        word_t word = 0;
        if (address >= 0) word = memory[address];
        out.write(word);
    }
}

/// Fills the buffer a word at a time, in the order of memory.
struct RowFill {
    int slot, bank, base, column;
};

inline void fill_row(const ConvolutionCommand& c, hls::stream<word_t>& in, RowFill& at,
                     word_t line[kSampleBanks][kSampleBankWords]) {
    EDGEC_INLINE
    const int row_words = c.width * c.words;
    const word_t word = in.read();
fill_banks:
    for (int b = 0; b < kSampleBanks; ++b) {
        EDGEC_UNROLL
        if (b == at.bank) line[b][at.base + at.column] = word;
    }
    if (++at.column < row_words) return;
    at.column = 0;
    if (++at.bank == kSampleBanks) {
        at.bank = 0;
        at.base += row_words;
    }
    if (++at.slot == c.ring_rows) {
        at.slot = 0;
        at.bank = 0;
        at.base = 0;
    }
}

/// The words of a column that a step reads: of the upper and the lower row of each port, 0 where it is outside.
struct Column {
    word_t upper[kSamplePorts], lower[kSamplePorts];
};

/// Where a row lies: its bank, or -1, and the first word of the row in it.
struct RowAt {
    int bank, base;
};

inline RowAt row_at(const ConvolutionCommand& c, bool inside, int slot, int row) {
    EDGEC_INLINE
    RowAt at = {-1, 0};
    if (!inside) return at;
    const int ring = slot + row;
    const int wrapped = ring < c.ring_rows ? ring : ring - c.ring_rows;
    at.bank = wrapped % kSampleBanks;
    at.base = wrapped / kSampleBanks * c.width * c.words;
    return at;
}

/// Each bank is read once. Only the first port's rows may lie behind others in their banks: with three ports each row has a
/// bank of its own.
inline Column read_column(const ConvolutionCommand& c, const Place& place, int x, int low, int slot,
                          const word_t line[kSampleBanks][kSampleBankWords]) {
    EDGEC_INLINE
    const bool inside = x >= 0 && x < c.width;
    const int column = inside ? x * c.words + place.word : 0;
    RowAt upper[kSamplePorts], lower[kSamplePorts];
column_rows:
    for (int p = 0; p < kSamplePorts; ++p) {
        EDGEC_UNROLL
        const int y = place.y[p];
        upper[p] = row_at(c, inside && y >= 0 && y < c.height, slot, y - low);
        lower[p] = row_at(c, inside && y + 1 >= 0 && y + 1 < c.height && place.part_y[p] != 0, slot, y + 1 - low);
    }
    Column read = {};
column_banks:
    for (int b = 0; b < kSampleBanks; ++b) {
        EDGEC_UNROLL
        const int base = b == upper[0].bank ? upper[0].base : b == lower[0].bank ? lower[0].base : 0;
        const word_t word = line[b][base + column];
    column_ports:
        for (int p = 0; p < kSamplePorts; ++p) {
            EDGEC_UNROLL
            if (b == upper[p].bank) read.upper[p] = word;
            if (b == lower[p].bank) read.lower[p] = word;
        }
    }
    return read;
}

/// What a column adds to a sample: the sum of its rows times their taps, times the column's tap. Exact.
inline int blended(int upper, int lower, int part_y, int tap_x, int one) {
    EDGEC_INLINE
    return (upper * (one - part_y) + lower * part_y) * tap_x;
}

/// From the sum over the neighbours to the sample: the only place where samples are rounded.
inline int finished_sample(const Deformation& d, int sum, int mask, int zero) {
    EDGEC_INLINE
    if (d.raw) return sum + zero;
    if (kHasMasks && d.mask_words > 0) return interpolation_sample_masked(sum, mask, d.fraction).to_int();
    return interpolation_sample(sum, d.fraction).to_int();
}

inline void pass_words(const ConvolutionCommand c, hls::stream<word_t>& in, hls::stream<samples_t>& out) {
    EDGEC_INLINE_OFF
    const int words = c.source.count0 * c.source.count1 * c.source.count2 * c.source.run;
pass_each:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        out.write(samples_t(in.read()));
    }
}

inline void sample(const ConvolutionCommand c, hls::stream<word_t>& in, hls::stream<Place>& places, hls::stream<samples_t>& out) {
    EDGEC_INLINE_OFF
    static word_t line[kSampleBanks][kSampleBankWords];
    EDGEC_PARTITION(line, 1)
    const Deformation& d = c.deform;
    if (d.access == kNoSamples) {
        pass_words(c, in, out);
        return;
    }
    const bool gathers = d.access == kGatheredSamples;
    const int one = 1 << d.fraction;
    const int lead = gathers ? 0 : 1;  // before the first row of outputs, the rows it reaches are read
    const int row_steps = c.out_width * d.places * d.phases;
    int sum[kSamplePorts][kLanes] = {};
    EDGEC_PARTITION(sum, 0)
sample_images:
    for (int n = 0; n < c.batch; ++n) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        RowFill fill = {0, 0, 0, 0};
        int loaded = 0;
        int low = d.low, slot = c.first_slot;  // the lowest row that is reached, and where it lies
    sample_rows:
        for (int oy = -lead; oy < c.out_height; ++oy) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            // While a row is sampled, the rows that the next one adds come in.
            const int reach = d.first_load + (oy + 1) * c.stride_y;
            const int inner = reach < 0 ? 0 : reach < c.rows ? reach : c.rows;
            const int needed = gathers || oy + 1 == c.out_height ? loaded : inner;
            const int load_steps = needed > loaded ? (needed - loaded) * c.width * c.words : 0;
            const int sample_steps = oy < 0 ? 0 : row_steps;
            const int steps = load_steps > sample_steps ? load_steps : sample_steps;
            if (needed > loaded) loaded = needed;
            int phase = 0;
            Place place = {};
            samples_t word = 0;
        sample_each:
            for (int i = 0; i < steps; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_STEPS)
                EDGEC_INDEPENDENT(line)  // what is filled now is read from the next row on
                if (i < load_steps) fill_row(c, in, fill, line);
                if (i < sample_steps) {
                    if (phase == 0) place = places.read();
                    const bool right = phase % 2 == 1, bottom = phase / 2 == 1;
                    const int x = place.x + (right ? 1 : 0);
                    const bool column_inside = x >= 0 && x < c.width;
                    Column read = {};
                    if (gathers)
                        (bottom ? read.lower[0] : read.upper[0]) = in.read();
                    else
                        read = read_column(c, place, x, low, slot, line);
                sample_ports:
                    for (int p = 0; p < kSamplePorts; ++p) {
                        EDGEC_UNROLL
                        const int y = place.y[p];
                        const bool upper_inside = column_inside && y >= 0 && y < c.height && !(gathers && bottom);
                        const bool lower_inside = column_inside && y + 1 >= 0 && y + 1 < c.height && (bottom || !gathers);
                        const int tap_x = right ? place.part_x : one - place.part_x;
                    sample_lanes:
                        for (int l = 0; l < kLanes; ++l) {
                            EDGEC_UNROLL
                            const int upper = upper_inside ? lane(read.upper[p], l) - c.pad : 0;
                            const int lower = lower_inside ? lane(read.lower[p], l) - c.pad : 0;
                            const int term = kHasFractions && d.fraction > 0 ? blended(upper, lower, place.part_y[p], tap_x, one) : upper;
                            sum[p][l] = (phase == 0 ? 0 : sum[p][l]) + term;
                            if (l >= place.begin && l < place.end)
                                set_sample(word, p, l, finished_sample(d, sum[p][l], place.mask[p], c.pad));
                        }
                    }
                    if (++phase == d.phases) {
                        phase = 0;
                        if (place.last) {
                            out.write(word);
                            word = 0;
                        }
                    }
                }
            }
            if (oy >= 0) {
                low += d.low_step;
                slot += c.slot_step;
                if (slot >= c.ring_rows) slot -= c.ring_rows;
            }
        }
    }
}

}  // namespace edgec
