/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over PCI: one bus, a function for each device, one BAR with all its registers, MSI-X
 * through the ITS. */
#include "virtio.h"
#include <linux/pci_regs.h>
#include <linux/virtio_pci.h>
#include <string.h>

/* The BAR. */
enum {
    BAR_COMMON = 0x0000,
    BAR_ISR = 0x1000,
    BAR_CONFIG = 0x2000,
    BAR_NOTIFY = 0x3000,
    BAR_TABLE = 0x4000,
    BAR_PENDING = 0x5000,
    BAR_SIZE = 0x8000,
    VECTORS = QUEUES + 1, /* the first is for changes of the configuration, which never come */
    SLOTS = 32
};

/* Capabilities. */
enum {
    CAP_MSIX = 0x40,
    CAP_COMMON = 0x50,
    CAP_ISR = 0x60,
    CAP_CONFIG = 0x70,
    CAP_NOTIFY = 0x80
};

typedef struct Vector {
    uint64_t address;
    uint32_t data;
    bool masked, pending;
} Vector;

typedef struct Function {
    VirtioDevice *device;
    uint32_t device_id;
    uint8_t config[256];
    uint16_t config_vector;
    Vector vectors[VECTORS];
} Function;

static Function functions[MAX_DEVICES];
static Function *slots[SLOTS];

static void store(uint8_t *to, uint64_t value, unsigned size)
{
    memcpy(to, &value, size);
}

static uint64_t fetch(const uint8_t *from, unsigned size)
{
    uint64_t value = 0;

    memcpy(&value, from, size);
    return value;
}

/* --- MSI-X --- */

static uint16_t msix_control(const Function *f)
{
    return (uint16_t)fetch(f->config + CAP_MSIX + PCI_MSIX_FLAGS, 2);
}

static void deliver(Function *f)
{
    if ((msix_control(f) & (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)) !=
        PCI_MSIX_FLAGS_ENABLE)
        return;
    for (unsigned n = 0; n < VECTORS; n++) {
        Vector *v = &f->vectors[n];

        if (!v->pending || v->masked)
            continue;
        v->pending = false;
        vm_send_msi(f->device->vm, v->address, v->data, f->device_id);
    }
}

static void pci_interrupt(VirtioDevice *device, unsigned queue)
{
    Function *f = device->transport;
    uint16_t vector = device->queues[queue].vector;

    if (vector >= VECTORS)
        return;
    f->vectors[vector].pending = true;
    deliver(f);
}

static uint64_t table_read(const Function *f, uint64_t offset)
{
    const Vector *v = &f->vectors[offset / PCI_MSIX_ENTRY_SIZE];

    switch (offset % PCI_MSIX_ENTRY_SIZE) {
    case PCI_MSIX_ENTRY_LOWER_ADDR:
        return (uint32_t)v->address;
    case PCI_MSIX_ENTRY_UPPER_ADDR:
        return v->address >> 32;
    case PCI_MSIX_ENTRY_DATA:
        return v->data;
    default:
        return v->masked;
    }
}

static void table_write(Function *f, uint64_t offset, uint32_t value)
{
    Vector *v = &f->vectors[offset / PCI_MSIX_ENTRY_SIZE];

    switch (offset % PCI_MSIX_ENTRY_SIZE) {
    case PCI_MSIX_ENTRY_LOWER_ADDR:
        v->address = (v->address & ~0xffffffffull) | value;
        break;
    case PCI_MSIX_ENTRY_UPPER_ADDR:
        v->address = (uint32_t)v->address | (uint64_t)value << 32;
        break;
    case PCI_MSIX_ENTRY_DATA:
        v->data = value;
        break;
    default:
        v->masked = value & PCI_MSIX_ENTRY_CTRL_MASKBIT;
        deliver(f);
        break;
    }
}

/* --- the BAR --- */

static uint64_t common_read(const Function *f, uint64_t offset)
{
    const VirtioDevice *d = f->device;
    const VirtioQueue *q = d->queue_select < d->queue_count ? &d->queues[d->queue_select] : NULL;

    switch (offset) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        return d->feature_select;
    case VIRTIO_PCI_COMMON_DF:
        return d->feature_select < 2 ? (uint32_t)(d->features >> 32 * d->feature_select) : 0;
    case VIRTIO_PCI_COMMON_GFSELECT:
        return d->driver_feature_select;
    case VIRTIO_PCI_COMMON_GF:
        return d->driver_feature_select < 2
                   ? (uint32_t)(d->driver_features >> 32 * d->driver_feature_select)
                   : 0;
    case VIRTIO_PCI_COMMON_MSIX:
        return f->config_vector;
    case VIRTIO_PCI_COMMON_NUMQ:
        return d->queue_count;
    case VIRTIO_PCI_COMMON_STATUS:
        return d->status;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        return d->queue_select;
    case VIRTIO_PCI_COMMON_Q_SIZE:
        return q != NULL ? q->size : 0;
    case VIRTIO_PCI_COMMON_Q_MSIX:
        return q != NULL ? q->vector : 0xffff;
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        return q != NULL && q->ready;
    case VIRTIO_PCI_COMMON_Q_NOFF:
        return d->queue_select;
    default:
        return 0;
    }
}

static void half(uint64_t *field, bool upper, uint32_t value)
{
    *field = upper ? (uint32_t)*field | (uint64_t)value << 32 : (*field & ~0xffffffffull) | value;
}

static void queue_write(VirtioQueue *q, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_PCI_COMMON_Q_SIZE:
        q->size = value >= 1 && value <= QUEUE_SIZE ? (uint16_t)value : QUEUE_SIZE;
        break;
    case VIRTIO_PCI_COMMON_Q_MSIX:
        q->vector = value < VECTORS ? (uint16_t)value : 0xffff;
        break;
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        q->ready = value & 1;
        break;
    case VIRTIO_PCI_COMMON_Q_DESCLO:
    case VIRTIO_PCI_COMMON_Q_DESCHI:
        half(&q->descriptors, offset == VIRTIO_PCI_COMMON_Q_DESCHI, value);
        break;
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
        half(&q->available, offset == VIRTIO_PCI_COMMON_Q_AVAILHI, value);
        break;
    case VIRTIO_PCI_COMMON_Q_USEDLO:
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        half(&q->used, offset == VIRTIO_PCI_COMMON_Q_USEDHI, value);
        break;
    default:
        break;
    }
}

static void common_write(Function *f, uint64_t offset, uint32_t value)
{
    VirtioDevice *d = f->device;

    switch (offset) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        d->feature_select = value;
        break;
    case VIRTIO_PCI_COMMON_GFSELECT:
        d->driver_feature_select = value;
        break;
    case VIRTIO_PCI_COMMON_GF:
        if (d->driver_feature_select < 2)
            half(&d->driver_features, d->driver_feature_select == 1, value);
        break;
    case VIRTIO_PCI_COMMON_MSIX:
        f->config_vector = value < VECTORS ? (uint16_t)value : 0xffff;
        break;
    case VIRTIO_PCI_COMMON_STATUS:
        virtio_set_status(d, (uint8_t)value);
        if (value == 0)
            f->config_vector = 0xffff;
        break;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        d->queue_select = (uint16_t)value;
        break;
    default:
        if (d->queue_select < d->queue_count)
            queue_write(&d->queues[d->queue_select], offset, value);
        break;
    }
}

static uint64_t bar_read(Function *f, uint64_t offset, unsigned size)
{
    uint64_t pending = 0;

    switch (offset & 0xf000) {
    case BAR_COMMON:
        return common_read(f, offset);
    case BAR_CONFIG:
        offset -= BAR_CONFIG;
        return offset + size <= sizeof f->device->config ? fetch(f->device->config + offset, size)
                                                         : 0;
    case BAR_TABLE:
        offset -= BAR_TABLE;
        return offset < VECTORS * PCI_MSIX_ENTRY_SIZE ? table_read(f, offset) : 0;
    case BAR_PENDING:
        for (unsigned n = 0; n < VECTORS; n++)
            pending |= (uint64_t)f->vectors[n].pending << n;
        return offset == BAR_PENDING ? pending : 0;
    default: /* without INTx the interrupt status stays 0 */
        return 0;
    }
}

static void bar_write(Function *f, uint64_t offset, uint64_t value)
{
    switch (offset & 0xf000) {
    case BAR_COMMON:
        common_write(f, offset, (uint32_t)value);
        break;
    case BAR_NOTIFY:
        virtio_kick(f->device);
        break;
    case BAR_TABLE:
        offset -= BAR_TABLE;
        if (offset < VECTORS * PCI_MSIX_ENTRY_SIZE)
            table_write(f, offset, (uint32_t)value);
        break;
    default:
        break;
    }
}

/* The function whose BAR answers at an address of the window. */
static Function *decode(uint64_t *offset)
{
    for (unsigned n = 0; n < SLOTS; n++) {
        Function *f = slots[n];
        uint64_t bar;

        if (f == NULL || (fetch(f->config + PCI_COMMAND, 2) & PCI_COMMAND_MEMORY) == 0)
            continue;
        bar = fetch(f->config + PCI_BASE_ADDRESS_0, 4);
        if (*offset + MAP_BARS < bar || *offset + MAP_BARS - bar >= BAR_SIZE)
            continue;
        *offset += MAP_BARS - bar;
        return f;
    }
    return NULL;
}

static uint64_t window_read(void *bus, uint64_t offset, unsigned size)
{
    Function *f = decode(&offset);

    (void)bus;
    return f != NULL ? bar_read(f, offset, size) : UINT64_MAX;
}

static void window_write(void *bus, uint64_t offset, uint64_t value, unsigned size)
{
    Function *f = decode(&offset);

    (void)bus;
    (void)size;
    if (f != NULL)
        bar_write(f, offset, value);
}

/* --- configuration space --- */

static Function *function_at(uint64_t offset)
{
    return (offset >> 12 & 7) == 0 ? slots[offset >> 15 & (SLOTS - 1)] : NULL;
}

static uint64_t ecam_read(void *bus, uint64_t offset, unsigned size)
{
    Function *f = function_at(offset);

    (void)bus;
    offset &= 0xfff;
    if (f == NULL)
        return UINT64_MAX;
    return offset + size <= sizeof f->config ? fetch(f->config + offset, size) : 0;
}

static void ecam_write(void *bus, uint64_t offset, uint64_t value, unsigned size)
{
    Function *f = function_at(offset);

    (void)bus;
    offset &= 0xfff;
    if (f == NULL)
        return;
    if (offset == PCI_COMMAND) {
        store(f->config + PCI_COMMAND,
              value & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE), 2);
    } else if (offset == PCI_BASE_ADDRESS_0 && size == 4) {
        store(f->config + PCI_BASE_ADDRESS_0, value & ~(uint64_t)(BAR_SIZE - 1), 4);
    } else if (offset == CAP_MSIX + PCI_MSIX_FLAGS) {
        store(f->config + offset,
              (value & (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)) | (VECTORS - 1), 2);
        deliver(f);
    }
}

static void capability(Function *f, unsigned at, unsigned next, unsigned type, uint32_t offset,
                       uint32_t length)
{
    uint8_t *cap = f->config + at;

    cap[0] = PCI_CAP_ID_VNDR;
    cap[1] = (uint8_t)next;
    cap[2] = type == VIRTIO_PCI_CAP_NOTIFY_CFG ? 20 : 16;
    cap[3] = (uint8_t)type;
    store(cap + 8, offset, 4);
    store(cap + 12, length, 4);
}

void pci_create_bus(void)
{
    bus_add(MAP_ECAM, MAP_ECAM_SIZE, ecam_read, ecam_write, NULL);
    bus_add(MAP_BARS, MAP_BARS_SIZE, window_read, window_write, NULL);
}

void pci_attach(VirtioDevice *device, unsigned slot)
{
    static unsigned count;
    Function *f = &functions[count++];
    uint8_t *config = f->config;

    f->device = device;
    f->device_id = slot << 3;
    f->config_vector = 0xffff;
    for (unsigned n = 0; n < VECTORS; n++)
        f->vectors[n].masked = true;
    device->transport = f;
    device->interrupt = pci_interrupt;
    slots[slot] = f;

    store(config + PCI_VENDOR_ID, 0x1af4, 2);
    store(config + PCI_DEVICE_ID, 0x1040 + device->kind, 2);
    store(config + PCI_STATUS, PCI_STATUS_CAP_LIST, 2);
    store(config + PCI_CLASS_REVISION,
          (device->kind == VIRTIO_NET ? 0x020000u : 0x010000u) << 8 | 1, 4);
    store(config + PCI_SUBSYSTEM_VENDOR_ID, 0x1af4, 2);
    store(config + PCI_SUBSYSTEM_ID, 0x1040 + device->kind, 2);
    config[PCI_CAPABILITY_LIST] = CAP_MSIX;
    config[CAP_MSIX] = PCI_CAP_ID_MSIX;
    config[CAP_MSIX + 1] = CAP_COMMON;
    store(config + CAP_MSIX + PCI_MSIX_FLAGS, VECTORS - 1, 2);
    store(config + CAP_MSIX + PCI_MSIX_TABLE, BAR_TABLE, 4);
    store(config + CAP_MSIX + PCI_MSIX_PBA, BAR_PENDING, 4);
    capability(f, CAP_COMMON, CAP_ISR, VIRTIO_PCI_CAP_COMMON_CFG, BAR_COMMON, 64);
    capability(f, CAP_ISR, CAP_CONFIG, VIRTIO_PCI_CAP_ISR_CFG, BAR_ISR, 4);
    capability(f, CAP_CONFIG, CAP_NOTIFY, VIRTIO_PCI_CAP_DEVICE_CFG, BAR_CONFIG,
               sizeof device->config);
    capability(f, CAP_NOTIFY, 0, VIRTIO_PCI_CAP_NOTIFY_CFG, BAR_NOTIFY, 4 * QUEUES);
    store(config + CAP_NOTIFY + 16, 4, 4); /* bytes from one queue's address to the next */
}
