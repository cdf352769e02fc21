// The resample engine: results between elements, as one exact sum over rows and columns and one rounding.
//
// Which elements, and with what weights, are records of four numbers in the parameter image, a word each:
//
//   row      one for each tap of each output row: input row, weight, line of the buffer
//   column   one for each tap of each output column: place in a line (a word, or along a lane), weight
//
// The taps of a row follow one another, so the buffer holds as many lines as a row has taps, and only those that the row
// before did not have are read.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "rounding.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// The exact sums of a word of results.
struct ResampleSums {
    int lanes[kLanes];
};

inline void load_columns(const ResampleCommand& c, const word_t* tables, int places[kResampleColumns],
                         std::int16_t weights[kResampleColumns]) {
    EDGEC_INLINE_OFF
column_records:
    for (int i = 0; i < c.out_width * c.column_taps; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const word_t record = tables[c.columns + i];
        places[i] = field(record, 0);
        weights[i] = static_cast<std::int16_t>(field(record, 1));
    }
}

/// Reads a row of one image, the words of this command.
inline void load_line(const ResampleCommand& c, const word_t* input, int row, int at, word_t lines[kResampleWords]) {
    EDGEC_INLINE_OFF
    int address = c.source + row * c.pixels * c.pitch;
    int word = 0;
line_words:
    for (int i = 0; i < c.pixels * c.words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        lines[at + i] = input[address + word];
        if (++word == c.words) {
            word = 0;
            address += c.pitch;
        }
    }
}

/// The results of one row: a step takes one tap of a word of results, or along of one result.
inline void sum_row(const ResampleCommand& c, const word_t lines[kResampleWords], const int line_of[kResampleRows],
                    const std::int16_t row_weights[kResampleRows], const int places[kResampleColumns],
                    const std::int16_t column_weights[kResampleColumns], hls::stream<ResampleSums>& out) {
    EDGEC_INLINE_OFF
    int sums[kLanes];
    EDGEC_PARTITION(sums, 0)
clear_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        sums[l] = 0;
    }
    int x = 0, first = 0;  // output column, and its first record
    int word = 0, i = 0, j = 0;
    const int steps = c.out_width * c.words * c.row_taps * c.column_taps;
sum_steps:
    for (int step = 0; step < steps; ++step) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        const int place = places[first + j];
        const int from = place & (kLanes - 1), to = x & (kLanes - 1);
        const word_t read = lines[line_of[i] + (c.along ? place / kLanes : place + word)];
        const int one = lane(read, from);
        // 25 bits hold the products, or their sums would leave 32.
        const ap_int<25> weight = static_cast<int>(row_weights[i]) * column_weights[first + j];
        const bool begins = i == 0 && j == 0;
    sum_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const ap_int<9> value = (c.along ? one : static_cast<int>(lane(read, l))) - c.input_zero;
            if (!c.along || l == to) sums[l] = (begins ? 0 : sums[l]) + (weight * value).to_int();
        }
        if (++j == c.column_taps) {
            j = 0;
            if (++i == c.row_taps) {
                i = 0;
                if (!c.along || to == kLanes - 1 || x == c.out_width - 1) {
                    ResampleSums result;
                result_lanes:
                    for (int l = 0; l < kLanes; ++l) {
                        EDGEC_UNROLL
                        result.lanes[l] = sums[l];
                    }
                    out.write(result);
                }
                if (++word == c.words) {
                    word = 0;
                    ++x;
                    first += c.column_taps;
                }
            }
        }
    }
}

inline void sum_images(const ResampleCommand c, const word_t* input, const word_t* tables,
                       hls::stream<ResampleSums>& out) {
    EDGEC_INLINE_OFF
    static word_t lines[kResampleWords];
    static int places[kResampleColumns];
    static std::int16_t column_weights[kResampleColumns];
    int line_of[kResampleRows];
    std::int16_t row_weights[kResampleRows];
    load_columns(c, tables, places, column_weights);
images:
    for (int o = 0; o < c.outer; ++o) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        int held = 0, held_end = 0;  // rows in the buffer
    image_rows:
        for (int y = 0; y < c.out_height; ++y) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            int first = 0;
        row_records:
            for (int i = 0; i < c.row_taps; ++i) {
                EDGEC_TRIPS(EDGEC_MOST_ROWS)
                const word_t record = tables[c.rows + y * c.row_taps + i];
                const int row = field(record, 0);
                row_weights[i] = static_cast<std::int16_t>(field(record, 1));
                line_of[i] = field(record, 2) * c.pixels * c.words;
                if (i == 0) first = row;
                if (row < held || row >= held_end) load_line(c, input, o * c.height + row, line_of[i], lines);
            }
            held = first;
            held_end = first + c.row_taps;
            sum_row(c, lines, line_of, row_weights, places, column_weights, out);
        }
    }
}

inline int resampled(const ResampleCommand& c, int sum) {
    EDGEC_INLINE
    return rescaled(sum, c.multiplier, c.addend, c.shift, c.zero, c.lo, c.hi);
}

inline void finish_samples(const ResampleCommand c, hls::stream<ResampleSums>& in, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const int words = c.target.count2 * c.target.run;
finish_sampled_words:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(EDGEC_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const ResampleSums sums = in.read();
        word_t word = 0;
    finish_sampled_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            set_lane(word, l, resampled(c, sums.lanes[l]));
        }
        out.write(word);
    }
}

inline void run_resample(const ResampleCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<ResampleSums> sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    sum_images(c, input, weights_port, sums);
    finish_samples(c, sums, results);
    write_words(results, output, c.target);
}

}  // namespace edgec
