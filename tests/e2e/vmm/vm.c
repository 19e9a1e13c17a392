/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as KVM makes it: memory, vCPUs with PSCI, GICv3 and ITS. */
#include "vmm.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Newer than the headers of older systems. */
#define CAP_ARM_EL2 240
#define VCPU_HAS_EL2 7

typedef struct Cpu {
    Vm *vm;
    unsigned number;
    int fd;
    struct kvm_run *run;
    pthread_t thread;
} Cpu;

static Cpu cpus[MAX_CPUS];
static pthread_mutex_t end_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t end_signal = PTHREAD_COND_INITIALIZER;
static int end_event = -1;

static int request(int fd, unsigned long number, void *argument, const char *what)
{
    int result = ioctl(fd, number, argument);

    if (result < 0)
        fail("%s: %s", what, strerror(errno));
    return result;
}

static int request_value(int fd, unsigned long number, unsigned long argument, const char *what)
{
    int result = ioctl(fd, number, argument);

    if (result < 0)
        fail("%s: %s", what, strerror(errno));
    return result;
}

void vm_create(Vm *vm)
{
    struct kvm_userspace_memory_region memory = {.guest_phys_addr = MAP_RAM};

    vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (vm->kvm < 0)
        fail("/dev/kvm: %s", strerror(errno));
    if (vm->el2 && ioctl(vm->kvm, KVM_CHECK_EXTENSION, CAP_ARM_EL2) <= 0)
        fail("KVM gives no vCPUs with EL2: it needs kvm-arm.mode=nested and FEAT_NV2");
    vm->fd = request_value(vm->kvm, KVM_CREATE_VM, 0, "KVM_CREATE_VM");
    vm->ram = mmap(NULL, vm->ram_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (vm->ram == MAP_FAILED)
        fail("no memory for the guest: %s", strerror(errno));
    memory.memory_size = vm->ram_size;
    memory.userspace_addr = (uintptr_t)vm->ram;
    request(vm->fd, KVM_SET_USER_MEMORY_REGION, &memory, "KVM_SET_USER_MEMORY_REGION");
    pthread_mutex_init(&vm->lock, NULL);
}

void *vm_memory(Vm *vm, uint64_t address, uint64_t length)
{
    if (address < MAP_RAM || length > vm->ram_size || address - MAP_RAM > vm->ram_size - length)
        return NULL;
    return vm->ram + (address - MAP_RAM);
}

void vm_create_cpus(Vm *vm)
{
    size_t size = (size_t)request_value(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0, "vCPU size");
    struct kvm_vcpu_init init;

    request(vm->fd, KVM_ARM_PREFERRED_TARGET, &init, "KVM_ARM_PREFERRED_TARGET");
    init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
    if (vm->el2)
        init.features[0] |= 1u << VCPU_HAS_EL2;
    for (unsigned n = 0; n < vm->cpus; n++) {
        Cpu *cpu = &cpus[n];

        cpu->vm = vm;
        cpu->number = n;
        cpu->fd = request_value(vm->fd, KVM_CREATE_VCPU, n, "KVM_CREATE_VCPU");
        cpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->fd, 0);
        if (cpu->run == MAP_FAILED)
            fail("vCPU %u: %s", n, strerror(errno));
        if (n > 0)
            init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
        request(cpu->fd, KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT");
    }
}

static int create_device(Vm *vm, uint32_t type, const char *what)
{
    struct kvm_create_device create = {.type = type};

    request(vm->fd, KVM_CREATE_DEVICE, &create, what);
    return (int)create.fd;
}

static void set_attribute(int device, uint32_t group, uint64_t attribute, void *value,
                          const char *what)
{
    struct kvm_device_attr attr = {
        .group = group, .attr = attribute, .addr = (uint64_t)(uintptr_t)value};

    request(device, KVM_SET_DEVICE_ATTR, &attr, what);
}

/* The vCPUs exist already: KVM counts them when the GIC is initialised. */
void vm_create_gic(Vm *vm)
{
    uint64_t gicd = MAP_GICD, its = MAP_ITS;
    uint64_t gicr = MAP_GICR | (uint64_t)vm->cpus << 52;
    uint32_t intids = 32 + SPI_COUNT;

    vm->gic = create_device(vm, KVM_DEV_TYPE_ARM_VGIC_V3, "GICv3");
    set_attribute(vm->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &intids, "number of interrupts");
    set_attribute(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &gicd, "GICD");
    set_attribute(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, &gicr,
                  "GICR");
    set_attribute(vm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL, "GICv3");
    vm->its = create_device(vm, KVM_DEV_TYPE_ARM_VGIC_ITS, "ITS");
    set_attribute(vm->its, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &its, "ITS");
    set_attribute(vm->its, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL, "ITS");
}

void vm_set_wire(Vm *vm, unsigned spi, bool level)
{
    struct kvm_irq_level line = {.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (32 + spi),
                                 .level = level};

    request(vm->fd, KVM_IRQ_LINE, &line, "KVM_IRQ_LINE");
}

/* 0 is an answer, too: the guest has not mapped the event. */
void vm_send_msi(Vm *vm, uint64_t address, uint32_t data, uint32_t device_id)
{
    struct kvm_msi msi = {.address_lo = (uint32_t)address,
                          .address_hi = (uint32_t)(address >> 32),
                          .data = data,
                          .flags = KVM_MSI_VALID_DEVID,
                          .devid = device_id};

    request(vm->fd, KVM_SIGNAL_MSI, &msi, "KVM_SIGNAL_MSI");
}

static void set_core_register(Cpu *cpu, uint64_t offset, uint64_t value)
{
    struct kvm_one_reg reg = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
                                    offset / sizeof(uint32_t),
                              .addr = (uint64_t)(uintptr_t)&value};

    request(cpu->fd, KVM_SET_ONE_REG, &reg, "KVM_SET_ONE_REG");
}

/* The first end counts: a vCPU that is told to power off leaves the others running. */
static void end(int event)
{
    pthread_mutex_lock(&end_lock);
    if (end_event < 0)
        end_event = event;
    pthread_cond_signal(&end_signal);
    pthread_mutex_unlock(&end_lock);
}

static void *run_cpu(void *argument)
{
    Cpu *cpu = argument;
    struct kvm_run *run = cpu->run;

    for (;;) {
        if (ioctl(cpu->fd, KVM_RUN, 0) < 0) {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            fail("vCPU %u: KVM_RUN: %s", cpu->number, strerror(errno));
        }
        switch (run->exit_reason) {
        case KVM_EXIT_MMIO:
            bus_access(cpu->vm, run->mmio.phys_addr, run->mmio.data, run->mmio.len,
                       run->mmio.is_write);
            break;
        case KVM_EXIT_SYSTEM_EVENT:
            end((int)run->system_event.type);
            return NULL;
        default:
            fail("vCPU %u: KVM_RUN ended with exit reason %u", cpu->number, run->exit_reason);
        }
    }
}

/* Returns the KVM_SYSTEM_EVENT_* with which the guest ended. */
int vm_run(Vm *vm)
{
    set_core_register(&cpus[0], offsetof(struct kvm_regs, regs.pc), vm->entry);
    set_core_register(&cpus[0], offsetof(struct kvm_regs, regs.regs[0]), vm->fdt);
    for (unsigned n = 0; n < vm->cpus; n++) {
        if (pthread_create(&cpus[n].thread, NULL, run_cpu, &cpus[n]) != 0)
            fail("no thread for vCPU %u", n);
    }
    pthread_mutex_lock(&end_lock);
    while (end_event < 0)
        pthread_cond_wait(&end_signal, &end_lock);
    pthread_mutex_unlock(&end_lock);
    return end_event;
}
