/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest virtual machine monitor that boots Linux on KVM's vGIC: it runs in a guest of ours,
 * and in nested mode in the guest's guest, too. */
#ifndef VMM_H
#define VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The guest's memory map. */
#define MAP_GICD 0x08000000u
#define MAP_ITS 0x08080000u
#define MAP_GICR 0x080a0000u
#define MAP_UART 0x09000000u
#define MAP_MMIO 0x0a000000u
#define MAP_BARS 0x10000000u
#define MAP_BARS_SIZE 0x01000000u
#define MAP_ECAM 0x3f000000u
#define MAP_ECAM_SIZE 0x00100000u
#define MAP_RAM 0x40000000u

enum {
    MAX_CPUS = 8,
    MAX_DEVICES = 4,
    SPI_COUNT = 64,
    UART_SPI = 1,
    MMIO_FIRST_SPI = 16,
    MMIO_STRIDE = 0x200
};

typedef struct Vm {
    int kvm, fd, gic, its;
    unsigned cpus;
    bool el2; /* the vCPUs start at EL2 */
    uint8_t *ram;
    uint64_t ram_size;
    uint64_t entry, fdt, initrd, initrd_end;
    const char *append;
    unsigned mmio_count;  /* virtio-mmio devices */
    pthread_mutex_t lock; /* held by whoever is in a device: a vCPU's access, or the I/O thread */
} Vm;

_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* vm.c: KVM itself */
void vm_create(Vm *vm);
void vm_create_cpus(Vm *vm);
void vm_create_gic(Vm *vm);
int vm_run(Vm *vm);
void vm_set_wire(Vm *vm, unsigned spi, bool level);
void vm_send_msi(Vm *vm, uint64_t address, uint32_t data, uint32_t device_id);
void *vm_memory(Vm *vm, uint64_t address, uint64_t length); /* NULL: not the guest's RAM */

/* load.c: what the guest finds in its memory */
void load_kernel(Vm *vm, const char *path);
void load_initrd(Vm *vm, const char *path);
void load_fdt(Vm *vm);

/* A device's registers. An access that the device has nothing for reads 0 and writes nothing. */
typedef uint64_t RegisterRead(void *device, uint64_t offset, unsigned size);
typedef void RegisterWrite(void *device, uint64_t offset, uint64_t value, unsigned size);

void bus_add(uint64_t base, uint64_t size, RegisterRead *read, RegisterWrite *write, void *device);
void bus_access(Vm *vm, uint64_t address, uint8_t *data, unsigned size, bool is_write);

/* uart.c: a PL011 whose output goes to standard output, each line with a prefix */
void uart_create(Vm *vm, const char *prefix);
void uart_flush(void);

#endif
