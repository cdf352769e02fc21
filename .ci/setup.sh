# Sourced by ./edgec and ./test: makes sure of the tools they need. Says what it installs and why.

need_dotnet() {
    command -v dotnet >/dev/null 2>&1 && return 0
    echo "error EC8000: edgec needs the .NET 10 SDK (dotnet on the PATH). See https://dot.net for how to install it." >&2
    exit 3
}

# Debian packages: name, a command or file that shows it is there, what it is for.
packages() {
    cat <<'LIST'
g++ g++ builds the generated C and the simulation of generated HLS C++
clang clang checks that the generated code is clean under a second compiler
make make builds bundles
cmake cmake builds bundles
gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc builds the generated C for ARM
libc6-dev-arm64-cross /usr/aarch64-linux-gnu/lib/libc.a links it
qemu-user qemu-aarch64 runs ARM programs on this machine
LIST
    [ "${1:-}" = tests ] && cat <<'LIST'
libonnx-testdata /usr/share/libonnx-testdata holds the ONNX project's own test cases
chromium chromium looks at the HTML report as a browser shows it
LIST
    true
}

there() { case "$1" in /*) [ -e "$1" ] ;; *) command -v "$1" >/dev/null 2>&1 ;; esac; }

# need_packages [tests]: installs what is missing, or says what to install.
need_packages() {
    local missing="" name proof why
    while read -r name proof why; do
        there "$proof" && continue
        missing="$missing $name"
        echo "missing: $name, which $why"
    done < <(packages "${1:-}")
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing$missing …"
        local log; log=$(mktemp)
        if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
            tail -n 5 "$log" >&2
            echo "error EC8001: these Debian packages could not be installed:$missing. Install them and try again." >&2
            exit 3
        fi
        rm -f "$log"
        return 0
    fi
    echo "error EC8001: install these Debian packages first (as root: apt-get install$missing)." >&2
    exit 3
}
