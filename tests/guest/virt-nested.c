/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on cpu=max
 *
 * What newer PEs add around the virtual CPU interface: fine-grained traps (HFGRTR_EL2, HFGWTR_EL2),
 * HCR_EL2.E2H and TGE, and nested virtualization: with HCR_EL2.NV what EL1 does to registers of EL2
 * traps, with NV2 most of it goes to memory.
 */
#include "rt/probe.h"
#include "rt/virt.h"

#define HFGRTR_EL2 "S3_4_C1_C1_4"
#define HFGWTR_EL2 "S3_4_C1_C1_5"
#define ICC_IGRPENN (1ull << 39)
#define VNCR_EL2 "S3_4_C2_C2_0"

enum {
    TRAP = 0x218
};

static void fine_grained(void)
{
    static const struct {
        const char *name;
        u64 bits;
    } routes[] = {{"", 0}, {" FMO", HCR_FMO}, {" IMO", HCR_IMO}, {" IMO FMO", HCR_IMO | HCR_FMO}};
    section("fine-grained");
    for (unsigned c = 0; c < 8; c++) {
        for (unsigned r = 0; r < 4; r++) {
            u64 others = 0;
            vif_reset();
            hcr(routes[r].bits);
            WRITE_SYS(HFGRTR_EL2, c & 1 ? ICC_IGRPENN : 0);
            WRITE_SYS(HFGWTR_EL2, c & 2 ? ICC_IGRPENN : 0);
            ich_hcr_write(ICH_EN | (c & 4 ? ICH_TALL0 : 0));
            guest(probe_all, 0);
            for (unsigned n = 0; n < PROBES; n++) {
                const struct probe *p = &probes[n];
                const bool enable = p->kind == PROBE_ENABLE0 || p->kind == PROBE_ENABLE1;
                if (!enable) {
                    const bool all0 = c & 4 && p->kind == PROBE_GROUP0;
                    const bool sgi = routes[r].bits && p->kind == PROBE_SGI;
                    others += probe_result(n) != probe_want(n, all0 || sgi ? TRAP : 0);
                    continue;
                }
                const bool all0 = c & 4 && p->kind == PROBE_ENABLE0;
                expect(probe_result(n),
                       (c & 1 || all0 ? TRAP : 0) | (c & 2 || all0 ? TRAP << 16 : 0),
                       "read %u, write %u, TALL0 %u%s: %s", c & 1ull, c >> 1 & 1ull, c >> 2 & 1ull,
                       routes[r].name, p->name);
            }
            expect(others, 0, "read %u, write %u, TALL0 %u%s: others", c & 1ull, c >> 1 & 1ull,
                   c >> 2 & 1ull, routes[r].name);
            expect(probe_bad_syndromes(), 0, "read %u, write %u, TALL0 %u%s: syndromes", c & 1ull,
                   c >> 1 & 1ull, c >> 2 & 1ull, routes[r].name);
        }
        expect(TRAP_OF(READ_SYS(ICC_IGRPEN1_EL1)), 0, "at EL2, %u", (u64)c);
    }
    WRITE_SYS(HFGRTR_EL2, 0);
    WRITE_SYS(HFGWTR_EL2, 0);
    vif_reset();
}

static volatile u64 taken;
static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    taken = taken << 16 | f->el << 12 | intid;
    if (f->el == 2) {
        ich_hcr_write(0);
    }
    eoi1(intid);
}

static u64 take_irqs(u64 unused)
{
    unmask(MASK_IRQ);
    __asm__ volatile("nop");
    mask();
    return unused;
}

static void vhe(void)
{
    static const struct {
        const char *name;
        u64 bits;
    } cases[] = {{"E2H", HCR_E2H},
                 {"TGE", HCR_TGE},
                 {"E2H TGE", HCR_E2H | HCR_TGE},
                 {"E2H TGE IMO FMO", HCR_E2H | HCR_TGE | HCR_IMO | HCR_FMO},
                 {"E2H IMO FMO", HCR_E2H | HCR_IMO | HCR_FMO}};
    section("E2H, TGE");
    irq_handler[0] = on_irq;
    icc_init();
    setup(INTID_MAINTENANCE, 1, 0xa0);
    set_edge(INTID_MAINTENANCE, false);
    for (unsigned c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        vif_reset();
        vmcr_write(VMCR_OPEN | VMCR_VPMR(0x50));
        pmr(0xb0);
        lr_write(0, lr(1, 0x30, 40));
        hcr(cases[c].bits);
        expect(READ_SYS(ICC_PMR_EL1), 0xb0, "%s: PMR at EL2", cases[c].name);
        expect(iar1(), SPURIOUS, "%s: IAR1 at EL2", cases[c].name);
        expect(lines(), 0, "%s: ISR_EL1 at EL2", cases[c].name);
        WRITE_SYS(ICC_BPR1_EL1, 6);
        expect(READ_SYS(ICC_BPR1_EL1), 6, "%s: BPR1 at EL2", cases[c].name);
        expect(vmcr() >> 18 & 7, 3, "%s: VBPR1", cases[c].name);
        WRITE_SYS(ICC_BPR1_EL1, 0);
        expect(TRAP_OF(send_sgi1(sgi(1, 0x200, 0, 1))), 0, "%s: SGI1R at EL2", cases[c].name);
        /* EL2 takes its maintenance interrupt. */
        taken = 0;
        ich_hcr_write(ICH_EN | ICH_VGRP1EIE);
        if (!(cases[c].bits & (HCR_TGE | HCR_IMO))) {
            /* Neither routes it to EL2: it is pending for a lower EL, and seen all the same. */
            expect(lines(), MASK_IRQ, "%s: maintenance interrupt in ISR_EL1", cases[c].name);
        } else {
            take_irqs(0);
            expect(taken, 0x2000 | INTID_MAINTENANCE, "%s: maintenance interrupt taken",
                   cases[c].name);
        }
        ich_hcr_write(0);
    }
    /* A guest of a host with E2H: TGE is 0 while it runs. */
    vif_reset();
    hcr(HCR_E2H | HCR_IMO | HCR_FMO);
    lr_write(0, lr(1, 0x40, 40) | LR_EOI);
    pmr(0xff);
    taken = 0;
    guest(take_irqs, 0);
    expect(taken, 0x10282019, "guest of E2H: vIRQ at EL1, then its maintenance interrupt at EL2");
    expect(lr_state(lr_read(0)), 0, "guest of E2H: State");
    disable(INTID_MAINTENANCE);
    vif_reset();
}

/* Accesses of EL1 to registers of EL2. */

static u64 page[512] __attribute__((aligned(4096)));

#define MEMORY_REGISTERS(X)                                                                        \
    X(ICH_LR0_EL2, "S3_4_C12_C12_0", 0x400)                                                        \
    X(ICH_LR1_EL2, "S3_4_C12_C12_1", 0x408)                                                        \
    X(ICH_LR2_EL2, "S3_4_C12_C12_2", 0x410)                                                        \
    X(ICH_LR3_EL2, "S3_4_C12_C12_3", 0x418)                                                        \
    X(ICH_AP0R0_EL2, "S3_4_C12_C8_0", 0x480)                                                       \
    X(ICH_AP1R0_EL2, "S3_4_C12_C9_0", 0x4a0)                                                       \
    X(ICH_HCR_EL2, "S3_4_C12_C11_0", 0x4c0)                                                        \
    X(ICH_VMCR_EL2, "S3_4_C12_C11_7", 0x4c8)

/* name, encoding, writable */
#define TRAPPED_REGISTERS(X)                                                                       \
    X("ICH_VTR_EL2", "S3_4_C12_C11_1", 0)                                                          \
    X("ICH_MISR_EL2", "S3_4_C12_C11_2", 0)                                                         \
    X("ICH_EISR_EL2", "S3_4_C12_C11_3", 0)                                                         \
    X("ICH_ELRSR_EL2", "S3_4_C12_C11_5", 0)                                                        \
    X("ICC_SRE_EL2", "S3_4_C12_C9_5", 1)

static struct result {
    const char *name;
    u64 read, write, value, offset;
} results[16];
static unsigned count;

static u64 el1_memory_registers(u64 value)
{
    struct result *r = results;
#define TRY(text, encoding, at)                                                                    \
    r->offset = at;                                                                                \
    r->write = TRAP_OF(WRITE_SYS(encoding, value + (at)));                                         \
    r->value = 0;                                                                                  \
    r->read = TRAP_OF(r->value = READ_SYS(encoding));                                              \
    r++;
    MEMORY_REGISTERS(TRY)
#undef TRY
    count = (unsigned)(r - results);
    return 0;
}

static u64 el1_trapped_registers(u64 value)
{
    struct result *r = results;
#define TRY(text, encoding, writable)                                                              \
    r->name = text;                                                                                \
    r->write = writable ? TRAP_OF(WRITE_SYS(encoding, value)) : TRAP;                              \
    r->read = TRAP_OF(READ_SYS(encoding));                                                         \
    r++;
    TRAPPED_REGISTERS(TRY)
#undef TRY
    count = (unsigned)(r - results);
    return 0;
}

static const char *const memory_names[] = {
#define NAME(text, encoding, at) #text,
    MEMORY_REGISTERS(NAME)
#undef NAME
};

static void nested(const char *name, u64 bits, u64 want)
{
    struct vif before, after;

    section(name);
    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    vif_read(&before);
    for (unsigned n = 0; n < 512; n++) {
        page[n] = n;
    }
    WRITE_SYS(VNCR_EL2, (u64)page);
    hcr(HCR_IMO | HCR_FMO | bits);
    guest(el1_memory_registers, 0x1234567800000000);
    hcr(HCR_IMO | HCR_FMO);
    const bool memory = !want;
    for (unsigned n = 0; n < count; n++) {
        const u64 at = results[n].offset;
        expect(results[n].write | results[n].read << 16, want | want << 16, "%s", memory_names[n]);
        if (memory) {
            expect(results[n].value, 0x1234567800000000 + at, "%s: value", memory_names[n]);
        }
        expect(page[at / 8], memory ? 0x1234567800000000 + at : at / 8, "%s: memory",
               memory_names[n]);
    }
    u64 other_words = 0;
    for (unsigned n = 0; n < 512; n++) {
        other_words += page[n] != n;
    }
    expect(other_words, memory ? count : 0, "words of the page that changed");
    hcr(HCR_IMO | HCR_FMO | bits);
    guest(el1_trapped_registers, 0xf);
    hcr(HCR_IMO | HCR_FMO);
    for (unsigned n = 0; n < count; n++) {
        const u64 trap = bits & HCR_NV ? TRAP : 0x100;
        expect(results[n].read, trap, "%s read", results[n].name);
        if (results[n].write != TRAP || bits & HCR_NV) {
            expect(results[n].write, trap, "%s written", results[n].name);
        }
    }
    vif_read(&after);
    expect(vif_same(&before, &after), 1, "the registers of EL2 are as before");
    hcr(HCR_IMO | HCR_FMO | bits);
    /* The interface of EL1 itself is not touched by any of this. */
    expect(guest(f_iar1, 0), 40, "IAR1");
    guest(f_eoi1, 40);
    expect(guest(f_pmr, 0), 0xf8, "PMR");
    hcr(HCR_IMO | HCR_FMO);
    expect(lr_state(lr_read(0)), 0, "State");
}

int main(void)
{
    el2_init();
    fine_grained();
    vhe();
    nested("NV 0", 0, 0x100);
    nested("NV", HCR_NV, TRAP);
    nested("NV NV2", HCR_NV | HCR_NV2, 0);
    nested("NV NV1 NV2", HCR_NV | HCR_NV1 | HCR_NV2, 0);
    nested("NV2 without NV", HCR_NV2, 0x100);
    return 0;
}
