# SPDX-License-Identifier: BSD-2-Clause
# Linux' KVM selftests for arm64, built from the source package of the kernel that runs them.
# Sourced after common.sh, suites.sh and guest.sh.

# What of the source the selftests need: theirs, the headers, and what installs the headers.
kvm_source_parts="Makefile Kbuild Kconfig tools scripts include lib virt usr arch/arm64"

# kvm_packages: what the host needs to build them.
kvm_packages() {
    if is_debian; then
        need_packages make gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross xz-utils
    else
        need_commands "building KVM's selftests" make gcc aarch64-linux-gnu-gcc xz
    fi
}

# kvm_unpack PACKAGE=VERSION DIR: the parts of a kernel's source.
kvm_unpack() {
    local tmp archive name parts
    tmp=$(mktemp -d "$(dirname "$2")/get.XXXXXX")
    suites_unpack "$1" "$tmp" || { rm -rf "$tmp"; return 1; }
    archive=$(echo "$tmp"/usr/src/linux-source-*.tar.xz)
    name=$(basename "$archive" .tar.xz)
    read -ra parts <<<"$kvm_source_parts"
    mkdir -p "$2"
    tar -C "$2" --strip-components=1 -xf "$archive" "${parts[@]/#/$name/}" || { rm -rf "$tmp"; return 1; }
    rm -rf "$tmp"
}

# kvm_build SOURCE OUT: every program of the selftests, linked statically; those that do not build are not there.
kvm_build() {
    local cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc) program
    make -C "$1" -j"$(nproc)" "${cross[@]:0:2}" headers || return 1
    make -C "$1/tools/testing/selftests/kvm" -j"$(nproc)" -k "${cross[@]}" LDFLAGS=-static OUTPUT="$2.objects" || return 1
    mkdir -p "$2"
    # Theirs for arm64 are in arm64/, in older kernels in aarch64/.
    while read -r program; do
        aarch64-linux-gnu-strip -o "$2/$(basename "$program")" "$program" || return 1
    done < <(find "$2.objects" -type f -executable)
    rm -rf "$2.objects"
    [ -e "$2/vgic_init" ]
}

# kvm_fetch VERSION: makes $cache/kvm/VERSION. Of a version whose source is gone the nearest of the same series is taken.
kvm_fetch() {
    local version=$1 series dir=$cache/kvm/$1 have
    [ ! -e "$dir/vgic_init" ] || return 0                  # another run was faster
    locked "$suites_dir.lock" suites_update || return 1
    series=linux-source-$(echo "$version" | cut -d. -f1,2)
    have=$(suites_apt apt-cache madison "$series" 2>/dev/null | awk -F' *[|] *' '{ print $2 }')
    [ -n "$have" ] || { say "no package $series"; return 1; }
    grep -qxF -e "$version" <<<"$have" || version=$(head -n 1 <<<"$have")
    rm -rf "$dir" "$dir.new" "$dir.source" "$dir.new.objects"
    mkdir -p "$cache/kvm"
    long "$logs/kvm-source.log" "fetching $series $version, about 170 MB" kvm_unpack "$series=$version" "$dir.source" || return 1
    long "$logs/kvm-build.log" "building its KVM selftests" kvm_build "$dir.source" "$dir.new" || return 1
    rm -rf "$dir.source"
    mv "$dir.new" "$dir"
}

# kvm_selftests: sets kvm_dir, the folder with the selftests that belong to guest_kernel_dir.
kvm_selftests() {
    local version
    [ -n "$guest_kernel_dir" ] || die "KVM's selftests are built for Debian's kernels: the kernel must be 'stable' or 'newest'"
    version=$(basename "$guest_kernel_dir")
    kvm_dir=$cache/kvm/$version
    [ ! -e "$kvm_dir/vgic_init" ] || return 0
    kvm_packages
    locked "$cache/kvm.lock" kvm_fetch "$version" ||
        die "no KVM selftests for kernel $version: check the network, look into the log named above, and call this script again"
}
