/* SPDX-License-Identifier: BSD-2-Clause */
/* What every virtio device has: its status, split queues, and the thread that works on them. */
#include "virtio.h"
#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static VirtioDevice devices[MAX_DEVICES];
static unsigned device_count;

VirtioDevice *virtio_create(Vm *vm, unsigned kind, unsigned queues)
{
    VirtioDevice *device = &devices[device_count];

    if (device_count == MAX_DEVICES)
        fail("too many virtio devices");
    device_count++;
    device->vm = vm;
    device->kind = kind;
    device->queue_count = queues;
    device->features = 1ull << VIRTIO_F_VERSION_1;
    device->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (device->kick < 0)
        fail("eventfd: %s", strerror(errno));
    virtio_set_status(device, 0);
    return device;
}

/* 0 is a reset. */
void virtio_set_status(VirtioDevice *device, uint8_t status)
{
    device->status = status;
    if (status != 0)
        return;
    device->isr = 0;
    device->driver_features = 0;
    device->queue_select = 0;
    device->wants_input = false;
    memset(device->queues, 0, sizeof device->queues);
    for (unsigned n = 0; n < QUEUES; n++) {
        device->queues[n].size = QUEUE_SIZE;
        device->queues[n].vector = 0xffff;
    }
}

void virtio_kick(VirtioDevice *device)
{
    if (write(device->kick, &(uint64_t){1}, sizeof(uint64_t)) < 0 && errno != EAGAIN)
        fail("eventfd: %s", strerror(errno));
}

/* What a driver puts wrong into a ring ends the machine: nothing here may hide it. */
static void *guest(VirtioDevice *device, uint64_t address, uint64_t length)
{
    void *memory = vm_memory(device->vm, address, length);

    if (memory == NULL)
        fail("virtio device %u: %#llx+%#llx is not memory", device->kind,
             (unsigned long long)address, (unsigned long long)length);
    return memory;
}

static void collect(VirtioDevice *device, const VirtioQueue *q, VirtioChain *chain)
{
    const struct vring_desc *table = guest(device, q->descriptors, 16ull * q->size);
    uint16_t at = chain->head;

    chain->readable = chain->writable = 0;
    for (;;) {
        unsigned n = chain->readable + chain->writable;

        if (at >= q->size || n == q->size)
            fail("virtio device %u: descriptor %u", device->kind, at);
        struct vring_desc d = table[at];

        chain->segments[n] = (struct iovec){guest(device, d.addr, d.len), d.len};
        if ((d.flags & VRING_DESC_F_WRITE) != 0)
            chain->writable++;
        else
            chain->readable++;
        if ((d.flags & VRING_DESC_F_NEXT) == 0)
            return;
        at = d.next;
    }
}

bool virtio_pop(VirtioDevice *device, unsigned queue, VirtioChain *chain)
{
    VirtioQueue *q = &device->queues[queue];
    struct vring_avail *available;
    uint16_t index;

    if (!q->ready || (device->status & VIRTIO_CONFIG_S_DRIVER_OK) == 0)
        return false;
    available = guest(device, q->available, 6 + 2ull * q->size);
    index = *(volatile uint16_t *)&available->idx;
    if (index == q->seen)
        return false;
    atomic_thread_fence(memory_order_seq_cst);
    chain->head = available->ring[q->seen % q->size];
    q->seen++;
    collect(device, q, chain);
    return true;
}

void virtio_push(VirtioDevice *device, unsigned queue, const VirtioChain *chain, uint32_t written)
{
    VirtioQueue *q = &device->queues[queue];
    struct vring_used *used = guest(device, q->used, 6 + 8ull * q->size);
    struct vring_avail *available = guest(device, q->available, 6 + 2ull * q->size);
    uint16_t index = used->idx;

    used->ring[index % q->size] = (struct vring_used_elem){chain->head, written};
    atomic_thread_fence(memory_order_seq_cst);
    *(volatile uint16_t *)&used->idx = (uint16_t)(index + 1);
    atomic_thread_fence(memory_order_seq_cst);
    if ((*(volatile uint16_t *)&available->flags & VRING_AVAIL_F_NO_INTERRUPT) == 0)
        device->interrupt(device, queue);
}

static void *work(void *argument)
{
    Vm *vm = argument;
    struct pollfd files[2 * MAX_DEVICES];
    uint64_t count;

    for (;;) {
        for (unsigned n = 0; n < device_count; n++) {
            VirtioDevice *device = &devices[n];

            files[2 * n] = (struct pollfd){device->kick, POLLIN, 0};
            files[2 * n + 1] = (struct pollfd){device->wants_input ? device->file : -1, POLLIN, 0};
        }
        if (poll(files, 2 * device_count, -1) < 0 && errno != EINTR)
            fail("poll: %s", strerror(errno));
        for (unsigned n = 0; n < device_count; n++) {
            if (files[2 * n].revents == 0 && files[2 * n + 1].revents == 0)
                continue;
            if (read(devices[n].kick, &count, sizeof count) < 0 && errno != EAGAIN)
                fail("eventfd: %s", strerror(errno));
            pthread_mutex_lock(&vm->lock);
            devices[n].work(&devices[n]);
            pthread_mutex_unlock(&vm->lock);
        }
    }
    return NULL;
}

void virtio_start(Vm *vm)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, work, vm) != 0)
        fail("no thread for the devices");
}
