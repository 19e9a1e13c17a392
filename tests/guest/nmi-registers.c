/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 cpu=max
 *
 * FEAT_GICv3_NMI, one Security state: identification, GICD_INMIR<n> and GICR_INMIR0, which of their
 * bits exist, that each PE has its own, what reset leaves of it.
 */
#include "rt/nmi.h"

static u64 f_inmir0(u64 unused)
{
    return read32(SGI_BASE(pe_number()) + INMIR) + unused;
}
static u64 f_set_inmir0(u64 value)
{
    write32(SGI_BASE(pe_number()) + INMIR, (u32)value);
    return 0;
}

static void identification(void)
{
    section("id");
    expect(READ_SYS("id_aa64pfr1_el1") >> 36 & 0xf, 1, "ID_AA64PFR1_EL1.NMI");
    expect(read32(GICD + GICD_TYPER) >> 9 & 1, 1, "GICD_TYPER.NMI");
    expect(TRAP_OF(nmiar1()), 0, "ICC_NMIAR1_EL1 read");
    expect(TRAP_OF(WRITE_SYS(ICC_NMIAR1_EL1, 0)), 0x100, "ICC_NMIAR1_EL1 written");
    /* The registers that would stand at its side. */
    expect(TRAP_OF(READ_SYS("S3_0_C12_C9_4")), 0x100, "S3_0_C12_C9_4 read");
    expect(TRAP_OF(READ_SYS("S3_0_C12_C9_6")), 0x100, "S3_0_C12_C9_6 read");
}

static void words(void)
{
    static const u32 patterns[] = {~0u, 0, 0xa5a5a5a5, 0x5a5a5a5a};
    section("inmir");
    expect(f_inmir0(0), 0, "GICR_INMIR0 at reset");
    for (unsigned n = 0; n < 32; n++) {
        const u64 at = GICD + INMIR + 4 * n;
        const bool there = n >= 1 && n <= LAST_SPI / 32;
        expect(read32(at), 0, "GICD_INMIR%u at reset", (u64)n);
        for (unsigned p = 0; p < 4; p++) {
            write32(at, patterns[p]);
            expect(read32(at), there ? patterns[p] : 0, "GICD_INMIR%u written %x", (u64)n,
                   (u64)patterns[p]);
        }
        write32(at, 0);
    }
    for (unsigned p = 0; p < 4; p++) {
        f_set_inmir0(patterns[p]);
        expect(f_inmir0(0), patterns[p], "GICR_INMIR0 written %x", (u64)patterns[p]);
        expect(read32(GICD + INMIR), 0, "GICR_INMIR0 written %x: GICD_INMIR0", (u64)patterns[p]);
    }
    for (unsigned n = 1; n < 3; n++) {
        const u64 at = SGI_BASE(0) + INMIR + 4 * n;
        write32(at, ~0u);
        expect(read32(at), 0, "GICR_INMIR%uE, no extended PPIs", (u64)n);
    }
    f_set_inmir0(0);
}

/* Bits of interrupts of either group are kept, whatever else they have. */
static void independent(void)
{
    section("kept");
    for (unsigned i = 4; i < 60; i += 14) {
        setup(i, 1, 0xa0);
        set_nmi(i, true);
        expect(bit_read(INMIR, i), 1, "INTID %u, Group 1", (u64)i);
        set_group(i, 0);
        expect(bit_read(INMIR, i), 1, "INTID %u, Group 0", (u64)i);
        set_nmi(i, false);
        expect(bit_read(INMIR, i), 0, "INTID %u, Group 0, cleared", (u64)i);
        set_nmi(i, true);
        set_group(i, 1);
        expect(bit_read(INMIR, i), 1, "INTID %u, Group 1, set in Group 0", (u64)i);
        expect(get_priority(i), 0xa0, "INTID %u, IPRIORITYR", (u64)i);
        set_priority(i, 0x60);
        set_nmi(i, false);
        expect(get_priority(i), 0x60, "INTID %u, IPRIORITYR written meanwhile", (u64)i);
        disable(i);
    }
}

static u64 f_start(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

/* One PE's SGIs are NMIs, the other's are not. */
static void banks(void)
{
    section("banks");
    pe_start(1);
    on_pe(1, f_start, 0);
    expect(on_pe(1, f_inmir0, 0), 0, "GICR_INMIR0 of PE 1");
    f_set_inmir0(0xff);
    expect(on_pe(1, f_inmir0, 0), 0, "GICR_INMIR0 of PE 1, that of PE 0 is 0xff");
    on_pe(1, f_set_inmir0, 0xff00);
    expect(f_inmir0(0), 0xff, "GICR_INMIR0 of PE 0, that of PE 1 is 0xff00");
    for (unsigned pe = 0; pe < 2; pe++) {
        write32(SGI_BASE(pe) + ISENABLER, 0xffff);
    }
    send_sgi1(sgi(3, 0, 0, 3));
    expect(isr(), ISR_I | ISR_IS, "SGI 3: ISR_EL1 of PE 0");
    expect(on_pe(1, f_isr, 0), ISR_I, "SGI 3: ISR_EL1 of PE 1");
    expect(nmiar1(), 3, "SGI 3: NMIAR1 of PE 0");
    expect(on_pe(1, f_nmiar1, 0), SPURIOUS, "SGI 3: NMIAR1 of PE 1");
    expect(on_pe(1, f_iar1, 0), 3, "SGI 3: IAR1 of PE 1");
    eoi1(3);
    on_pe(1, f_eoi1, 3);
    send_sgi1(SGI_IRM | 12 << 24);
    expect(isr(), 0, "SGI 12 to all others: ISR_EL1 of PE 0");
    expect(on_pe(1, f_isr, 0), ISR_I | ISR_IS, "SGI 12 to all others: ISR_EL1 of PE 1");
    expect(on_pe(1, f_nmiar1, 0), 12, "SGI 12 to all others: NMIAR1 of PE 1");
    on_pe(1, f_eoi1, 12);

    /* An SPI that is an NMI goes where IROUTER says, also if that changes. */
    setup(40, 1, 0xa0);
    set_nmi(40, true);
    pend(40);
    expect(isr() << 4 | on_pe(1, f_isr, 0), (ISR_I | ISR_IS) << 4, "SPI to PE 0: ISR_EL1 of both");
    route(40, 1);
    expect(isr() << 4 | on_pe(1, f_isr, 0), ISR_I | ISR_IS, "SPI to PE 1: ISR_EL1 of both");
    expect(on_pe(1, f_nmiar1, 0), 40, "SPI to PE 1: NMIAR1");
    expect(state(40), 2, "SPI to PE 1: state");
    on_pe(1, f_eoi1, 40);
    expect(state(40), 0, "SPI to PE 1: state after its end");
}

int main(void)
{
    identification();
    words();
    gicd_init();
    gicr_init();
    icc_init();
    independent();
    f_set_inmir0(0);
    banks();
    return 0;
}
