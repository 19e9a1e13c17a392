/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * Two Security states, the three groups seen from EL3, Secure EL1 and Non-secure EL1: IRQ or FIQ,
 * special INTIDs, who may end and who may deactivate what, which EOImode counts. SCR_EL3.IRQ and
 * FIQ are 0, so that no access traps.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41
};

static void signals(void)
{
    static const unsigned want[CLASSES][PLACES] = {
        [G0] = {MASK_FIQ, MASK_FIQ, MASK_FIQ},
        [G1S] = {MASK_FIQ, MASK_IRQ, MASK_FIQ},
        [G1NS] = {MASK_FIQ, MASK_FIQ, MASK_IRQ},
    };
    section("signal");
    for (unsigned c = 0; c < CLASSES; c++) {
        setup_class(A, c, 0x90);
        pend(A);
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), want[c][p], "%s at %s", class_names[c], place_names[p]);
        }
        el3_idle();
    }
}

/* [7.5, 7.6]: specials are the same for IAR and HPPIR. */
static const u64 acknowledge[2][CLASSES][PLACES] = {
    {{A, A, SPURIOUS}, {1020, SPURIOUS, SPURIOUS}, {1021, SPURIOUS, SPURIOUS}},
    {{SPURIOUS, SPURIOUS, SPURIOUS}, {A, A, SPURIOUS}, {A, SPURIOUS, A}},
};

static void specials(void)
{
    u64 (*const hppir[2])(u64) = {f_hppir0, f_hppir1};
    u64 (*const iar[2])(u64) = {f_iar0, f_iar1};

    section("special");
    for (unsigned p = 0; p < PLACES; p++) {
        for (unsigned r = 0; r < 2; r++) {
            expect(at(p, hppir[r], 0), SPURIOUS, "HPPIR%u at %s, none", (u64)r, place_names[p]);
            expect(at(p, iar[r], 0), SPURIOUS, "IAR%u at %s, none", (u64)r, place_names[p]);
        }
    }
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned p = 0; p < PLACES; p++) {
            for (unsigned r = 0; r < 2; r++) {
                const u64 want = acknowledge[r][c][p];
                setup_class(A, c, 0x90);
                pend(A);
                expect(at(p, hppir[r], 0), want, "HPPIR%u at %s, %s", (u64)r, place_names[p],
                       class_names[c]);
                expect(at(p, iar[r], 0), want, "IAR%u at %s, %s", (u64)r, place_names[p],
                       class_names[c]);
                expect(rpr(), want == A ? 0x90 : 0xff, "IAR%u at %s, %s: RPR then", (u64)r,
                       place_names[p], class_names[c]);
                expect(state(A), want == A ? 2 : 1, "IAR%u at %s, %s: state then", (u64)r,
                       place_names[p], class_names[c]);
                el3_idle();
            }
        }
    }
    /* A Secure interrupt above a Non-secure one comes first, also for Non-secure software. */
    setup_class(A, G1S, 0x40);
    setup_class(B, G1NS, 0x90);
    pend(A), pend(B);
    expect(at(AT_NS_EL1, f_iar1, 0), SPURIOUS, "IAR1 at NS-EL1, a Secure one is above");
    expect(at(AT_NS_EL1, f_lines, 0), MASK_FIQ, "lines at NS-EL1, a Secure one is above");
    expect(iar1(), A, "IAR1 at EL3, the Secure one");
    eoi1(A);
    expect(at(AT_NS_EL1, f_iar1, 0), B, "IAR1 at NS-EL1 then");
    el3_idle();
}

static void ends(void)
{
    static const bool may[2][CLASSES][PLACES] = {
        {{1, 1, 0}, {0, 0, 0}, {0, 0, 0}},
        {{0, 0, 0}, {1, 1, 0}, {1, 0, 1}},
    };
    u64 (*const eoi[2])(u64) = {f_eoi0, f_eoi1};

    section("eoi");
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned p = 0; p < PLACES; p++) {
            for (unsigned r = 0; r < 2; r++) {
                setup_class(A, c, 0x90);
                pend(A);
                const u64 intid = el3_ack(c);
                at(p, eoi[r], A);
                expect(intid << 16 | rpr() << 8 | state(A),
                       (u64)A << 16 | (may[r][c][p] ? 0xff00 : 0x9002), "EOIR%u at %s of %s",
                       (u64)r, place_names[p], class_names[c]);
                el3_idle();
            }
        }
    }

    section("dir");
    static const bool deactivates[CLASSES][PLACES] = {{1, 1, 0}, {1, 1, 0}, {1, 1, 1}};
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned p = 0; p < PLACES; p++) {
            WRITE_SYS(ICC_CTLR_EL3,
                      CTLR_EL3_EOIMODE_EL3 | CTLR_EL3_EOIMODE_S | CTLR_EL3_EOIMODE_NS);
            setup_class(A, c, 0x90);
            bit_write(ISACTIVER, A);
            at(p, f_dir, A);
            expect(state(A), deactivates[c][p] ? 0 : 2, "DIR at %s of %s", place_names[p],
                   class_names[c]);
            el3_idle();
        }
    }

    /* Which EOImode bit decides is a matter of where the EOIR is written. */
    section("eoimode");
    static const u64 bits[] = {CTLR_EL3_EOIMODE_EL3, CTLR_EL3_EOIMODE_S, CTLR_EL3_EOIMODE_NS};
    for (unsigned b = 0; b < 3; b++) {
        for (unsigned p = 0; p < PLACES; p++) {
            const enum class c = p == AT_NS_EL1 ? G1NS : G1S;
            WRITE_SYS(ICC_CTLR_EL3, bits[b]);
            setup_class(A, c, 0x90);
            pend(A);
            expect(el3_ack(c), A, "taken");
            at(p, f_eoi1, A);
            expect(state(A), b == p ? 2 : 0, "EOIR1 at %s with EOImode of %s alone", place_names[p],
                   place_names[b]);
            el3_idle();
        }
    }
}

static void enables(void)
{
    static const u32 gicd[] = {CTLR_GRP0, CTLR_GRP1S, CTLR_GRP1};
    const u32 all = CTLR_ARE | CTLR_ARE_NS | CTLR_GRP0 | CTLR_GRP1 | CTLR_GRP1S;

    section("enable");
    for (unsigned c = 0; c < CLASSES; c++) {
        setup_class(A, c, 0x90);
        pend(A);
        for (unsigned off = 0; off < CLASSES; off++) {
            write32(GICD + GICD_CTLR, all & ~gicd[off]);
            expect(lines(), off == c ? 0 : MASK_FIQ, "%s with %s off in GICD_CTLR", class_names[c],
                   class_names[off]);
            write32(GICD + GICD_CTLR, all);
            WRITE_SYS(ICC_IGRPEN0_EL1, off != G0);
            WRITE_SYS(ICC_IGRPEN1_EL3, (off != G1NS) | (off != G1S) << 1);
            expect(lines(), off == c ? 0 : MASK_FIQ, "%s with %s off in the CPU interface",
                   class_names[c], class_names[off]);
            WRITE_SYS(ICC_IGRPEN0_EL1, 1);
            WRITE_SYS(ICC_IGRPEN1_EL3, 3);
        }
        el3_idle();
    }
    section("hidden");
    for (unsigned c = 0; c < CLASSES; c++) {
        const enum class other = (c + 1) % CLASSES;
        setup_class(A, c, 0x40), setup_class(B, other, 0x90);
        pend(A), pend(B);
        WRITE_SYS(ICC_IGRPEN0_EL1, c != G0);
        WRITE_SYS(ICC_IGRPEN1_EL3, (c != G1NS) | (c != G1S) << 1);
        expect(el3_ack(other), B, "%s disabled above %s", class_names[c], class_names[other]);
        WRITE_SYS(ICC_IGRPEN0_EL1, 1);
        WRITE_SYS(ICC_IGRPEN1_EL3, 3);
        el3_idle();
    }
}

static void changes(void)
{
    section("change");
    setup_class(A, G0, 0x90);
    pend(A);
    for (unsigned from = 0; from < CLASSES; from++) {
        for (unsigned n = 1; n < CLASSES; n++) {
            const enum class to = (from + n) % CLASSES;
            set_class(A, from);
            set_class(A, to);
            expect(at(to == G1NS ? AT_NS_EL1 : AT_S_EL1, f_lines, 0),
                   to == G0 ? MASK_FIQ : MASK_IRQ, "pending %s becomes %s", class_names[from],
                   class_names[to]);
        }
    }
    /* IGROUPR = IGRPMODR = 1 is reserved and behaves as Non-secure Group 1. */
    bit_set(IGROUPR, A, true);
    bit_set(IGRPMODR, A, true);
    expect(at(AT_NS_EL1, f_iar1, 0), A, "IGROUPR = IGRPMODR = 1");
    el3_idle();
    bit_set(IGRPMODR, A, false);
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    signals();
    specials();
    ends();
    enables();
    changes();
    return 0;
}
