// hls::stream<T> and hls::stream<T, Depth>: the FIFO between two processes, for sequential simulation.
//
// Processes run one after the other here, so the FIFO grows as needed and a write never waits; Depth is only
// remembered. A read of an empty stream, on which hardware would wait for ever, says so once on standard error and
// answers T{}. A stream that ends with data in it says so too: producer and consumer disagree about the amount.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

namespace hls {

template <class T, int Depth = 0>
class stream;

/// Functions take any stream as stream<T>&, whatever its depth.
template <class T>
class stream<T, 0> {
public:
    using value_type = T;

    stream() = default;
    explicit stream(std::string name) : name_(std::move(name)) {}
    explicit stream(const char* name) : name_(name) {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() {
        if (!empty())
            std::fprintf(stderr, "hls simulation: stream '%s' still holds %zu elements\n", name_.c_str(), size());
        while (!empty()) drop();
        std::free(memory_);
    }

    void write(const T& value) {
        if (size() == room_) {
            T copy(value);  // it may lie in the storage that is about to move
            grow();
            new (&slots_[tail_++ & (room_ - 1)]) T(std::move(copy));
        } else {
            new (&slots_[tail_++ & (room_ - 1)]) T(value);
        }
    }
    T read() {
        if (empty()) {
            warn();
            return T{};
        }
        T value(std::move(slots_[head_ & (room_ - 1)]));
        drop();
        return value;
    }
    void read(T& value) { value = read(); }
    void operator>>(T& value) { value = read(); }
    void operator<<(const T& value) { write(value); }

    /// False, and value as it was, when there is nothing to read.
    bool read_nb(T& value) {
        if (empty()) return false;
        value = read();
        return true;
    }
    bool write_nb(const T& value) {
        write(value);
        return true;
    }

    bool empty() const { return head_ == tail_; }
    bool full() const { return false; }
    std::size_t size() const { return tail_ - head_; }
    /// The depth asked for; without one, a number never reached.
    std::size_t capacity() const { return depth_ > 0 ? depth_ : SIZE_MAX; }
    void set_name(const char* name) { name_ = name; }
    const std::string& name() const { return name_; }

protected:
    explicit stream(std::string name, std::size_t depth) : name_(std::move(name)), depth_(depth) {}

private:
    void drop() { slots_[head_++ & (room_ - 1)].~T(); }

    /// Doubles the ring. Aligned by hand: C++14's allocators ignore wide alignments such as hls::vector's.
    void grow() {
        const std::size_t room = room_ == 0 ? 64 : room_ * 2;
        void* memory = std::malloc(room * sizeof(T) + alignof(T));
        if (memory == nullptr) {
            std::fprintf(stderr, "hls simulation: no memory for stream '%s'\n", name_.c_str());
            std::abort();
        }
        const std::size_t misfit = reinterpret_cast<std::uintptr_t>(memory) % alignof(T);
        T* slots = reinterpret_cast<T*>(static_cast<char*>(memory) + (misfit == 0 ? 0 : alignof(T) - misfit));
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) {
            new (&slots[i]) T(std::move(slots_[head_ & (room_ - 1)]));
            drop();
        }
        std::free(memory_);
        memory_ = memory;
        slots_ = slots;
        room_ = room;
        head_ = 0;
        tail_ = count;
    }
    void warn() {
        if (!warned_) std::fprintf(stderr, "hls simulation: stream '%s' is read while empty\n", name_.c_str());
        warned_ = true;
    }

    std::string name_ = "unnamed";
    std::size_t depth_ = 0;
    void* memory_ = nullptr;
    T* slots_ = nullptr;      // room_ slots, a power of two; those from head_ to tail_ (modulo room_) hold elements
    std::size_t room_ = 0;
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
    bool warned_ = false;
};

template <class T, int Depth>
class stream : public stream<T, 0> {
    static_assert(Depth > 0, "a stream has a positive depth");

public:
    stream() : stream<T, 0>("unnamed", Depth) {}
    explicit stream(std::string name) : stream<T, 0>(std::move(name), Depth) {}
    explicit stream(const char* name) : stream<T, 0>(name, Depth) {}
};

}  // namespace hls
