// What the engines are told. A layer is one or more commands; the compiler has decided every number in them.
// Addresses count words of the one memory that holds parameters, inputs, outputs and everything between.
#pragma once

namespace edgec {

/// The function that rounds, one for the whole design: half up, half to even, twice as TensorFlow Lite, or down.
enum Rounding { kHalfUp, kHalfEven, kTwice, kDown };

enum Engine { kConvolutionEngine, kMapEngine, kRowEngine, kMover, kResampleEngine, kNormEngine, kAttentionEngine, kQueueEngine, kSelectEngine,
              kGatherEngine, kScatterEngine, kElementEngine };

/// Which engine runs next, and which of its commands.
struct Command {
    int engine;
    int index;
    int last;   // of a convolution: the command its results go to, as they come; itself if they go to memory
    int alone;  // runs only in a call for its layer alone, for otherwise a later command does its work
};

/// A nest of loops over words: `run` consecutive ones, inside three loops with a stride each.
struct Nest {
    int address;
    int count0, stride0;
    int count1, stride1;
    int count2, stride2;
    int run;
};

enum ConvolutionMode {
    kDense,      // every output from all inputs of its range: 16 products a step for each output of a group
    kDepthwise,  // one output from the input of the same lane
    kSum,        // average pooling
    kMaximum,
};

enum RightSide {
    kConstantRight,  // weights, in the parameter image
    kRightRows,      // an activation [outputs][inner]
    kRightColumns,   // an activation [inner][outputs]
};

enum ParameterRow { kByOutput, kByCount, kSingle };

/// Where a deformable convolution finds its samples: in buffered rows, a kernel column at a time (square) or a tap at a time,
/// or in memory.
enum SampleAccess { kNoSamples, kSquareSamples, kBankedSamples, kGatheredSamples };

/// What moves the taps of a deformable convolution, see sampler.hpp. A place is where a step samples: one tap, or a column of
/// the kernel, for the lanes of a word that share an offset group.
struct Deformation {
    int access;
    int offsets, offset_words;  // address, and words of an output pixel
    int wide_offsets;           // 16 bits each
    int mask, mask_words;       // 0 words: no mask
    int wide_mask;              // 16 bits each
    int mask_zero;              // what a factor of 0 is stored as
    int square;                 // one number an offset group, which scales the grid
    int fraction;               // fraction bits
    int lo, hi;                 // bounds of the numbers
    int raw;                    // samples are elements as they are, not relative to the zero point
    int kernel_height, kernel_width;
    int channels;               // of the command
    int group_channels;         // of an offset group
    int first_group;            // offset group of the first channel, and its channels from there on
    int first_left;
    int places;                 // of an output pixel
    int phases;                 // reads of a place, one after another
    int pixel_steps;            // steps in which the places of a pixel are found
    int pitch;                  // words from pixel to pixel in memory
    int first_load;             // rows that the first row of outputs reaches
    int low, low_step;          // lowest row that the first row of outputs reaches, and how far it moves
};

/// A convolution, a pooling or a matrix product (which is a convolution by 1 x 1) for some of its output channels.
struct ConvolutionCommand {
    int mode;
    Nest source;
    Nest target;
    int parameters;       // address of ranges and parameters, in this order
    int parameter_words;  // a word each
    int parameter_row;    // how an output finds its row of parameters; other than kByOutput, a word fills a row
    int range_words;
    int weights;          // their address; commands with the same weights share it
    int weight_words;     // as the weight memory holds them
    int weight_outputs;   // words that make one entry of the weight memory
    int entries;          // of the weight memory that it takes
    int packed_weights;   // 4 bits each: a word in memory holds two, in the low and the high halves of its lanes; see pairs.hpp
    int batch;
    int height;           // input rows, and those of them that any window reaches
    int rows;
    int width;
    int words;            // of an input pixel that are read
    int out_height;
    int out_width;
    int out_words;        // of an output pixel that are written
    int groups;           // groups of outputs: when dense kGroup each, or kColumns if others have pairs, else a word each
    int kernel_height;
    int kernel_width;     // in steps of x_advance pixels
    int stride_y, stride_x;
    int dilation_y;
    int x_advance;
    int pad_top, pad_left;
    int pad;              // value of the lanes outside the image
    int direct;           // words are used as they come, without the line buffer: 1 x 1 at every pixel, or samples
    int ring_rows;        // rows the line buffer holds
    int first_slot;       // ring row of the first window's top, and how far it moves from window to window
    int slot_step;
    int taps;             // neighbouring pixels packed into a word, where channels are few
    int tap_lanes;        // lanes of each of them
    int row_steps;        // steps of an output row
    int zero, lo, hi;     // what is added after rounding, where the addends do not hold it; bounds
    int right_side;       // what the weights are; the rest is for activations
    int right;            // address of the first row
    int right_pitch;      // words from row to row
    int right_outputs;    // outputs of this command that exist
    int right_inner;      // lanes that count
    int left_zero, right_zero;
    int expert;           // its rows are those of this expert's queue, and the command is for one row; -1 for none
    Deformation deform;
};

enum MapStep { kAdd, kMultiply, kMapMaximum, kMapMinimum, kTable, kPrelu, kMix };

/// Element by element, the second operand broadcast as its nest says.
struct MapCommand {
    int step;
    Nest left;
    Nest right;
    int splat_left;  // the first lane of each word stands for all
    int splat_right;
    int target;
    int words;
    int zero_a, multiplier_a;
    int zero_b, multiplier_b;  // of a parametric relu: what scales products
    long long addend;
    int shift, zero, lo, hi;
    int terms, term_words;  // kMix: rows that one of results sums, each weighed by a lane of a word of the right side
};

enum RowMode { kSoftmax, kRowSum, kRowMaximum, kRowMinimum };

/// Softmax or a reduction. A row lies across words (`across`: the 16 lanes of a word belong to 16 rows), or along them.
struct RowCommand {
    int mode;
    int source, target;
    int across;
    int outer, outer_stride;
    int inner;         // rows side by side, in words; 1 along
    int length, step;  // words of a row and the distance between them
    int period, tail;  // along: every so many words a storage row ends, with this many lanes in its last word
    int out_extent;    // along, reductions: results are packed into storage rows of so many
    int table;         // softmax: address of the exponentials
    int multiplier;
    long long addend;
    int shift, zero, lo, hi;
};

/// A program of strided copies: see mover.hpp.
struct MoveCommand {
    int program;
    int segments;
};

/// Interpolation along rows and columns: see resample_engine.hpp.
struct ResampleCommand {
    int source;
    Nest target;
    int rows, columns;          // addresses of their records
    int along;                  // columns lie along the lanes, else a pixel has words of its own
    int outer, height;          // images, and their rows
    int pixels;                 // of an input row; along: its words
    int pitch, words;           // words of a pixel in memory, and those of this command
    int out_height, out_width;
    int row_taps, column_taps;
    int input_zero;
    int multiplier;
    long long addend;
    int shift, zero, lo, hi;
};

/// Normalisation by deviation: see norm_engine.hpp.
struct NormCommand {
    Nest source;          // words block by block
    Nest again;           // the same, or nothing where they wait on chip
    Nest target;
    int held;             // they wait on chip
    int parameters;       // address of gains and biases
    int channel_words;    // of all channels
    int blocks;           // each a row along words, or rows in lanes
    int length, words;    // of a block: positions, and words of channels at each
    int line, tail;       // words of a storage row, and lanes in its last
    int group_channels;   // in lanes: channels of a row, else 0
    int groups;           // rows of a block
    int count;            // elements of a row
    int centered;         // around the mean, else around the zero point
    int input_zero;
    int guard;            // fraction bits of the square of the deviation
    long long epsilon;
    int fraction;         // bits of the gains
    int zero, lo, hi;
};

/// softmax(queries * keys) * values for some words of the values, head by head: see attention_engine.hpp.
struct AttentionCommand {
    int queries, keys, values;    // addresses
    Nest target;
    int batch;                    // heads
    int rows, columns;            // queries and keys of a head
    int parallel;                 // queries in flight, at most as many as there are keys
    int passes, tail;             // passes over the keys of a head, and steps of the last
    int steps;                    // of all passes of a head
    int words, inner;             // of a query, and its lanes
    int by_column;                // keys are columns: a word holds one lane of 16 keys
    int key_pitch;                // by column: words from row to row
    int blocks;                   // by column: blocks of 16 keys in all passes of all heads
    int key_step, value_step;     // words from head to head; 0 where one serves all
    int value_words, value_pitch; // of this command, and from value to value
    int resident;                 // keys and values of a head stay on chip
    int table;                    // address of the exponentials
    int query_zero, key_zero;
    int score_multiplier;
    long long score_addend;
    int score_shift, score_zero;
    int biased;                   // numbers are added to scores
    int bias;                     // address of their rows, `bias_pitch` words each
    int bias_pitch;
    int bias_by_row;              // a row for each query, else one for all
    int bias_repeat, bias_count;  // head h has matrix h / bias_repeat % bias_count
    int bias_zero, bias_multiplier;
    int value_zero;
    int multiplier, shift;        // of weighted sums
    int zero, lo, hi;
};

/// Sorts rows by the experts that indices name: see experts.hpp.
struct QueueCommand {
    int indices;      // [rows][choices]
    int index_words;  // from row to row
    int index_bytes;  // 4 or 8
    int rows, choices, experts;
    int row_per_choice;  // a choice reads a row of its own; else all choices of a row read that
};

/// The best elements of rows: see select_engine.hpp.
struct SelectCommand {
    Nest source;
    Nest target;
    int rows, length;  // outer indices, and elements of a row
    int extent;        // along: of a storage row of the operand
    int count;         // indices of a row
    int greatest;      // else the least
    int out_extent;    // along: indices of a storage row
    int across;        // rows lie in lanes: words side by side; 0 along
    int line, tail;    // across: words of a storage row, and lanes in its last
};

/// Most axes that indices name.
const int kMostDepth = 8;

/// How indices name places, in elements of the data or, where runs of whole words are moved, in words.
struct IndexedPlaces {
    int indices;  // address
    int index_extent, index_pitch, index_shift;  // of a storage row: indices, words; bytes of an index as a power of two
    int base;     // added to all
    int outer, outer_stride;
    int count;    // tuples for each outer index
    int inner, inner_extent, inner_pitch;  // elements that follow one another, of a storage row, and how far rows are apart
    int outer_indexed, inner_indexed;      // each has tuples of its own
    int depth;    // indices of a tuple
    int extents[kMostDepth];
    int strides[kMostDepth];
};

/// Elements from places: see index_engine.hpp.
struct GatherCommand {
    IndexedPlaces places;
    int source;
    int run;         // words of a run; 0: elements
    int size_shift;  // bytes of an element as a power of two
    int out_extent;  // elements of a storage row of the result
    Nest target;
};

/// Data with elements put at places.
struct ScatterCommand {
    IndexedPlaces places;
    int data, updates, target;
    int run;                         // words of a run; 0: elements
    int words;                       // of the data
    int update_extent, update_pitch;  // of a storage row of the updates: elements, words
    int size_shift;                  // bytes of an element as a power of two
    int slices, slice_words;         // outer indices on chip at once, and words of each
};

enum ElementStep { kElementAdd, kElementMultiply, kElementMaximum, kElementMinimum, kElementRescale, kElementCompare, kElementChoose };

enum CompareFunction { kAnd, kEqual, kGreater, kGreaterOrEqual, kLess, kLessOrEqual, kOr, kXor };

/// One result at a time, of any width: see element_engine.hpp.
struct ElementCommand {
    int step;
    Nest left, right, condition;  // a storage row each, for those of the result
    Nest target;
    int rows, extent;             // storage rows of the result, and elements of each
    int left_shift, right_shift, out_shift;  // bytes of an element as a power of two
    int splat_left, splat_right, splat_condition;  // the first element of a row stands for all
    int function;                 // of a comparison
    int zero_a, zero_b;
    long long factor_a, factor_b;  // of a sum or product, multipliers
    long long addend;
    int shift, zero, lo, hi;
};

}  // namespace edgec
