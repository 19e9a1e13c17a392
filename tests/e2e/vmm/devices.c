/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio devices: a disk on a file, a network card on a tap interface. */
#include "virtio.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    SECTOR = 512,
    NET_HEADER = 12
};

/* The data of a request: all but the header at the front and the status at the end. */
static uint8_t block_request(VirtioDevice *device, const VirtioChain *chain, uint32_t *written)
{
    struct virtio_blk_outhdr header;
    const struct iovec *data = chain->segments + 1;
    ssize_t length = 0, done;
    int count = (int)(chain->readable + chain->writable) - 2;
    off_t at;

    if (chain->segments[0].iov_len < sizeof header)
        return VIRTIO_BLK_S_IOERR;
    memcpy(&header, chain->segments[0].iov_base, sizeof header);
    for (int n = 0; n < count; n++)
        length += (ssize_t)data[n].iov_len;
    at = (off_t)header.sector * SECTOR;
    switch (header.type) {
    case VIRTIO_BLK_T_IN:
        done = preadv(device->file, data, count, at);
        *written += (uint32_t)length;
        return done == length ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
    case VIRTIO_BLK_T_OUT:
        done = pwritev(device->file, data, count, at);
        return done == length ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
    case VIRTIO_BLK_T_FLUSH:
        return fdatasync(device->file) == 0 ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
    case VIRTIO_BLK_T_GET_ID:
        if (count > 0 && data[0].iov_len >= VIRTIO_BLK_ID_BYTES)
            strncpy(data[0].iov_base, "vmm", VIRTIO_BLK_ID_BYTES);
        *written += VIRTIO_BLK_ID_BYTES;
        return VIRTIO_BLK_S_OK;
    default:
        return VIRTIO_BLK_S_UNSUPP;
    }
}

static void block_work(VirtioDevice *device)
{
    VirtioChain chain;

    while (virtio_pop(device, 0, &chain)) {
        uint32_t written = 1;
        uint8_t status;

        if (chain.readable < 1 || chain.writable < 1)
            fail("a disk request without header or status");
        status = block_request(device, &chain, &written);
        memcpy(chain.segments[chain.readable + chain.writable - 1].iov_base, &status, 1);
        virtio_push(device, 0, &chain, written);
    }
}

VirtioDevice *block_create(Vm *vm, const char *path)
{
    VirtioDevice *device = virtio_create(vm, VIRTIO_BLOCK, 1);
    struct virtio_blk_config config = {.seg_max = CHAIN_MAX - 2};
    off_t size;

    device->file = open(path, O_RDWR | O_CLOEXEC);
    size = device->file < 0 ? -1 : lseek(device->file, 0, SEEK_END);
    if (size < 0)
        fail("%s: %s", path, strerror(errno));
    config.capacity = (uint64_t)size / SECTOR;
    memcpy(device->config, &config, sizeof device->config);
    device->features |= 1ull << VIRTIO_BLK_F_FLUSH | 1ull << VIRTIO_BLK_F_SEG_MAX;
    device->work = block_work;
    return device;
}

/* Queue 0 receives, 1 sends. Without a buffer to receive into, packets wait in the tap. */
static void net_work(VirtioDevice *device)
{
    VirtioChain chain;

    while (virtio_pop(device, 1, &chain)) {
        /* A tap that is full or down drops packets, as networks do. */
        if (writev(device->file, chain.segments, (int)chain.readable) < 0 && errno != EAGAIN &&
            errno != EIO)
            fail("tap: %s", strerror(errno));
        virtio_push(device, 1, &chain, 0);
    }
    while (virtio_pop(device, 0, &chain)) {
        ssize_t n = readv(device->file, chain.segments, (int)chain.writable);

        if (n < NET_HEADER) {
            device->queues[0].seen--;
            device->wants_input = true;
            return;
        }
        /* The tap fills all of the header but the number of buffers. */
        ((uint8_t *)chain.segments[0].iov_base)[10] = 1;
        ((uint8_t *)chain.segments[0].iov_base)[11] = 0;
        virtio_push(device, 0, &chain, (uint32_t)n);
    }
    device->wants_input = false;
}

VirtioDevice *net_create(Vm *vm, const char *tap)
{
    static const uint8_t mac[] = {0x52, 0x54, 0x00, 0x00, 0x00, 0x02};
    VirtioDevice *device = virtio_create(vm, VIRTIO_NET, 2);
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int header = NET_HEADER;

    device->file = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (device->file < 0)
        fail("/dev/net/tun: %s", strerror(errno));
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", tap);
    if (ioctl(device->file, TUNSETIFF, &request) < 0 ||
        ioctl(device->file, TUNSETVNETHDRSZ, &header) < 0)
        fail("tap %s: %s", tap, strerror(errno));
    memcpy(device->config, mac, sizeof mac);
    device->features |= 1ull << VIRTIO_NET_F_MAC;
    device->work = net_work;
    return device;
}
