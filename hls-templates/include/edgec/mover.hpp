// The mover: transpose, concat, slice, pad, resize. Elements never change.
//
// It works on a piece of the result at a time, in a buffer on chip where every lane is a memory of its own, and writes
// finished words only: nothing is read back from memory. A program in the parameter image says what goes where; four
// words make a record of 16 numbers.
//
//   segment  target word, words, whether they are filled, number of copies that follow; the fill, 8 bytes over and over
//   copy     steps, source word, source lane, buffer lane, then extents, source strides and buffer strides of four loops,
//            the innermost last; strides count lanes
//
// Where both innermost strides are 1 a step moves all lanes of a source word that belong to the run, however source and
// buffer are aligned; otherwise it moves one element.
#pragma once

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

const int kRecordNumbers = 16;

inline void read_record(const word_t* memory, int address, int record[kRecordNumbers]) {
    EDGEC_INLINE_OFF
record_words:
    for (int i = 0; i < kRecordNumbers / 4; ++i) {
        EDGEC_PIPELINE(1)
        const word_t word = memory[address + i];
    record_numbers:
        for (int j = 0; j < 4; ++j) {
            EDGEC_UNROLL
            record[4 * i + j] = field(word, j);
        }
    }
}

/// Position of a copy: four nested loops, counted from the inside.
struct Odometer {
    int index[4];
    int source;  // lane, from the copy's source word
    int buffer;  // lane
};

/// One further in loop `from` and, where that ends, in those around it.
inline void advance(Odometer& at, const int record[kRecordNumbers], int from) {
    EDGEC_INLINE
    bool carry = true;
advance_loops:
    for (int loop = 3; loop >= 0; --loop) {
        EDGEC_UNROLL
        if (carry && loop <= from) {
            const int extent = record[4 + loop];
            at.source += record[8 + loop];
            at.buffer += record[12 + loop];
            carry = ++at.index[loop] == extent;
            if (carry) {
                at.index[loop] = 0;
                at.source -= record[8 + loop] * extent;
                at.buffer -= record[12 + loop] * extent;
            }
        }
    }
}

inline void copy_runs(const int record[kRecordNumbers], const word_t* input,
                      std::int8_t buffer[kMoveWords][kLanes]) {
    EDGEC_INLINE_OFF
    Odometer at = {{0, 0, 0, 0}, record[2], record[3]};
    const int run = record[7];
    int done = 0;  // elements of the run
move_runs:
    for (int i = 0; i < record[0]; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        EDGEC_INDEPENDENT(buffer)  // every lane is written, none is read
        const int source = at.source + done;
        const int from = source & (kLanes - 1);
        const int room = kLanes - from;
        const int count = run - done < room ? run - done : room;
        const word_t word = input[record[1] + (source >> 4)];
        const int target = at.buffer + done;
        const int turn = (target - from) & (kLanes - 1);  // a source lane goes to the lane so much further
    run_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int taken = ((l - turn) & (kLanes - 1)) - from;  // element of the run that lands in lane l
            if (taken >= 0 && taken < count) buffer[(target + taken) >> 4][l] = lane(word, taken + from);
        }
        done += count;
        if (done == run) {
            done = 0;
            advance(at, record, 2);
        }
    }
}

inline void copy_elements(const int record[kRecordNumbers], const word_t* input,
                          std::int8_t buffer[kMoveWords][kLanes]) {
    EDGEC_INLINE_OFF
    Odometer at = {{0, 0, 0, 0}, record[2], record[3]};
    word_t word = 0;
    int held = -1;  // its address
move_elements:
    for (int i = 0; i < record[0]; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        EDGEC_INDEPENDENT(buffer)
        const int wanted = record[1] + (at.source >> 4);
        if (wanted != held) word = input[wanted];
        held = wanted;
        const int from = at.source & (kLanes - 1);
        const std::int8_t element = lane(word, from);
    element_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            if ((at.buffer & (kLanes - 1)) == l) buffer[at.buffer >> 4][l] = element;
        }
        advance(at, record, 3);
    }
}

inline void run_mover(const MoveCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    static std::int8_t buffer[kMoveWords][kLanes];
    EDGEC_PARTITION(buffer, 2)
    int record[kRecordNumbers];
    EDGEC_PARTITION(record, 0)
    int address = c.program;
segments:
    for (int s = 0; s < c.segments; ++s) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        read_record(weights_port, address, record);
        address += kRecordNumbers / 4;
        const int target = record[0], words = record[1], copies = record[3];
        if (record[2] != 0) {
        fill_words:
            for (int i = 0; i < words; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_WORDS)
            fill_lanes:
                for (int l = 0; l < kLanes; ++l) {
                    EDGEC_UNROLL
                    buffer[i][l] = static_cast<std::int8_t>(record[4 + (l & 7) / 4] >> (8 * (l & 3)));
                }
            }
        }
    copies_of_segment:
        for (int k = 0; k < copies; ++k) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            read_record(weights_port, address, record);
            address += kRecordNumbers / 4;
            if (record[11] == 1 && record[15] == 1)
                copy_runs(record, input, buffer);
            else
                copy_elements(record, input, buffer);
        }
    flush_words:
        for (int i = 0; i < words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            word_t word = 0;
        flush_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                set_lane(word, l, buffer[i][l]);
            }
            output[target + i] = word;
        }
    }
}

}  // namespace edgec
