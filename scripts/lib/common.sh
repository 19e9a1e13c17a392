# SPDX-License-Identifier: BSD-2-Clause
# What every script of the project uses: messages, the cache folder, installing Debian packages, long steps with progress.
# Sourced, never run. A script sets `me` (its name in messages) before it sources this file.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${LIBVGIC_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/libvgic}
logs=$cache/logs

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { printf '%s: error: %s\n' "$me" "$*" >&2; exit 1; }

is_debian() { [ -r /etc/debian_version ] && command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "'$*' needs root: run it as root once, or install sudo, then call this script again"
    fi
}

# long LOG TEXT CMD...: runs a long command with its output in LOG, and shows that it lives: the seconds and the log's last line.
long() {
    local log=$1 text=$2 began=$SECONDS pid rc=0 last=''
    shift 2
    mkdir -p "$(dirname "$log")"
    say "$text (log: $log)"
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        [ $(((SECONDS - began) % 15)) = 0 ] || continue
        last=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c1-100) || true
        printf '%s:   %d s: %s\n' "$me" $((SECONDS - began)) "$last" >&2
    done
    wait "$pid" || rc=$?
    if [ "$rc" != 0 ]; then
        tail -n 25 "$log" >&2
        say "error: $text: failed with exit status $rc; the whole output is in $log"
        return "$rc"
    fi
    say "  done in $((SECONDS - began)) s"
}

# need_packages PACKAGE...: installs what is missing with the system's apt-get.
need_packages() {
    local p missing=()
    for p in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing+=("$p")
    done
    [ ${#missing[@]} = 0 ] && return 0
    if ! apt-cache show "${missing[0]}" >/dev/null 2>&1; then
        long "$logs/apt-update.log" "apt-get update" as_root apt-get -q update ||
            die "apt-get update failed: check this machine's package sources and its network, then call this script again"
    fi
    apt_install "${missing[@]}" && return 0
    # The lists may be older than the archive: once more with fresh ones.
    long "$logs/apt-update.log" "apt-get update" as_root apt-get -q update ||
        die "apt-get update failed: check this machine's package sources and its network, then call this script again"
    apt_install "${missing[@]}" ||
        die "could not install ${missing[*]}: install them by hand and call this script again"
}

apt_install() {
    long "$logs/apt-install.log" "installing ${*}" \
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
}

# need_commands WHAT COMMAND...: on systems that are not Debian, names what is missing.
need_commands() {
    local what=$1 c
    shift
    for c in "$@"; do
        command -v "$c" >/dev/null 2>&1 ||
            die "$what needs '$c', and this is not a Debian system on which the script can install it: install it and call this script again"
    done
}

# locked FILE CMD...: one at a time over all processes of this machine.
locked() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    (
        flock -n 9 || { say "waiting for another run to finish ($file)"; flock 9; }
        "$@"
    ) 9>"$file"
}
