/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LPIs of one chunk of records at two PEs: while one PE enables and disables its LPIs over and
 * over, which walks the chunk, the other one's come and go under their own lock. Made for
 * ThreadSanitizer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    FIRST_LPI = 8192,
    LPIS = 64, /* of the other PE; the chunk has 1,024 */
    REDISTRIBUTOR = 0x20000,
    MEMORY = 1 << 20,
    TABLE = 0x20000,    /* of pending LPIs, one for each PE */
    ENABLED = 0xA0 | 1, /* a configuration byte */
};

/* Guest memory, which the two PEs' tables share without a lock. */
static _Atomic uint8_t memory[MEMORY];

static bool read_memory(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length)
{
    (void)machine, (void)space;
    for (size_t i = 0; i < length; i++) {
        ((uint8_t *)buffer)[i] = memory[(address + i) % MEMORY];
    }
    return true;
}

static bool write_memory(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    (void)machine, (void)space;
    for (size_t i = 0; i < length; i++) {
        memory[(address + i) % MEMORY] = ((const uint8_t *)buffer)[i];
    }
    return true;
}

static void write_redistributor(Vgic *gic, uint32_t cpu, uint32_t offset, uint32_t size,
                                uint64_t value)
{
    vgic_frame_write(gic, vgic_frame(gic, "GICR"), VGIC_NS, (uint64_t)cpu * REDISTRIBUTOR + offset,
                     size, value);
}

static void *toggle(void *data)
{
    Vgic *gic = data;

    for (unsigned i = 0; i < 200; i++) {
        write_redistributor(gic, 0, GICR_CTLR, 4, i & 1);
    }
    return NULL;
}

static void *pend(void *data)
{
    Vgic *gic = data;

    for (uint32_t i = 0; i < 10000; i++) {
        write_redistributor(gic, 1, GICR_SETLPIR, 8, FIRST_LPI + i % LPIS);
        write_redistributor(gic, 1, GICR_CLRLPIR, 8, FIRST_LPI + i % LPIS);
    }
    return NULL;
}

int main(void)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .lpi_bits = 16);
    VgicHost host = VGIC_HOST_INIT(.memory_read = read_memory, .memory_write = write_memory);
    Vgic *gic = vgic_new(&config, &host, NULL, NULL);
    pthread_t threads[2];
    unsigned left = 0;

    if (!gic) {
        return 2;
    }
    for (uint32_t i = 0; i < 1 << 16; i++) {
        memory[i] = ENABLED;
    }
    for (uint32_t i = 0; i < 2; i++) {
        write_redistributor(gic, i, GICR_PROPBASER, 8, 15);
        write_redistributor(gic, i, GICR_PENDBASER, 8, (TABLE * (i + 1u)) | 1ull << 62);
    }
    write_redistributor(gic, 1, GICR_CTLR, 4, 1);
    pthread_create(&threads[0], NULL, toggle, gic);
    pthread_create(&threads[1], NULL, pend, gic);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    for (uint32_t i = 0; i < LPIS; i++) {
        VgicIrqInfo info;

        left += vgic_irq_info(gic, 1, FIRST_LPI + i, &info) && info.pending;
    }
    printf("%u LPIs are pending that were cleared\n", left);
    vgic_free(gic);
    return left != 0;
}
