/* SPDX-License-Identifier: BSD-2-Clause */
/* LPIs and the ITS: see its.h. */
#include "its.h"

struct its its;
static u64 arena_next = ARENA;

static _Noreturn void give_up(const char *what)
{
    print("its: %s\n", what);
    finish(3);
}

void arena_reset(void)
{
    arena_next = ARENA;
}

u64 arena(u64 size, u64 alignment)
{
    const u64 at = (arena_next + alignment - 1) & ~(alignment - 1);
    if (at + size > ARENA_END) {
        give_up("the arena is used up");
    }
    arena_next = at + size;
    for (volatile u64 *p = (u64 *)at; (u64)p < arena_next; p++) {
        *p = 0;
    }
    barrier();
    return at;
}

void lpi_switch(unsigned pe, bool on)
{
    const u64 at = GICR(pe) + GICR_CTLR;
    write32(at, (read32(at) & ~(u32)GICR_CTLR_ENABLE_LPIS) | (on ? GICR_CTLR_ENABLE_LPIS : 0));
    while (read32(at) & GICR_CTLR_RWP) {
    }
}

void lpi_bit_set(unsigned pe, unsigned intid, bool value)
{
    const u64 at = its.pending[pe] + intid / 8;
    const u8 mask = (u8)(1u << intid % 8);
    write8(at, (u8)((read8(at) & ~mask) | (value ? mask : 0)));
}

void lpi_init(unsigned pes)
{
    its.pes = pes;
    its.config = arena(LPIS, 4096);
    for (unsigned n = 0; n < LPIS; n += 8) {
        *(volatile u64 *)(its.config + n) = 0xa3a3a3a3a3a3a3a3;
    }
    for (unsigned pe = 0; pe < pes; pe++) {
        lpi_switch(pe, false);
        its.pending[pe] = arena(65536 / 8, 65536);
        write64(GICR(pe) + GICR_PROPBASER, its.config | WRITE_BACK | ID_BITS);
        write64(GICR(pe) + GICR_PENDBASER, its.pending[pe] | WRITE_BACK | PTZ);
        lpi_switch(pe, true);
    }
}

u64 its_typer(void)
{
    return read64(GITS + GITS_TYPER);
}

u64 its_baser(unsigned type)
{
    for (unsigned n = 0; n < 8; n++) {
        const u64 at = GITS + GITS_BASER + 8 * n;
        if ((read64(at) >> 56 & 7) == type) {
            return at;
        }
    }
    give_up("no GITS_BASER of that type");
}

u64 itt_bytes(unsigned event_bits)
{
    const u64 bytes = (its_typer() >> 4 & 0xf) + 1;
    return bytes << event_bits < 256 ? 256 : bytes << event_bits;
}

u64 rdbase(unsigned pe)
{
    return its_typer() >> 19 & 1 ? GICR(pe) : (u64)pe << 16;
}

void its_disable(void)
{
    write32(GITS + GITS_CTLR, 0);
    while (!(read32(GITS + GITS_CTLR) & 1u << 31)) {
    }
}

u64 its_table(unsigned type, unsigned page, unsigned pages, bool indirect)
{
    const u64 table = arena(pages * page_bytes(page), page_bytes(page));
    write64(its_baser(type), VALID | (indirect ? INDIRECT : 0) | table | ITS_WRITE_BACK |
                                 (u64)page << 8 | (pages - 1));
    return table;
}

void its_queue(unsigned pages)
{
    its.queue_bytes = pages * 4096ull;
    its.queue = arena(its.queue_bytes, 65536);
    its.written = 0;
    write64(GITS + GITS_CBASER, VALID | its.queue | ITS_WRITE_BACK | (pages - 1));
    write64(GITS + GITS_CWRITER, 0);
}

void its_init(void)
{
    its_disable();
    its.devices = its_table(DEVICES, PAGE_64K, 1, false);
    its.collections = its_table(COLLECTIONS, PAGE_4K, 1, false);
    its_queue(16);
    its_enable();
    for (unsigned pe = 0; pe < its.pes; pe++) {
        mapc(pe, pe);
        invall(pe);
    }
}

bool its_flush(void)
{
    barrier();
    write64(GITS + GITS_CWRITER, its.written);
    for (u64 n = 0; n < 1000000; n++) {
        const u64 at = read64(GITS + GITS_CREADR);
        if (at == its.written) {
            return true;
        }
        if (at & 1) {
            return false;
        }
    }
    return false;
}

void push(u64 w0, u64 w1, u64 w2, u64 w3)
{
    const u64 next = (its.written + 32) % its.queue_bytes;
    volatile u64 *to = (u64 *)(its.queue + its.written);
    to[0] = w0, to[1] = w1, to[2] = w2, to[3] = w3;
    its.written = next;
    if ((next + 32) % its.queue_bytes == (read64(GITS + GITS_CREADR) & 0xfffe0)) {
        its_flush(); /* full */
    }
}

bool command(u64 w0, u64 w1, u64 w2, u64 w3)
{
    push(w0, w1, w2, w3);
    for (unsigned pe = 0; pe < its.pes; pe++) {
        push(SYNC, 0, rdbase(pe), 0);
    }
    return its_flush();
}

void device(u32 device, unsigned event_bits)
{
    mapd(device, arena(itt_bytes(event_bits), 256), event_bits);
}

u64 f_take(u64 unused)
{
    const u64 intid = iar1();
    if (intid != SPURIOUS) {
        eoi1(intid);
    }
    return intid + unused;
}

u64 f_drain(u64 unused)
{
    u64 n = 0;
    while (f_take(0) != SPURIOUS) {
        n++;
    }
    return n + unused;
}
