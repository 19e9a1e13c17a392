/* SPDX-License-Identifier: BSD-2-Clause */
/* Shorthands for the GICv5: see gic5.h. */
#include "gic5.h"

struct gic5 gic5;

u32 take5(void)
{
    const u64 v = cdia();
    if (!(v & VALID5)) {
        return 0;
    }
    cdeoi();
    cddi((u32)v);
    return (u32)v;
}

u64 f_take5(u64 unused)
{
    return take5() + unused;
}

static u64 priorityr(unsigned n)
{
    switch (n) {
    case 0:
        return READ_SYS(ICC_PPI_PRIORITYR0_EL1);
    case 1:
        return READ_SYS(ICC_PPI_PRIORITYR1_EL1);
    case 2:
        return READ_SYS(ICC_PPI_PRIORITYR2_EL1);
    default:
        return READ_SYS(ICC_PPI_PRIORITYR3_EL1);
    }
}

void ppi_priority(unsigned n, u32 priority)
{
    const u64 shift = n % 8 * 8;
    const u64 v = (priorityr(n / 8) & ~(0xffull << shift)) | (u64)priority << shift;
    switch (n / 8) {
    case 0:
        WRITE_SYS(ICC_PPI_PRIORITYR0_EL1, v);
        break;
    case 1:
        WRITE_SYS(ICC_PPI_PRIORITYR1_EL1, v);
        break;
    case 2:
        WRITE_SYS(ICC_PPI_PRIORITYR2_EL1, v);
        break;
    case 3:
        WRITE_SYS(ICC_PPI_PRIORITYR3_EL1, v);
        break;
    default:
        print("ppi_priority: PPIs 0 to 31 only\n");
        finish(3);
    }
}

u64 ppi_state(unsigned n)
{
    return (READ_SYS(ICC_PPI_SPENDR0_EL1) >> n & 1) | (READ_SYS(ICC_PPI_SACTIVER0_EL1) >> n & 1)
                                                          << 1;
}

static void wait_for(u32 status, u32 bits)
{
    for (unsigned n = 0; n < 1000000; n++) {
        if ((irs_read(status) & bits) == bits) {
            return;
        }
    }
    print("the IRS register at %x never had %x\n", (u64)status, (u64)bits);
    finish(3);
}

void irs_write_idle(u32 offset, u32 value, u32 status, u32 bits)
{
    irs_write(offset, value);
    wait_for(status, bits);
}

void irs_enable(bool on)
{
    irs_write_idle(IRS_CR0, on, IRS_CR0, CR0_IDLE);
}

bool spi_select(u32 id)
{
    irs_write_idle(IRS_SPI_SELR, id, IRS_SPI_STATUSR, IDLE);
    return irs_read(IRS_SPI_STATUSR) & STATUSR_V;
}

void spi_tm(u32 id, bool level)
{
    spi_select(id);
    irs_write_idle(IRS_SPI_CFGR, level, IRS_SPI_STATUSR, IDLE);
}

void pe5_init(void)
{
    const u64 lowest = 0x1f1f1f1f1f1f1f1full;
    WRITE_SYS(ICC_CR0_EL1, 0);
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, 0);
    WRITE_SYS(ICC_PPI_ENABLER1_EL1, 0);
    WRITE_SYS(ICC_PPI_CPENDR0_EL1, ~0ull);
    WRITE_SYS(ICC_PPI_CPENDR1_EL1, ~0ull);
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, ~0ull);
    WRITE_SYS(ICC_PPI_CACTIVER1_EL1, ~0ull);
    WRITE_SYS(ICC_PPI_PRIORITYR0_EL1, lowest);
    WRITE_SYS(ICC_PPI_PRIORITYR1_EL1, lowest);
    WRITE_SYS(ICC_PPI_PRIORITYR2_EL1, lowest);
    WRITE_SYS(ICC_PPI_PRIORITYR3_EL1, lowest);
    WRITE_SYS(ICC_APR_EL1, 0);
    pcr(31);
    WRITE_SYS(ICC_CR0_EL1, CR0_EN);
}

u64 f_pe5_init(u64 unused)
{
    pe5_init();
    return unused;
}

void gic5_find(void)
{
    gic5.irs = fdt_reg("arm,gic-v5-irs", "ns-config", 0);
    gic5.setlpi = fdt_reg("arm,gic-v5-irs", "ns-setlpi", 0);
    gic5.its = fdt_reg("arm,gic-v5-its", "ns-config", 0);
    gic5.translate = fdt_reg(NULL, "ns-translate", 0);
    gic5.iwb = fdt_reg("arm,gic-v5-iwb", NULL, 0);
    gic5.iwb_device = fdt_cell("arm,gic-v5-iwb", "msi-parent", 1, 0);
    if (!gic5.irs) {
        print("the device tree has no IRS\n");
        finish(3);
    }
}

void gic5_init(void)
{
    gic5_find();
    irs_enable(true);
    pe5_init();
}

void setup5(u32 intid, u32 priority, u32 iaffid)
{
    /* QEMU's GIC does the opposite of both for an SPI. */
    if (intid >> 29 != 3) {
        cddis(intid);
        cdpend(intid, false);
    }
    cdpri(intid, priority);
    cdaff(intid, iaffid);
    cdhm(intid, false);
    cddi(intid);
    cden(intid);
}

void drain5(void)
{
    WRITE_SYS(ICC_APR_EL1, 0);
    pcr(31);
    for (unsigned n = 0; n < 100000 && take5(); n++) {
    }
}

/* Tables */

static u64 next = TABLES;

void alloc5_reset(void)
{
    next = TABLES;
}

u64 alloc5(u64 size, u64 alignment)
{
    next = (next + alignment - 1) & ~(alignment - 1);
    const u64 at = next;
    next += size;
    if (next > TABLES_END) {
        print("out of memory for tables\n");
        finish(3);
    }
    for (u64 p = at & ~7ull; p < next; p += 8) {
        *(volatile u64 *)p = 0;
    }
    barrier();
    return at;
}

unsigned ist_l2_bits(const struct ist *ist)
{
    return 10 - ist->istsz + 2 * ist->l2sz;
}

void ist_make(struct ist *ist)
{
    const unsigned l2 = ist_l2_bits(ist);
    int n = ist->two_level ? (int)ist->id_bits - (int)l2 + 2 : (int)(ist->id_bits + 1 + ist->istsz);
    n = n < 5 ? 5 : n;
    ist->base = alloc5(2ull << n, 2ull << n);
}

u32 ist_cfgr(const struct ist *ist)
{
    return ist->id_bits | ist->l2sz << 5 | ist->istsz << 7 | (u32)ist->two_level << 16;
}

void ist_valid(const struct ist *ist)
{
    irs_write_idle(IRS_IST_CFGR, ist_cfgr(ist), IRS_IST_STATUSR, IDLE);
    write64(gic5.irs + IRS_IST_BASER, ist->base | 1);
    wait_for(IRS_IST_STATUSR, IDLE);
}

void ist_invalid(void)
{
    write64(gic5.irs + IRS_IST_BASER, 0);
    wait_for(IRS_IST_STATUSR, IDLE);
}

u64 ist_l1e(const struct ist *ist, u32 id)
{
    return ist->base + 8ull * (id >> ist_l2_bits(ist));
}

u64 ist_l2(const struct ist *ist, u32 id, bool map)
{
    const u64 size = 4096ull << 2 * ist->l2sz;
    const u64 table = alloc5(size, size);
    write64(ist_l1e(ist, id), table);
    if (map) {
        irs_write_idle(IRS_MAP_L2_ISTR, id, IRS_IST_STATUSR, IDLE);
    }
    return table;
}

u64 ist_entry(const struct ist *ist, u32 id)
{
    const u64 size = 4ull << ist->istsz;
    if (!ist->two_level) {
        return ist->base + id * size;
    }
    return (read64(ist_l1e(ist, id)) & L1_ADDR) + (id & ((1u << ist_l2_bits(ist)) - 1)) * size;
}

void lpis_init(unsigned id_bits)
{
    struct ist ist = {.id_bits = id_bits};
    ist_make(&ist);
    ist_valid(&ist);
}
