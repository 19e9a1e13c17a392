# SPDX-License-Identifier: BSD-2-Clause
# Linux guests: Debian's arm64 kernels, our initramfs, the QEMU that runs them, and how a run ended.
# Sourced after common.sh and suites.sh.

kernels=$cache/kernels
guest_modules="virtio_mmio virtio_blk virtio-rng"     # what the checks need and Debian does not build in

# guest_packages: what the host needs to fetch kernels and to make an initramfs.
guest_packages() {
    is_debian || return 0
    need_packages cpio kmod xz-utils
}

# kernel_packages SUITE: the packages behind linux-image-arm64 of a suite, one PACKAGE=VERSION a line. The metapackage and
# what it is made of depend on each other with an exact version.
kernel_packages() {
    local version todo=linux-image-arm64 seen=' ' p
    version=$(suites_version linux-image-arm64 "$1")
    [ -n "$version" ] || return 1
    while [ -n "$todo" ]; do
        p=${todo%% *}
        todo=${todo#"$p"}
        todo=${todo# }
        case $seen in *" $p "*) continue ;; esac
        [ -n "$p" ] || continue
        seen+="$p "
        printf '%s=%s\n' "$p" "$version"
        todo+=" $(suites_apt apt-cache show "$p=$version" | sed -n 's/^\(Pre-\)\?Depends: //p' | tr ',|' '\n\n' |
            awk -v v="$version" '{ gsub(/[()]/, "") } $2 == "=" && $3 == v { print $1 }' | tr '\n' ' ')"
        todo=${todo# }
    done
}

# kernel_unpack DIR PACKAGE=VERSION...: vmlinuz, config and the modules with their dependencies, in DIR.
kernel_unpack() {
    local dir=$1 tmp=$1.new p release
    shift
    rm -rf "$tmp"
    for p in "$@"; do
        suites_unpack "$p" "$tmp/all" || return 1
    done
    mkdir -p "$tmp/usr"
    mv "$tmp/all/usr/lib" "$tmp/usr/lib"
    ln -s usr/lib "$tmp/lib"
    release=$(ls "$tmp/lib/modules")
    rm -rf "$tmp/lib/modules/$release/dtb"
    # 6.x has them in /boot, 7.x beside the modules.
    mv "$(kernel_file "$tmp" "$release" vmlinuz)" "$tmp/vmlinuz"
    mv "$(kernel_file "$tmp" "$release" config)" "$tmp/config"
    rm -rf "$tmp/all"
    depmod -b "$tmp" "$release"
    mv "$tmp" "$dir"
}

kernel_file() {
    local f
    for f in "$1/all/boot/$3-$2" "$1/lib/modules/$2/$3"; do
        [ ! -f "$f" ] || { printf '%s' "$f"; return 0; }
    done
    die "the package of kernel $2 has no $3 where it is looked for: report this, and give --kernel PATH meanwhile"
}

# kernel_fetch NAME SUITE: makes $kernels/NAME a link to the newest kernel of the suite.
kernel_fetch() {
    local name=$1 suite=$2 packages version
    [ -z "$(kernel_fresh "$name")" ] || return 0          # another run was faster
    locked "$suites_dir.lock" suites_update || return 1
    packages=$(kernel_packages "$suite") || { say "no linux-image-arm64 in $suite"; return 1; }
    version=${packages%%$'\n'*}
    version=${version#*=}
    if [ ! -e "$kernels/$version/vmlinuz" ]; then
        # shellcheck disable=SC2086
        long "$logs/kernel-$name.log" "fetching kernel $version of $suite, about 100 MB" \
            kernel_unpack "$kernels/$version" $packages || return 1
    fi
    ln -sfn "$version" "$kernels/$name"
}

kernel_fresh() { find "$kernels/$1" -maxdepth 0 -mmin -1440 2>/dev/null || true; }

# guest_kernel stable|newest|PATH: sets guest_image, and guest_kernel_dir where the kernel has modules.
guest_kernel() {
    local suite
    case $1 in
    stable) suite=trixie ;;
    newest) suite=trixie-backports ;;
    *)
        [ -f "$1" ] || die "no kernel '$1': give 'stable', 'newest' or the path of an arm64 Image"
        guest_image=$1 guest_kernel_dir=
        return 0
        ;;
    esac
    is_debian || die "this is not a Debian system, so kernels are not fetched: give --kernel PATH (an arm64 Image) and --initrd PATH"
    mkdir -p "$kernels"
    if [ -z "$(kernel_fresh "$1")" ] && ! locked "$kernels/lock" kernel_fetch "$1" "$suite"; then
        [ -e "$kernels/$1/vmlinuz" ] ||
            die "could not fetch the kernel of $suite: check the network, then call this script again, or give --kernel PATH"
        say "could not look for a newer kernel: taking the one that is here, $(readlink "$kernels/$1")"
    fi
    guest_kernel_dir=$(readlink -f "$kernels/$1")
    guest_image=$guest_kernel_dir/vmlinuz
}

busybox_fetch() {
    local tmp
    [ ! -x "$cache/guest/busybox" ] || return 0
    locked "$suites_dir.lock" suites_update || return 1
    mkdir -p "$cache/guest"
    tmp=$(mktemp -d "$cache/guest/get.XXXXXX")
    long "$logs/busybox.log" "fetching busybox for arm64" suites_unpack busybox-static "$tmp" || return 1
    mv "$tmp/usr/bin/busybox" "$cache/guest/busybox"
    rm -rf "$tmp"
}

# guest_initrd OUT [OVERLAY]: busybox, our init, the modules of guest_kernel_dir, and the files of OVERLAY.
guest_initrd() {
    local out=$1 overlay=${2:-} root module file
    is_debian || die "this is not a Debian system, so no initramfs is made: give --initrd PATH (for arm64; it must power the machine off)"
    [ -x "$cache/guest/busybox" ] || locked "$cache/guest/lock" busybox_fetch ||
        die "could not fetch busybox: check the network, then call this script again, or give --initrd PATH"
    root=$(mktemp -d)
    mkdir -p "$root"/{bin,dev,proc,sys,tmp,modules}
    cp "$cache/guest/busybox" "$root/bin/busybox"
    ln -s busybox "$root/bin/sh"
    cp "$top/scripts/lib/guest-init" "$root/init"
    chmod 755 "$root/init"
    for module in ${guest_kernel_dir:+$guest_modules}; do
        for file in $(modprobe -d "$guest_kernel_dir" -S "$(ls "$guest_kernel_dir/lib/modules")" --show-depends "$module" |
            awk '$1 == "insmod" { print $2 }'); do
            case $file in *.xz) xz -dc "$file" >"$root/modules/$(basename "${file%.xz}")" ;; *) cp "$file" "$root/modules/" ;; esac
            basename "${file%.xz}" >>"$root/modules/order"
        done
    done
    [ -z "$overlay" ] || cp -R "$overlay/." "$root/"
    (cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0 | gzip -n -1) >"$out"
    rm -rf "$root"
}

# guest_qemu: prints the path of the QEMU to use.
guest_qemu() {
    if [ -n "${LIBVGIC_QEMU:-}" ]; then
        [ -x "$LIBVGIC_QEMU" ] || die "LIBVGIC_QEMU is '$LIBVGIC_QEMU', which is not a program"
        printf '%s' "$LIBVGIC_QEMU"
    else
        "$top/scripts/qemu" --path
    fi
}

# guest_memory CPUS: MiB that are enough for Debian's kernel and our initramfs.
guest_memory() { printf '%s' $((512 + 8 * $1)); }

# guest_accel CPUS: a thread for each CPU; but with many more CPUs than the host has, one thread for all. A guest's spinning CPUs
# then yield to the one that they wait for. On threads of their own they take the host from it: kernels of 24 CPUs and more
# on 2 cores hang in their fair spinlocks for minutes, on any GIC.
guest_accel() {
    if [ "$1" -gt $((4 * $(nproc))) ]; then
        printf 'tcg,thread=single'
    else
        printf 'tcg,thread=multi'
    fi
}

# guest_start LOG CONSOLE QEMU-COMMAND...: starts QEMU with the serial console in LOG. CONSOLE is the other end of the guest's
# UART: `none`, `stdio`, or the file (a FIFO) that is its input. Sets guest_pid and guest_dir; QMP commands go to guest_qmp.
guest_start() {
    local log=$1 console=$2
    shift 2
    guest_dir=$(mktemp -d)
    mkfifo "$guest_dir/qmp.in" "$guest_dir/qmp.out"
    mkdir -p "$(dirname "$log")"
    rm -f "$log"
    : >"$log"
    case $console in
    none) set -- "$@" -chardev "null,id=con,logfile=$log,logappend=on" ;;
    stdio) set -- "$@" -chardev "stdio,id=con,mux=on,signal=off,logfile=$log,logappend=on" ;;
    *)
        mkfifo "$guest_dir/con.out"
        ln -s "$console" "$guest_dir/con.in"
        set -- "$@" -chardev "pipe,id=con,path=$guest_dir/con,logfile=$log,logappend=on"
        cat "$guest_dir/con.out" >/dev/null &
        ;;
    esac
    cat "$guest_dir/qmp.out" >"$guest_dir/events" &
    exec {guest_fd}<>"$guest_dir/qmp.in"
    guest_qmp '{"execute": "qmp_capabilities"}'
    set -- "$@" -serial chardev:con -chardev "pipe,id=qmp,path=$guest_dir/qmp" -mon chardev=qmp,mode=control
    if [ "$console" = stdio ]; then
        guest_pid=
        guest_rc=0
        "$@" 2>"$guest_dir/stderr" || guest_rc=$?
    else
        "$@" 2>"$guest_dir/stderr" </dev/null &
        guest_pid=$!
    fi
}

guest_qmp() { printf '%s\n' "$1" >&"$guest_fd"; }

# guest_wait SECONDS [EACH-SECOND CMD...]: waits for QEMU's end; sets guest_rc, and guest_end to how it ended: poweroff, reset
# (which a panic is too), timeout, or error.
guest_wait() {
    local limit=$1 began=$SECONDS
    shift
    guest_end=
    if [ -n "$guest_pid" ]; then
        while kill -0 "$guest_pid" 2>/dev/null; do
            sleep 0.2
            [ $# = 0 ] || "$@" $((SECONDS - began))
            if [ $((SECONDS - began)) -ge "$limit" ]; then
                guest_end=timeout
                kill "$guest_pid" 2>/dev/null || true
                (sleep 5 && kill -9 "$guest_pid") 2>/dev/null &
                break
            fi
        done
        guest_rc=0
        wait "$guest_pid" || guest_rc=$?
    fi
    exec {guest_fd}>&-
    [ -z "$guest_end" ] || return 0
    sleep 0.2               # the reader of the events is a process of its own
    if [ "$guest_rc" != 0 ]; then
        guest_end=error
    elif grep -q '"SHUTDOWN".*"guest-shutdown"' "$guest_dir/events"; then
        guest_end=poweroff
    elif grep -q '"SHUTDOWN".*"guest-reset"' "$guest_dir/events"; then
        guest_end=reset
    else
        guest_end=error
    fi
}

# guest_explain LOG: why a run was not good, for people.
guest_explain() {
    case $guest_end in
    timeout) say "error: the guest did not end in time and was stopped" ;;
    reset) say "error: the guest reset the machine (a panic does so too) instead of powering it off" ;;
    error) say "error: QEMU ended with exit status $guest_rc" ;;
    esac
    sed 's/^/    /' "$guest_dir/stderr" >&2
    if [ -s "$1" ]; then
        say "the last lines of the console ($1 has all):"
        tail -n 25 "$1" | tr -d '\r' | sed 's/^/    /' >&2
    fi
}

guest_clean() { [ -z "${guest_dir:-}" ] || rm -rf "$guest_dir"; }

# guest_machine GIC MODEL EL2 EL3: the value of -M; MODEL is libvgic or builtin, the others are 1 or empty.
guest_machine() {
    local m=virt,gic-version=$1
    [ "$2" = builtin ] || m+=,gic-model=vgic
    [ -z "$3" ] || m+=,virtualization=on
    [ -z "$4" ] || m+=,secure=on
    printf '%s' "$m"
}
