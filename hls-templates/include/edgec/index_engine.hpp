// The index engine: elements from or to places that indices name.
//
// Indices are stored as any tensor, a storage row of them in 16 elements of 4 or 8 bytes. A process of its own turns them
// into places, so that memory is asked for one while the next is found. What is moved is a run of whole words, or one element.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// An element of a tensor: its storage row, and where in it.
struct ElementCursor {
    int row;     // address
    int column;  // element
};

inline void next_element(ElementCursor& at, int extent, int pitch) {
    EDGEC_INLINE
    if (++at.column == extent) {
        at.column = 0;
        at.row += pitch;
    }
}

/// A place for each tuple, in order: word addresses of runs, or elements of the data.
inline void find_places(const IndexedPlaces p, const word_t* memory, hls::stream<int>& out) {
    EDGEC_INLINE_OFF
    const int of_outer = p.count * (p.inner_indexed ? p.inner : 1);
    const int numbers = p.outer * of_outer * p.depth;
    ElementCursor at = {p.indices, 0};
    int axis = 0, tuple = 0;
    int first = p.base;  // place of the outer index
    int place = first;
index_numbers:
    for (int i = 0; i < numbers; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const long long index = index_at(memory, at.row, at.column, p.index_shift);
        place += position(index, p.extents[axis]).to_int() * p.strides[axis];
        next_element(at, p.index_extent, p.index_pitch);
        if (++axis == p.depth) {
            axis = 0;
            out.write(place);
            if (++tuple == of_outer) {
                tuple = 0;
                first += p.outer_stride;
                if (!p.outer_indexed) {
                    at.row = p.indices;
                    at.column = 0;
                }
            }
            place = first;
        }
    }
}

/// The elements of a place one after the other, where indices do not name each.
struct ElementPlace {
    int first;
    int index;
    ElementCursor inner;
};

inline int next_element_place(const IndexedPlaces& p, ElementPlace& at, hls::stream<int>& places) {
    EDGEC_INLINE
    if (p.inner_indexed || at.index == 0) at.first = places.read();
    const int place = at.first + at.inner.row + at.inner.column;
    next_element(at.inner, p.inner_extent, p.inner_pitch);
    if (++at.index == p.inner) {
        at.index = 0;
        at.inner.row = 0;
        at.inner.column = 0;
    }
    return place;
}

inline void read_runs(const word_t* memory, hls::stream<int>& places, int runs, int run, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
runs_to_read:
    for (int r = 0; r < runs; ++r) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int place = places.read();
    read_run_words:
        for (int i = 0; i < run; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            out.write(memory[place + i]);
        }
    }
}

inline void write_runs(hls::stream<int>& places, int runs, int run, hls::stream<word_t>& in, word_t* memory) {
    EDGEC_INLINE_OFF
runs_to_write:
    for (int r = 0; r < runs; ++r) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int place = places.read();
    write_run_words:
        for (int i = 0; i < run; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            memory[place + i] = in.read();
        }
    }
}

/// The lanes of an element at `to` from those at `from`; the others stay.
inline void set_element(word_t& word, int to, const word_t& source, int from, int size) {
    EDGEC_INLINE
element_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        const int k = l - to;
        if (k >= 0 && k < size) set_lane(word, l, lane(source, (from + k) & (kLanes - 1)));
    }
}

inline void read_elements(const GatherCommand c, const word_t* memory, hls::stream<int>& places, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const int size = 1 << c.size_shift;
    word_t packed = 0;
    int column = 0;  // of the storage row that elements go to
    ElementPlace at = {0, 0, {0, 0}};
    const int elements = c.places.outer * c.places.count * c.places.inner;
    const int lanes = kLanes >> c.size_shift;  // elements of a word
elements_to_read:
    for (int i = 0; i < elements; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const int place = next_element_place(c.places, at, places);
        const int from = place & (lanes - 1);  // element of its word
        const word_t word = memory[c.source + ((place - from) >> (4 - c.size_shift))];
        set_element(packed, (column & (lanes - 1)) << c.size_shift, word, from << c.size_shift, size);
        ++column;
        if ((column & (lanes - 1)) == 0 || column == c.out_extent) out.write(packed);
        if (column == c.out_extent) column = 0;
    }
}

inline void run_gather(const GatherCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<int> places("places");
    hls::stream<word_t> words("words");
    EDGEC_STREAM(places, 64)
    EDGEC_STREAM(words, 64)
    find_places(c.places, weights_port, places);
    if (c.run > 0)
        read_runs(input, places, c.places.outer * c.places.count, c.run, words);
    else
        read_elements(c, input, places, words);
    write_words(words, output, c.target);
}

/// Blocks of the data on chip, each with the elements that go into it.
inline void scatter_elements(const ScatterCommand c, const word_t* input, hls::stream<int>& places, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    static std::int8_t buffer[kScatterWords][kLanes];
    EDGEC_PARTITION(buffer, 2)
    const int size = 1 << c.size_shift;
    ElementCursor at = {c.updates, 0};
    ElementPlace place = {0, 0, {0, 0}};
    int base = 0;  // words before the block
scatter_blocks:
    for (int first = 0; first < c.places.outer; first += c.slices) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int left = c.places.outer - first;
        const int slices = left < c.slices ? left : c.slices;
    scatter_load:
        for (int i = 0; i < slices * c.slice_words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            const word_t word = input[c.data + base + i];
        scatter_load_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                buffer[i][l] = lane(word, l);
            }
        }
    scatter_updates:
        for (int i = 0; i < slices * c.places.count * c.places.inner; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            EDGEC_INDEPENDENT(buffer)  // lanes are written, none is read
            const int from = at.column << c.size_shift;
            const word_t word = input[at.row + from / kLanes];
            next_element(at, c.update_extent, c.update_pitch);
            const int to = (next_element_place(c.places, place, places) << c.size_shift) - base * kLanes;
        scatter_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const int k = l - (to & (kLanes - 1));
                if (k >= 0 && k < size) buffer[to / kLanes][l] = lane(word, (from + k) & (kLanes - 1));
            }
        }
    scatter_flush:
        for (int i = 0; i < slices * c.slice_words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            word_t word = 0;
        scatter_flush_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                set_lane(word, l, buffer[i][l]);
            }
            out.write(word);
        }
        base += slices * c.slice_words;
    }
}

inline void stream_elements(const ScatterCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<int> places("places");
    hls::stream<word_t> words("words");
    EDGEC_STREAM(places, 64)
    EDGEC_STREAM(words, 64)
    const Nest target = {c.target, 1, 0, 1, 0, 1, 0, c.words};
    find_places(c.places, weights_port, places);
    scatter_elements(c, input, places, words);
    write_words(words, output, target);
}

inline void copy_data(const ScatterCommand& c, const word_t* input, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> words("words");
    EDGEC_STREAM(words, 64)
    const Nest source = {c.data, 1, 0, 1, 0, 1, 0, c.words};
    const Nest target = {c.target, 1, 0, 1, 0, 1, 0, c.words};
    read_words(input, source, words);
    write_words(words, output, target);
}

inline void stream_runs(const ScatterCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<int> places("places");
    hls::stream<word_t> words("words");
    EDGEC_STREAM(places, 64)
    EDGEC_STREAM(words, 64)
    const int runs = c.places.outer * c.places.count;
    const Nest updates = {c.updates, 1, 0, 1, 0, 1, 0, runs * c.run};
    find_places(c.places, weights_port, places);
    read_words(input, updates, words);
    write_runs(places, runs, c.run, words, output);
}

/// The data first, then what is put into them, in order: of two at one place the later stays.
inline void run_scatter(const ScatterCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    if (c.run > 0) {
        copy_data(c, input, output);
        stream_runs(c, input, weights_port, output);
    } else {
        stream_elements(c, input, weights_port, output);
    }
}

}  // namespace edgec
