# SPDX-License-Identifier: BSD-2-Clause
# The QEMU whose own GICv5 (experimental, `-M virt,gic-version=x-5`) libvgic is compared with: trixie-backports' package for this
# machine's architecture, unpacked beside all libraries that it needs, and run with their own dynamic loader. Nothing is installed.
# Sourced after common.sh and suites.sh.

peer_dir=$cache/peer
peer_package="qemu-system-arm"

# In a subshell: apt with lists of its own, of this machine's architecture.
peer_apt() (
    suites_dir=$peer_dir/apt suites_arch=$(dpkg --print-architecture)
    "$@"
)

# With an empty list of installed packages, "install" names everything down to the C library.
peer_download() { suites_apt apt-get --yes --download-only -t trixie-backports install "$peer_package"; }

# peer_unpack ROOT: all packages in ROOT, without what no program here loads.
peer_unpack() {
    local root=$1 deb
    rm -rf "$root.new"
    mkdir -p "$root.new"
    for deb in "$peer_dir"/apt/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new" --keep-directory-symlink \
            --wildcards --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' || return 1
    done
    rm -rf "$peer_dir/apt/cache/archives" "$root"
    mv "$root.new" "$root"
}

# peer_wrap ROOT: the words that run the QEMU of ROOT, one a line, in peer_dir/words, and a program of them.
peer_wrap() {
    local root=$1 loader paths words
    loader=$(find "$root/usr/lib" "$root/usr/lib64" -name 'ld-linux-*.so.*' -type f 2>/dev/null | head -n 1)
    [ -n "$loader" ] && [ -x "$root/usr/bin/qemu-system-aarch64" ] || return 1
    paths=$(find "$root/usr/lib" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
    words=("$loader" --library-path "$paths" "$root/usr/bin/qemu-system-aarch64" -L "$root/usr/share/qemu")
    printf '%s\n' "${words[@]}" >"$peer_dir/words"
    { printf '#!/bin/sh\nexec'; printf ' "%s"' "${words[@]}"; printf ' "$@"\n'; } >"$peer_dir/wrapper"
    chmod 755 "$peer_dir/wrapper"
    mv "$peer_dir/wrapper" "$peer_dir/qemu-system-aarch64"
}

peer_fetch() {
    local version
    [ ! -x "$peer_dir/qemu-system-aarch64" ] || return 0          # another run was faster
    mkdir -p "$peer_dir"
    peer_apt suites_update || return 1
    version=$(peer_apt suites_version "$peer_package" trixie-backports)
    [ -n "$version" ] || { say "trixie-backports has no $peer_package for this architecture"; return 1; }
    mkdir -p "$peer_dir/apt/cache/archives/partial"
    long "$logs/peer-fetch.log" "fetching $peer_package $version of trixie-backports and its libraries, about 150 MB" \
        peer_apt peer_download || return 1
    long "$logs/peer-unpack.log" "unpacking them" peer_unpack "$peer_dir/root" || return 1
    peer_wrap "$peer_dir/root"
}

# peer_qemu: prints the path of a QEMU that has -M virt,gic-version=x-5; fails with a sentence if there is none to be had.
peer_qemu() {
    local qemu=${LIBVGIC_PEER_QEMU:-$peer_dir/qemu-system-aarch64}
    if [ -z "${LIBVGIC_PEER_QEMU:-}" ] && [ ! -x "$qemu" ]; then
        is_debian || { say "this is not a Debian system, so no QEMU with GICv5 is fetched: LIBVGIC_PEER_QEMU may name one"; return 1; }
        locked "$peer_dir.lock" peer_fetch >&2 || { say "could not fetch QEMU's own GICv5: check the network"; return 1; }
    fi
    "$qemu" --version >/dev/null 2>&1 || { say "'$qemu' does not run"; return 1; }
    printf '%s' "$qemu"
}

# peer_words: the words that run it without a shell in between, one a line; after peer_qemu.
peer_words() {
    if [ -n "${LIBVGIC_PEER_QEMU:-}" ]; then
        printf '%s\n' "$LIBVGIC_PEER_QEMU"
    else
        cat "$peer_dir/words"
    fi
}
