/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel, initramfs and device tree in the guest's memory. */
#include "vmm.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FDT_OFFSET = 0, /* the kernel asks for a base of its own inside a 2 MiB block */
    KERNEL_OFFSET = 2 << 20,
    FDT_MAX = 16 << 10,
    IMAGE_MAGIC_OFFSET = 56,
    IMAGE_SIZE_OFFSET = 16,
    IMAGE_TEXT_OFFSET = 8
};

static uint64_t load_file(Vm *vm, const char *path, uint64_t offset)
{
    struct stat status;
    uint64_t done = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0)
        fail("%s: %s", path, strerror(errno));
    if (offset > vm->ram_size || (uint64_t)status.st_size > vm->ram_size - offset)
        fail("%s: does not fit into the guest's memory: give --memory", path);
    while (done < (uint64_t)status.st_size) {
        ssize_t n = read(fd, vm->ram + offset + done, (uint64_t)status.st_size - done);

        if (n <= 0)
            fail("%s: %s", path, n < 0 ? strerror(errno) : "ends too early");
        done += (uint64_t)n;
    }
    close(fd);
    return done;
}

static uint64_t align(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

void load_kernel(Vm *vm, const char *path)
{
    uint8_t *image = vm->ram + KERNEL_OFFSET;
    uint64_t size = load_file(vm, path, KERNEL_OFFSET), text, whole;

    memcpy(&text, image + IMAGE_TEXT_OFFSET, sizeof text);
    memcpy(&whole, image + IMAGE_SIZE_OFFSET, sizeof whole);
    if (memcmp(image + IMAGE_MAGIC_OFFSET, "ARM\x64", 4) != 0 || text != 0)
        fail("%s: is not an arm64 Image with a base of 2 MiB", path);
    if (whole < size)
        whole = size;
    vm->entry = MAP_RAM + KERNEL_OFFSET;
    vm->fdt = MAP_RAM + FDT_OFFSET;
    vm->initrd = MAP_RAM + align(KERNEL_OFFSET + whole, 2 << 20);
    vm->initrd_end = vm->initrd;
}

void load_initrd(Vm *vm, const char *path)
{
    vm->initrd_end = vm->initrd + load_file(vm, path, vm->initrd - MAP_RAM);
}

/* A flattened device tree, written from front to back. The names of properties are collected apart.
 */
typedef struct Fdt {
    uint8_t structure[FDT_MAX / 2];
    char strings[1024];
    size_t length, strings_length;
} Fdt;

enum {
    FDT_BEGIN_NODE = 1,
    FDT_END_NODE = 2,
    FDT_PROP = 3,
    FDT_END = 9,
    FDT_HEADER = 40,
    FDT_RESERVE = 16
};

static void put(Fdt *fdt, const void *data, size_t length)
{
    if (fdt->length + length + 4 > sizeof fdt->structure)
        fail("the device tree is too large");
    memcpy(fdt->structure + fdt->length, data, length);
    fdt->length += length;
    while (fdt->length % 4 != 0)
        fdt->structure[fdt->length++] = 0;
}

static void store32(uint8_t *to, uint32_t value)
{
    for (unsigned n = 0; n < 4; n++)
        to[n] = (uint8_t)(value >> (24 - 8 * n));
}

static void put32(Fdt *fdt, uint32_t value)
{
    uint8_t bytes[4];

    store32(bytes, value);
    put(fdt, bytes, sizeof bytes);
}

static uint32_t name_of_property(Fdt *fdt, const char *name)
{
    size_t at = 0;

    while (at < fdt->strings_length && strcmp(fdt->strings + at, name) != 0)
        at += strlen(fdt->strings + at) + 1;
    if (at == fdt->strings_length) {
        if (at + strlen(name) + 1 > sizeof fdt->strings)
            fail("the device tree has too many names");
        memcpy(fdt->strings + at, name, strlen(name) + 1);
        fdt->strings_length += strlen(name) + 1;
    }
    return (uint32_t)at;
}

static void node(Fdt *fdt, const char *name)
{
    put32(fdt, FDT_BEGIN_NODE);
    put(fdt, name, strlen(name) + 1);
}

static void end_node(Fdt *fdt)
{
    put32(fdt, FDT_END_NODE);
}

static void property(Fdt *fdt, const char *name, const void *data, size_t length)
{
    put32(fdt, FDT_PROP);
    put32(fdt, (uint32_t)length);
    put32(fdt, name_of_property(fdt, name));
    put(fdt, data, length);
}

static void text(Fdt *fdt, const char *name, const char *value)
{
    property(fdt, name, value, strlen(value) + 1);
}

static void cells(Fdt *fdt, const char *name, size_t count, const uint32_t *values)
{
    uint8_t bytes[256];

    if (count > sizeof bytes / 4)
        fail("the property %s is too long", name);
    for (size_t n = 0; n < count; n++)
        store32(bytes + 4 * n, values[n]);
    property(fdt, name, bytes, 4 * count);
}

#define CELLS(fdt, name, ...)                                                                      \
    cells(fdt, name, sizeof((const uint32_t[]){__VA_ARGS__}) / 4, (const uint32_t[]){__VA_ARGS__})

enum {
    GIC_HANDLE = 1,
    ITS_HANDLE = 2,
    CLOCK_HANDLE = 3,
    SPI = 0,
    PPI = 1,
    LEVEL_HIGH = 4
};

static void chosen(Fdt *fdt, Vm *vm)
{
    uint8_t seed[64];

    if (getrandom(seed, sizeof seed, 0) != sizeof seed)
        fail("no random numbers");
    node(fdt, "chosen");
    text(fdt, "bootargs", vm->append);
    text(fdt, "stdout-path", "/pl011@9000000");
    CELLS(fdt, "linux,initrd-start", 0, (uint32_t)vm->initrd);
    CELLS(fdt, "linux,initrd-end", 0, (uint32_t)vm->initrd_end);
    property(fdt, "rng-seed", seed, sizeof seed);
    end_node(fdt);
    node(fdt, "memory@40000000");
    text(fdt, "device_type", "memory");
    CELLS(fdt, "reg", 0, MAP_RAM, (uint32_t)(vm->ram_size >> 32), (uint32_t)vm->ram_size);
    end_node(fdt);
}

/* PSCI by the conduit that traps to KVM: a guest with EL2 keeps HVC for itself. */
static void processors(Fdt *fdt, Vm *vm)
{
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";
    char name[16];

    node(fdt, "cpus");
    CELLS(fdt, "#address-cells", 1);
    CELLS(fdt, "#size-cells", 0);
    for (unsigned n = 0; n < vm->cpus; n++) {
        snprintf(name, sizeof name, "cpu@%u", n);
        node(fdt, name);
        text(fdt, "device_type", "cpu");
        text(fdt, "compatible", "arm,armv8");
        text(fdt, "enable-method", "psci");
        CELLS(fdt, "reg", n);
        end_node(fdt);
    }
    end_node(fdt);
    node(fdt, "psci");
    property(fdt, "compatible", psci, sizeof psci);
    text(fdt, "method", vm->el2 ? "smc" : "hvc");
    end_node(fdt);
    node(fdt, "timer");
    text(fdt, "compatible", "arm,armv8-timer");
    CELLS(fdt, "interrupts", PPI, 13, LEVEL_HIGH, PPI, 14, LEVEL_HIGH, PPI, 11, LEVEL_HIGH, PPI, 10,
          LEVEL_HIGH, PPI, 12, LEVEL_HIGH);
    property(fdt, "always-on", "", 0);
    end_node(fdt);
}

static void gic(Fdt *fdt, Vm *vm)
{
    node(fdt, "gic@8000000");
    text(fdt, "compatible", "arm,gic-v3");
    CELLS(fdt, "#interrupt-cells", 3);
    property(fdt, "interrupt-controller", "", 0);
    CELLS(fdt, "#address-cells", 2);
    CELLS(fdt, "#size-cells", 2);
    property(fdt, "ranges", "", 0);
    CELLS(fdt, "reg", 0, MAP_GICD, 0, 0x10000, 0, MAP_GICR, 0, vm->cpus * 0x20000u);
    if (vm->el2)
        CELLS(fdt, "interrupts", PPI, 9, LEVEL_HIGH);
    CELLS(fdt, "phandle", GIC_HANDLE);
    node(fdt, "its@8080000");
    text(fdt, "compatible", "arm,gic-v3-its");
    property(fdt, "msi-controller", "", 0);
    CELLS(fdt, "#msi-cells", 1);
    CELLS(fdt, "reg", 0, MAP_ITS, 0, 0x20000);
    CELLS(fdt, "phandle", ITS_HANDLE);
    end_node(fdt);
    end_node(fdt);
}

static void devices(Fdt *fdt, Vm *vm)
{
    static const char uart[] = "arm,pl011\0arm,primecell", clocks[] = "uartclk\0apb_pclk";
    char name[32];

    node(fdt, "clock");
    text(fdt, "compatible", "fixed-clock");
    CELLS(fdt, "#clock-cells", 0);
    CELLS(fdt, "clock-frequency", 24000000);
    CELLS(fdt, "phandle", CLOCK_HANDLE);
    end_node(fdt);
    node(fdt, "pl011@9000000");
    property(fdt, "compatible", uart, sizeof uart);
    property(fdt, "clock-names", clocks, sizeof clocks);
    CELLS(fdt, "clocks", CLOCK_HANDLE, CLOCK_HANDLE);
    CELLS(fdt, "reg", 0, MAP_UART, 0, 0x1000);
    CELLS(fdt, "interrupts", SPI, UART_SPI, LEVEL_HIGH);
    end_node(fdt);
    for (unsigned n = 0; n < vm->mmio_count; n++) {
        uint32_t base = MAP_MMIO + n * MMIO_STRIDE;

        snprintf(name, sizeof name, "virtio_mmio@%x", base);
        node(fdt, name);
        text(fdt, "compatible", "virtio,mmio");
        CELLS(fdt, "reg", 0, base, 0, MMIO_STRIDE);
        CELLS(fdt, "interrupts", SPI, MMIO_FIRST_SPI + n, LEVEL_HIGH);
        property(fdt, "dma-coherent", "", 0);
        end_node(fdt);
    }
    node(fdt, "pcie@3f000000");
    text(fdt, "compatible", "pci-host-ecam-generic");
    text(fdt, "device_type", "pci");
    CELLS(fdt, "#address-cells", 3);
    CELLS(fdt, "#size-cells", 2);
    CELLS(fdt, "reg", 0, MAP_ECAM, 0, MAP_ECAM_SIZE);
    CELLS(fdt, "bus-range", 0, 0);
    CELLS(fdt, "ranges", 0x02000000, 0, MAP_BARS, 0, MAP_BARS, 0, MAP_BARS_SIZE);
    CELLS(fdt, "msi-map", 0, ITS_HANDLE, 0, 0x10000);
    property(fdt, "dma-coherent", "", 0);
    end_node(fdt);
}

void load_fdt(Vm *vm)
{
    static Fdt fdt;
    uint8_t *out = vm->ram + FDT_OFFSET;
    uint32_t structure = FDT_HEADER + FDT_RESERVE, strings;

    node(&fdt, "");
    CELLS(&fdt, "#address-cells", 2);
    CELLS(&fdt, "#size-cells", 2);
    text(&fdt, "compatible", "linux,dummy-virt");
    text(&fdt, "model", "vmm");
    CELLS(&fdt, "interrupt-parent", GIC_HANDLE);
    chosen(&fdt, vm);
    processors(&fdt, vm);
    gic(&fdt, vm);
    devices(&fdt, vm);
    end_node(&fdt);
    put32(&fdt, FDT_END);

    strings = structure + (uint32_t)fdt.length;
    const uint32_t header[FDT_HEADER / 4] = {0xd00dfeed,
                                             strings + (uint32_t)fdt.strings_length,
                                             structure,
                                             strings,
                                             FDT_HEADER,
                                             17,
                                             16,
                                             0,
                                             (uint32_t)fdt.strings_length,
                                             (uint32_t)fdt.length};

    for (unsigned n = 0; n < FDT_HEADER / 4; n++)
        store32(out + 4 * n, header[n]);
    memset(out + FDT_HEADER, 0, FDT_RESERVE);
    memcpy(out + structure, fdt.structure, fdt.length);
    memcpy(out + strings, fdt.strings, fdt.strings_length);
}
