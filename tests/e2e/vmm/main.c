/* SPDX-License-Identifier: BSD-2-Clause */
/* vmm: boots a Linux kernel as a guest of KVM. vmm --help tells more. */
#include "virtio.h"
#include <getopt.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Region {
    uint64_t base, size;
    RegisterRead *read;
    RegisterWrite *write;
    void *device;
} Region;

static Region regions[8];
static unsigned region_count;

void fail(const char *format, ...)
{
    va_list arguments;

    fputs("vmm: error: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    uart_flush();
    _Exit(1);
}

void bus_add(uint64_t base, uint64_t size, RegisterRead *read, RegisterWrite *write, void *device)
{
    if (region_count == sizeof regions / sizeof regions[0])
        fail("too many devices");
    regions[region_count++] = (Region){base, size, read, write, device};
}

void bus_access(Vm *vm, uint64_t address, uint8_t *data, unsigned size, bool is_write)
{
    uint64_t value = 0;

    if (size > sizeof value)
        fail("an access of %u bytes to %#llx", size, (unsigned long long)address);
    if (is_write)
        memcpy(&value, data, size);
    pthread_mutex_lock(&vm->lock);
    for (unsigned n = 0; n < region_count; n++) {
        const Region *r = &regions[n];

        if (address < r->base || address - r->base >= r->size)
            continue;
        if (is_write)
            r->write(r->device, address - r->base, value, size);
        else
            value = r->read(r->device, address - r->base, size);
    }
    pthread_mutex_unlock(&vm->lock);
    if (!is_write)
        memcpy(data, &value, size);
}

static const char help[] =
    "usage: vmm --kernel IMAGE [OPTION...]\n"
    "\n"
    "Boots an arm64 Image with KVM's GICv3 and ITS, PL011, and virtio devices on PCI (MSI-X) or on "
    "mmio.\n"
    "\n"
    "  --initrd FILE       initramfs\n"
    "  --append TEXT       kernel command line\n"
    "  --cpus N            1 to 8 (1)\n"
    "  --memory MIB        (256)\n"
    "  --disk FILE         a virtio disk on mmio, writable\n"
    "  --net TAP           a virtio network card on PCI, on a tap interface that exists\n"
    "  --el2               vCPUs with EL2: the guest can be a hypervisor\n"
    "  --prefix TEXT       what stands before each line of the guest's output\n"
    "\n"
    "Exit status: 0 the guest powered off, 2 it asked for a reset, 3 something else, 1 an error.\n";

static unsigned number(const char *value, const char *option, unsigned min, unsigned max)
{
    char *rest;
    unsigned long n = strtoul(value, &rest, 10);

    if (*value == '\0' || *rest != '\0' || n < min || n > max)
        fail("--%s is '%s': it must be a number from %u to %u", option, value, min, max);
    return (unsigned)n;
}

enum {
    OPTION_KERNEL,
    OPTION_INITRD,
    OPTION_APPEND,
    OPTION_CPUS,
    OPTION_MEMORY,
    OPTION_DISK,
    OPTION_NET,
    OPTION_EL2,
    OPTION_PREFIX,
    OPTION_HELP,
    OPTION_COUNT
};

static const struct option options[] = {
    {"kernel", required_argument, NULL, OPTION_KERNEL},
    {"initrd", required_argument, NULL, OPTION_INITRD},
    {"append", required_argument, NULL, OPTION_APPEND},
    {"cpus", required_argument, NULL, OPTION_CPUS},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"disk", required_argument, NULL, OPTION_DISK},
    {"net", required_argument, NULL, OPTION_NET},
    {"el2", no_argument, NULL, OPTION_EL2},
    {"prefix", required_argument, NULL, OPTION_PREFIX},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void add_devices(Vm *vm, const char *const *values)
{
    pci_create_bus();
    if (values[OPTION_NET] != NULL)
        pci_attach(net_create(vm, values[OPTION_NET]), 1);
    if (values[OPTION_DISK] != NULL)
        mmio_attach(block_create(vm, values[OPTION_DISK]), vm->mmio_count++);
}

static int run(Vm *vm)
{
    int event = vm_run(vm);

    pthread_mutex_lock(&vm->lock); /* nobody writes a line now */
    uart_flush();
    switch (event) {
    case KVM_SYSTEM_EVENT_SHUTDOWN:
        return 0;
    case KVM_SYSTEM_EVENT_RESET:
        fputs("vmm: the guest asked for a reset\n", stderr);
        return 2;
    default:
        fprintf(stderr, "vmm: the guest ended with system event %d\n", event);
        return 3;
    }
}

int main(int argc, char **argv)
{
    const char *values[OPTION_COUNT] = {[OPTION_APPEND] = "console=ttyAMA0 panic=-1",
                                        [OPTION_CPUS] = "1",
                                        [OPTION_MEMORY] = "256",
                                        [OPTION_PREFIX] = ""};
    static Vm vm;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return 1;
        values[option] = optarg != NULL ? optarg : "";
    }
    if (optind != argc || values[OPTION_KERNEL] == NULL)
        fail("--kernel is needed, and no other arguments than options (see --help)");
    vm.cpus = number(values[OPTION_CPUS], "cpus", 1, MAX_CPUS);
    vm.ram_size = (uint64_t)number(values[OPTION_MEMORY], "memory", 64, 2048) << 20;
    vm.append = values[OPTION_APPEND];
    vm.el2 = values[OPTION_EL2] != NULL;
    vm_create(&vm);
    vm_create_cpus(&vm);
    vm_create_gic(&vm);
    uart_create(&vm, values[OPTION_PREFIX]);
    add_devices(&vm, values);
    load_kernel(&vm, values[OPTION_KERNEL]);
    if (values[OPTION_INITRD] != NULL)
        load_initrd(&vm, values[OPTION_INITRD]);
    load_fdt(&vm);
    virtio_start(&vm);
    _Exit(run(&vm));
}
