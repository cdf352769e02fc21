// Where a deformable convolution samples: offsets and masks of an output pixel become places, in the order of the array's
// steps: input word, kernel row, kernel column, and within these the offset groups that share the word's lanes. A square
// kernel whose rows are read at once has places of three rows: for each word and kernel column.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

/// The top left neighbour of a sample, or of one on each of three rows, and how far from it the sample lies.
struct Place {
    int y[kSamplePorts];
    std::int16_t mask[kSamplePorts];
    std::uint8_t part_y[kSamplePorts];
    std::uint8_t part_x;
    int x;
    int word;                // of the pixel
    std::uint8_t begin, end;  // lanes that are sampled here
    bool last;               // of the word's lanes
};

/// The offsets and masks of two pixels: one is read while the next one comes in.
struct Fields {
    std::int16_t dy[2][kPlaces];
    std::int16_t dx[2][kPlaces];
    std::int16_t mask[kSamplePorts][2][kPlaces];
};

/// Number `index` of a word of offsets or masks.
inline int number(const word_t& word, int index, bool wide) {
    EDGEC_INLINE
    if (!wide) return lane(word, index);
    const ap_int<16> bits = ap_int<16>(word.range(16 * (index % (kLanes / 2)) + 15, 16 * (index % (kLanes / 2))));
    return bits.to_int();
}

/// A word of the next pixel: its offsets come first, then its masks. Offsets are pairs (dy, dx), or dy alone.
inline void keep_field(const Deformation& d, const word_t& word, int index, int side, Fields& fields) {
    EDGEC_INLINE
    const bool masks = index >= d.offset_words;
    const bool wide = (masks ? d.wide_mask : d.wide_offsets) != 0;
    const bool pairs = !masks && !d.square;
    const int numbers = wide ? kLanes / 2 : kLanes;
    const int first = (masks ? index - d.offset_words : index) * numbers;
field_numbers:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        const int at = pairs ? (first + l) / 2 : first + l;
        if (l < numbers && at < kPlaces) {
            const std::int16_t value = number(word, l, wide);
            if (masks) {
            mask_copies:
                for (int p = 0; p < kSamplePorts; ++p) {
                    EDGEC_UNROLL
                    fields.mask[p][side][at] = value;
                }
            } else if (pairs && l % 2 == 1) {
                fields.dx[side][at] = value;
            } else {
                fields.dy[side][at] = value;
            }
        }
    }
}

/// Walks the places of a pixel: words, kernel rows and columns, offset groups of a word's lanes.
struct Walk {
    int word, ky, kx;
    int lane, lanes;         // of the word: the next one, and how many it has
    int group, left;         // offset group of the lane, its channels from there on
    int word_group, word_left;
    int channels;            // from the word's first lane on
};

inline Walk first_place(const Deformation& d) {
    EDGEC_INLINE
    const int lanes = d.channels < kLanes ? d.channels : kLanes;
    const Walk walk = {0, 0, 0, 0, lanes, d.first_group, d.first_left, d.first_group, d.first_left, d.channels};
    return walk;
}

/// To the next place.
inline void advance(const Deformation& d, int lanes, Walk& at) {
    EDGEC_INLINE
    at.lane += lanes;
    at.left -= lanes;
    if (at.left == 0) {
        ++at.group;
        at.left = d.group_channels;
    }
    if (at.lane < at.lanes) return;
    at.lane = 0;
    const int rows = d.access == kSquareSamples ? 1 : d.kernel_height;
    if (++at.kx == d.kernel_width) {
        at.kx = 0;
        if (++at.ky == rows) {
            at.ky = 0;
            ++at.word;
            at.channels -= kLanes;
            at.lanes = at.channels < kLanes ? at.channels : kLanes;
            at.word_group = at.group;
            at.word_left = at.left;
        }
    }
    at.group = at.word_group;
    at.left = at.word_left;
}

inline int bounded(const Deformation& d, int offset) {
    EDGEC_INLINE
    return offset < d.lo ? d.lo : offset > d.hi ? d.hi : offset;
}

inline Place place_of(const ConvolutionCommand& c, const Fields& fields, int side, const Walk& at, int lanes, int oy, int ox) {
    EDGEC_INLINE
    const Deformation& d = c.deform;
    const int area = d.kernel_height * d.kernel_width;
    const int part = (1 << d.fraction) - 1;
    const int pair = d.square ? at.group : at.group * area + at.ky * d.kernel_width + at.kx;
    const int dy = bounded(d, fields.dy[side][pair]);
    const int dx = d.square ? dy * (at.kx - d.kernel_width / 2) : bounded(d, fields.dx[side][pair]);
    const int x = (ox * c.stride_x - c.pad_left + at.kx * c.x_advance) * (1 << d.fraction) + dx;
    Place place = {};
place_rows:
    for (int p = 0; p < kSamplePorts; ++p) {
        EDGEC_UNROLL
        const int ky = at.ky + p;
        const int moved = d.square ? dy * (ky - d.kernel_height / 2) : dy;
        const int y = (oy * c.stride_y - c.pad_top + ky * c.dilation_y) * (1 << d.fraction) + moved;
        place.y[p] = y >> d.fraction;
        place.part_y[p] = y & part;
        const int tap = at.group * area + ky * d.kernel_width + at.kx;
        int mask = 256;
        if (kHasMasks && d.mask_words > 0 && ky < d.kernel_height) mask = fields.mask[p][side][tap] - d.mask_zero;
        place.mask[p] = mask < 0 ? 0 : mask > 256 ? 256 : mask;
    }
    place.x = x >> d.fraction;
    place.part_x = x & part;
    place.word = at.word;
    place.begin = at.lane;
    place.end = at.lane + lanes;
    place.last = place.end == at.lanes;
    return place;
}

/// Reads what moves the taps: the offsets of a pixel, then its masks.
inline void read_fields(const ConvolutionCommand c, const word_t* memory, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const Deformation& d = c.deform;
    const int words = d.access == kNoSamples ? 0 : d.offset_words + d.mask_words;
    const int total = c.batch * c.out_height * c.out_width * words;
    int offset = d.offsets, mask = d.mask, index = 0;
field_words:
    for (int i = 0; i < total; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        out.write(memory[index < d.offset_words ? offset++ : mask++]);
        if (++index == words) index = 0;
    }
}

/// Finds the places of every pixel. Where they are gathered, the addresses of their neighbours go to the reader, -1 for
/// one outside the image.
inline void locate(const ConvolutionCommand c, hls::stream<word_t>& in, hls::stream<Place>& places, hls::stream<int>& addresses) {
    EDGEC_INLINE_OFF
    static Fields fields;
    EDGEC_PARTITION_CYCLIC(fields.dy, 2, 16)
    EDGEC_PARTITION_CYCLIC(fields.dx, 2, 8)
    EDGEC_PARTITION(fields.mask, 1)
    EDGEC_PARTITION_CYCLIC(fields.mask, 3, 16)
    const Deformation& d = c.deform;
    const int pixels = d.access == kNoSamples ? 0 : c.batch * c.out_height * c.out_width;
    const int words = d.offset_words + d.mask_words;
    const bool gathers = d.access == kGatheredSamples;
    const int reads = gathers ? d.phases : 1;
    const int steps = pixels == 0 ? 0 : (pixels + 1) * d.pixel_steps;
    Walk at = first_place(d);
    Place place = {};
    int pixel = -1, step = 0, side = 0, read = 0, n = 0, oy = 0, ox = 0;
    int found = 0;
place_steps:
    for (int i = 0; i < steps; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        if (step < words && pixel + 1 < pixels) keep_field(d, in.read(), step, 1 - side, fields);
        if (pixel >= 0 && found < d.places) {
            if (read == 0) {
                const int lanes = at.left < at.lanes - at.lane ? at.left : at.lanes - at.lane;
                place = place_of(c, fields, side, at, lanes, oy, ox);
                places.write(place);
                advance(d, lanes, at);
            }
            if (gathers) {
                const int y = place.y[0] + read / 2, x = place.x + read % 2;
                const bool inside = y >= 0 && y < c.height && x >= 0 && x < c.width;
                addresses.write(inside ? c.source.address + ((n * c.height + y) * c.width + x) * d.pitch + place.word : -1);
            }
            if (++read == reads) {
                read = 0;
                ++found;
            }
        }
        if (++step == d.pixel_steps) {
            step = 0;
            found = 0;
            side = 1 - side;
            at = first_place(d);
            if (pixel++ >= 0 && ++ox == c.out_width) {
                ox = 0;
                if (++oy == c.out_height) {
                    oy = 0;
                    ++n;
                }
            }
        }
    }
}

}  // namespace edgec
