/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over mmio, version 2. The interrupt is a level: it is there until the driver acknowledges
 * it. */
#include "virtio.h"
#include <linux/virtio_mmio.h>
#include <string.h>

typedef struct Mmio {
    VirtioDevice *device;
    unsigned spi;
} Mmio;

static Mmio transports[MAX_DEVICES];

static VirtioQueue *selected(VirtioDevice *device)
{
    return device->queue_select < device->queue_count ? &device->queues[device->queue_select]
                                                      : NULL;
}

static uint64_t mmio_read(void *opaque, uint64_t offset, unsigned size)
{
    VirtioDevice *device = ((Mmio *)opaque)->device;
    VirtioQueue *q = selected(device);
    uint64_t value = 0;

    if (offset >= VIRTIO_MMIO_CONFIG) {
        offset -= VIRTIO_MMIO_CONFIG;
        if (offset + size <= sizeof device->config)
            memcpy(&value, device->config + offset, size);
        return value;
    }
    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
        return 0x74726976;
    case VIRTIO_MMIO_VERSION:
        return 2;
    case VIRTIO_MMIO_DEVICE_ID:
        return device->kind;
    case VIRTIO_MMIO_VENDOR_ID:
        return 0x20205352;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return device->feature_select < 2
                   ? (uint32_t)(device->features >> 32 * device->feature_select)
                   : 0;
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return q != NULL ? QUEUE_SIZE : 0;
    case VIRTIO_MMIO_QUEUE_READY:
        return q != NULL && q->ready;
    case VIRTIO_MMIO_INTERRUPT_STATUS:
        return device->isr;
    case VIRTIO_MMIO_STATUS:
        return device->status;
    default:
        return 0;
    }
}

static void low(uint64_t *field, uint64_t value)
{
    *field = (*field & ~0xffffffffull) | (uint32_t)value;
}

static void high(uint64_t *field, uint64_t value)
{
    *field = (uint32_t)*field | value << 32;
}

static void write_queue(VirtioQueue *q, uint64_t offset, uint64_t value)
{
    switch (offset) {
    case VIRTIO_MMIO_QUEUE_NUM:
        q->size = value >= 1 && value <= QUEUE_SIZE ? (uint16_t)value : QUEUE_SIZE;
        break;
    case VIRTIO_MMIO_QUEUE_READY:
        q->ready = value & 1;
        break;
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
        low(&q->descriptors, value);
        break;
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
        high(&q->descriptors, value);
        break;
    case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
        low(&q->available, value);
        break;
    case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
        high(&q->available, value);
        break;
    case VIRTIO_MMIO_QUEUE_USED_LOW:
        low(&q->used, value);
        break;
    case VIRTIO_MMIO_QUEUE_USED_HIGH:
        high(&q->used, value);
        break;
    default:
        break;
    }
}

static void mmio_write(void *opaque, uint64_t offset, uint64_t value, unsigned size)
{
    Mmio *mmio = opaque;
    VirtioDevice *device = mmio->device;
    VirtioQueue *q = selected(device);

    (void)size;
    switch (offset) {
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
        device->feature_select = (uint32_t)value;
        break;
    case VIRTIO_MMIO_QUEUE_SEL:
        device->queue_select = (uint16_t)value;
        break;
    case VIRTIO_MMIO_QUEUE_NOTIFY:
        virtio_kick(device);
        break;
    case VIRTIO_MMIO_INTERRUPT_ACK:
        device->isr &= (uint8_t)~value;
        break;
    case VIRTIO_MMIO_STATUS:
        virtio_set_status(device, (uint8_t)value);
        break;
    default:
        if (q != NULL)
            write_queue(q, offset, value);
        break;
    }
    if (device->isr == 0)
        vm_set_wire(device->vm, mmio->spi, false);
}

static void mmio_interrupt(VirtioDevice *device, unsigned queue)
{
    (void)queue;
    device->isr |= VIRTIO_MMIO_INT_VRING;
    vm_set_wire(device->vm, ((Mmio *)device->transport)->spi, true);
}

void mmio_attach(VirtioDevice *device, unsigned index)
{
    Mmio *mmio = &transports[index];

    mmio->device = device;
    mmio->spi = MMIO_FIRST_SPI + index;
    device->transport = mmio;
    device->interrupt = mmio_interrupt;
    bus_add(MAP_MMIO + index * MMIO_STRIDE, MMIO_STRIDE, mmio_read, mmio_write, mmio);
}
