/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio 1.x: devices, and the two ways to reach them. */
#ifndef VMM_VIRTIO_H
#define VMM_VIRTIO_H

#include "vmm.h"
#include <sys/uio.h>

enum {
    VIRTIO_NET = 1,
    VIRTIO_BLOCK = 2,
    QUEUES = 2,
    QUEUE_SIZE = 128,
    CHAIN_MAX = QUEUE_SIZE
};

typedef struct VirtioQueue {
    bool ready;
    uint16_t size;
    uint16_t seen;   /* of the available ring */
    uint16_t vector; /* MSI-X, PCI only */
    uint64_t descriptors, available, used;
} VirtioQueue;

/* A request: the segments that the device reads, then those that it writes. */
typedef struct VirtioChain {
    uint16_t head;
    unsigned readable, writable;
    struct iovec segments[CHAIN_MAX];
} VirtioChain;

typedef struct VirtioDevice VirtioDevice;
struct VirtioDevice {
    Vm *vm;
    unsigned kind;
    uint64_t features; /* offered */
    uint32_t feature_select, driver_feature_select;
    uint64_t driver_features;
    uint16_t queue_select;
    uint8_t status;
    uint8_t isr;
    uint8_t config[32];
    unsigned queue_count;
    VirtioQueue queues[QUEUES];
    int kick;                           /* an eventfd: the driver has notified a queue */
    int file;                           /* the disk, or the tap */
    bool wants_input;                   /* read `file` when it is readable */
    void (*work)(VirtioDevice *device); /* goes through all queues */
    void (*interrupt)(VirtioDevice *device, unsigned queue); /* the transport's */
    void *transport;
};

/* virtio.c */
VirtioDevice *virtio_create(Vm *vm, unsigned kind, unsigned queues);
void virtio_set_status(VirtioDevice *device, uint8_t status);
void virtio_kick(VirtioDevice *device);
bool virtio_pop(VirtioDevice *device, unsigned queue, VirtioChain *chain);
void virtio_push(VirtioDevice *device, unsigned queue, const VirtioChain *chain, uint32_t written);
void virtio_start(Vm *vm); /* the thread that does the devices' work */

/* devices.c */
VirtioDevice *block_create(Vm *vm, const char *path);
VirtioDevice *net_create(Vm *vm, const char *tap);

/* mmio.c, pci.c */
void mmio_attach(VirtioDevice *device, unsigned index);
void pci_create_bus(void);
void pci_attach(VirtioDevice *device, unsigned slot);

#endif
