/* SPDX-License-Identifier: BSD-2-Clause */
/* Shorthands for the ITS of a GICv5: see its5.h. */
#include "its5.h"

static void wait_idle(u32 status, u32 bits)
{
    for (unsigned n = 0; n < 1000000; n++) {
        if ((its_read(status) & bits) == bits) {
            return;
        }
    }
    print("the ITS register at %x never had %x\n", (u64)status, (u64)bits);
    finish(3);
}

void table5_make(struct table5 *t)
{
    const unsigned l2 = table5_l2_bits(t);
    int n = t->two_level ? (int)t->bits - (int)l2 + 2 : (int)t->bits + 2;
    n = n < 2 ? 2 : n;
    t->base = alloc5(2ull << n, 2ull << n);
}

u64 table5_l1e(const struct table5 *t, u32 index)
{
    return t->base + 8ull * (index >> table5_l2_bits(t));
}

u64 table5_entry(const struct table5 *t, u32 index)
{
    if (!t->two_level) {
        return t->base + 8ull * index;
    }
    const u64 at = table5_l1e(t, index), bits = table5_l2_bits(t);
    if (!(read64(at) & TABLE_VALID)) {
        const u64 size = 8ull << bits;
        write64(at, alloc5(size, size) | bits << 60 | TABLE_VALID);
    }
    return (read64(at) & TABLE_ADDR & ~7ull) + 8 * (index & ((1u << bits) - 1));
}

u32 dt_cfgr(const struct table5 *dt)
{
    return dt->bits | dt->l2sz << 6 | (u32)dt->two_level << 16;
}

u64 dte(const struct table5 *itt)
{
    return itt->base | (u64)itt->l2sz << 1 | (u64)itt->two_level << 58 | (u64)itt->bits << 59 |
           TABLE_VALID;
}

void its5_enable(bool on)
{
    its_write(ITS_CR0, on);
    wait_idle(ITS_CR0, CR0_IDLE);
}

void its5_use(const struct table5 *dt)
{
    its5_enable(false);
    its_write(ITS_DT_CFGR, dt_cfgr(dt));
    write64(gic5.its + ITS_DT_BASER, dt->base);
    its5_enable(true);
}

void its5_inv_device(u32 device, unsigned event_bits, bool l1)
{
    write64(gic5.its + ITS_DIDR, device);
    its_write(ITS_INV_DEVICER, 1u << 31 | event_bits << 1 | l1);
    wait_idle(ITS_STATUSR, IDLE);
}

void its5_inv_event(u32 device, u32 event, u32 l1_and_l2sz)
{
    write64(gic5.its + ITS_DIDR, device);
    its_write(ITS_EIDR, event);
    its_write(ITS_INV_EVENTR, 1u << 31 | l1_and_l2sz);
    wait_idle(ITS_STATUSR, IDLE);
}

void its5_map_device(const struct table5 *dt, u32 device, const struct table5 *itt)
{
    write64(table5_entry(dt, device), itt ? dte(itt) : 0);
    its5_inv_device(device, 16, dt->two_level);
}

void its5_map_event(const struct table5 *itt, u32 device, u32 event, u64 itte)
{
    write64(table5_entry(itt, event), itte);
    its5_inv_event(device, event, itt->two_level | itt->l2sz << 1);
}

u64 its5_read_event(u32 device, u32 event)
{
    write64(gic5.its + ITS_DIDR, device);
    its_write(ITS_EIDR, event);
    its_write(ITS_READ_EVENTR, 1u << 31);
    wait_idle(ITS_STATUSR, IDLE);
    return read64(gic5.its + ITS_READ_EVENT_DATAR);
}

void its5_sync(u32 device)
{
    write64(gic5.its + ITS_SYNCR, 1ull << 63 | device);
    wait_idle(ITS_SYNC_STATUSR, IDLE);
    irs_write_idle(IRS_SYNCR, 1u << 31, IRS_SYNC_STATUSR, IDLE);
}

void its5_gen_event(u32 device, u32 event)
{
    write64(gic5.its + ITS_GEN_EVENT_DIDR, device);
    its_write(ITS_GEN_EVENT_EIDR, event);
    its_write(ITS_GEN_EVENTR, 1u << 31 | 1);
    wait_idle(ITS_GEN_EVENT_STATUSR, IDLE);
    its5_sync(device);
}

void its5_msi(u32 event)
{
    write32(gic5.translate + ITS_TRANSLATER, event);
    its5_sync(0);
}
