# SPDX-License-Identifier: BSD-2-Clause
# Packages of other Debian suites and architectures (QEMU's source, arm64 kernels, a newer Meson), fetched with lists and a cache of
# our own: the system's sources and lists stay as they are. The archive's address is the one that this machine already uses.
# Sourced after common.sh.

suites_dir=$cache/apt
suites_arch=arm64

debian_archive() {
    local uri
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sort | uniq -c | sort -rn |
        awk 'NR == 1 { print $2 }')
    [ -n "$uri" ] ||
        uri=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep '/debian/\?$' | sort -u | head -n 1)
    printf '%s' "$uri"
}

suites_apt() {
    local tool=$1
    shift
    "$tool" -q -o Dir::Etc::SourceList="$suites_dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State::Lists="$suites_dir/lists" -o Dir::State::status="$suites_dir/status" -o Dir::Cache="$suites_dir/cache" \
        -o APT::Architecture="$suites_arch" -o APT::Architectures="$suites_arch" -o APT::Install-Recommends=false \
        -o APT::Default-Release= -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# suites_update: (re)reads the lists of the suites we take packages from, at most once a day.
suites_update() {
    local uri suite
    [ -n "$(find "$suites_dir/fresh" -mmin -1440 2>/dev/null)" ] && return 0
    is_debian || die "this is not a Debian system: give paths instead (see --help)"
    uri=$(debian_archive)
    if [ -z "$uri" ]; then
        long "$logs/apt-update.log" "apt-get update" as_root apt-get -q update || true
        uri=$(debian_archive)
    fi
    [ -n "$uri" ] || die "this machine's apt has no Debian archive in its sources: add one to /etc/apt/sources.list and run apt-get update"
    mkdir -p "$suites_dir/lists/partial" "$suites_dir/cache/archives/partial"
    : >"$suites_dir/status"
    {
        for suite in trixie trixie-backports bookworm-backports; do
            printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$suite"
        done
        printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$uri"
    } >"$suites_dir/sources.list"
    long "$logs/suites-update.log" "reading the package lists of trixie, trixie-backports and bookworm-backports" \
        suites_apt apt-get -o APT::Update::Error-Mode=any update ||
        die "could not read the package lists of trixie: check the network, then call this script again"
    touch "$suites_dir/fresh"
}

# suites_version PACKAGE SUITE: the version of a package in a suite, empty if it is not there.
suites_version() {
    suites_apt apt-cache madison "$1" 2>/dev/null | awk -F' *[|] *' -v s="$2" '{ split($3, r, " "); split(r[2], d, "/"); if (d[1] == s) { print $2; exit } }'
}

# suites_unpack PACKAGE=VERSION DIR: fetches one binary package and unpacks it into DIR.
suites_unpack() {
    local spec=$1 dir=$2 tmp
    tmp=$(mktemp -d "$suites_dir/get.XXXXXX")
    (cd "$tmp" && suites_apt apt-get download "$spec") >&2 || { rm -rf "$tmp"; return 1; }
    mkdir -p "$dir"
    dpkg-deb -x "$tmp"/*.deb "$dir" || { rm -rf "$tmp"; return 1; }
    rm -rf "$tmp"
}
