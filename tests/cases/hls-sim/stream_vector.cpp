// hls::stream and hls::vector, and how a mistake in a simulated program ends it.
#include <sys/wait.h>
#include <unistd.h>

#include <type_traits>

#include "ap_fixed.h"
#include "ap_int.h"
#include "check.h"
#include "hls_stream.h"
#include "hls_vector.h"

static_assert(!std::is_copy_constructible<hls::stream<int>>::value, "");
static_assert(!std::is_copy_assignable<hls::stream<int>>::value, "");
static_assert(std::is_base_of<hls::stream<int>, hls::stream<int, 8>>::value, "any depth is passed as stream<T>&");

using word = hls::vector<ap_int<8>, 16>;
static_assert(sizeof(word) == 16 && alignof(word) == 16, "");
static_assert(sizeof(hls::vector<float, 3>) == 16 && alignof(hls::vector<float, 3>) == 16, "padded to a power of two");
static_assert(sizeof(hls::vector<ap_int<8>, 64>) == 64 && word::size() == 16, "");

/// What runs in a child process writes to standard error; `ended_well` tells whether the child did not abort.
template <class Action>
std::string errors_of(Action action, bool* ended_well) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        action();
        _exit(0);
    }
    close(ends[1]);
    std::string text;
    char buffer[256];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    *ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return text;
}

static void fifo() {
    hls::stream<ap_int<20>, 4> s("numbers");
    CHECK(s.empty() && !s.full() && s.size() == 0 && s.capacity() == 4);
    // In order through many turns of the ring, never more than a model's fill.
    int written = 0, read = 0;
    while (read < 30000) {
        const bool write = written < 30000 && (s.empty() || random_below(100) < (written < 15000 ? 60 : 40));
        if (write) s.write(written++);
        else CHECK_EQUAL(s.read(), read++);
        CHECK_EQUAL(s.size(), static_cast<std::size_t>(written - read));
    }
    ap_int<20> x = 7;
    CHECK(!s.read_nb(x) && x == 7);
    CHECK(s.write_nb(5) && s.read_nb(x) && x == 5);
    hls::stream<ap_int<20>>& any = s;
    any << 8;
    any << 9;
    any >> x;
    CHECK_EQUAL(x, 8);
    any.read(x);
    CHECK_EQUAL(x, 9);
    s.set_name("renamed");
    CHECK_EQUAL(s.name(), "renamed");

    // Elements with a wide alignment, and with memory of their own.
    hls::stream<hls::vector<int, 16>> wide;
    for (int i = 0; i < 1000; ++i) wide.write(i);
    for (int i = 0; i < 1000; ++i) CHECK_EQUAL(wide.read()[15], i);
    hls::stream<std::string> texts;
    for (int i = 0; i < 200; ++i) texts.write(std::string(40, 'a') + std::to_string(i));
    for (int i = 0; i < 200; ++i) CHECK_EQUAL(texts.read(), std::string(40, 'a') + std::to_string(i));
}

static void warnings() {
    bool ended_well = false;
    std::string text = errors_of(
        [] {
            hls::stream<ap_int<8>> s("lonely");
            for (int i = 0; i < 3; ++i)
                if (s.read() != 0) std::abort();
        },
        &ended_well);
    CHECK_EQUAL(text, "hls simulation: stream 'lonely' is read while empty\n");  // once
    CHECK(ended_well);
    text = errors_of([] { hls::stream<int>("full").write(1); }, &ended_well);
    CHECK_EQUAL(text, "hls simulation: stream 'full' still holds 1 elements\n");
    CHECK(ended_well);

    text = errors_of(
        [] {
            ap_uint<8> x = 0;
            x.range(8, 1) = 1;
        },
        &ended_well);
    CHECK_EQUAL(text, "hls simulation: bit range outside the integer\n");
    CHECK(!ended_well);
    text = errors_of(
        [] {
            ap_uint<100> x = 0;
            x[100] = true;
        },
        &ended_well);
    CHECK_EQUAL(text, "hls simulation: bit index outside the integer\n");
    CHECK(!ended_well);
    text = errors_of([] { std::exit((ap_int<8>(5) / ap_int<8>(0)).to_int()); }, &ended_well);
    CHECK_EQUAL(text, "hls simulation: division by zero\n");
    CHECK(!ended_well);
    text = errors_of([] { std::exit(word()[16].to_int()); }, &ended_well);
    CHECK_EQUAL(text, "hls simulation: vector index out of range\n");
    CHECK(!ended_well);
}

static void vectors() {
    word x = 3;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += i;
    const word y = x * 2 + 1;
    CHECK_EQUAL(y[15], 37);
    CHECK_EQUAL((x - y)[0], -4);
    CHECK_EQUAL((y / x)[1], 2);
    CHECK_EQUAL((y % x)[15], 1);
    CHECK_EQUAL((x & 1)[0], 1);
    CHECK_EQUAL((x | 8)[0], 11);
    CHECK_EQUAL((x ^ x)[3], 0);
    CHECK_EQUAL((x << 1)[1], 8);
    CHECK_EQUAL((y >> 2)[0], 1);
    CHECK_EQUAL((-x)[0], -3);
    CHECK_EQUAL((~x)[0], -4);
    CHECK_EQUAL((1 - x)[2], -4);
    const hls::vector<bool, 16> less = x < 5;
    CHECK(less[1] && !less[2] && (x == x)[7] && (x != y)[0] && !(x != x)[0] && !(!x)[0]);
    CHECK((y >= x)[0] && (y > x)[0] && (x <= 3)[0] && !(x <= 3)[1]);
    x += y;
    x *= -1;
    CHECK_EQUAL(x[0], -10);
    x <<= 4;
    CHECK_EQUAL(x[0], 96);  // each element wraps

    const hls::vector<int, 4> v = {5, -2, 9, 4};
    CHECK_EQUAL(v.reduce_add(), 16);
    CHECK_EQUAL(v.reduce_mult(), -360);
    CHECK_EQUAL(v.reduce_max(), 9);
    CHECK_EQUAL(v.reduce_min(), -2);
    CHECK_EQUAL(v.reduce_and(), 0);
    CHECK_EQUAL(v.reduce_or(), -1);
    CHECK_EQUAL(v.reduce_xor(), 5 ^ -2 ^ 9 ^ 4);
    int sum = 0;
    for (const int e : v) sum += e;
    CHECK_EQUAL(sum, 16);
    const hls::vector<ap_fixed<8, 4>, 2> f = {1.5, -2.25};
    CHECK_EQUAL((f * f)[1], 5.0625);
    CHECK_EQUAL((f + 1)[0], 2.5);
    const hls::vector<float, 2> g = 1.5f;
    CHECK_EQUAL((g * 2)[1], 3.0f);
}

int main() {
    fifo();
    warnings();
    vectors();
    return finish("stream_vector");
}
