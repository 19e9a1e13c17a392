/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4 secure=on virtualization=on firmware=on cpu=max
 *
 * A whole system on four PEs at once: firmware at EL3 that hands interrupts of the other world over
 * (SCR_EL3.FIQ = 1), a Secure payload at S-EL1, a hypervisor at NS-EL2 that injects what it takes
 * into its guest at NS-EL1. Every PE sends SGIs of all three groups to all others, from each of
 * these places in turn, and waits there until they have arrived: each must be handled where its
 * group belongs, none be lost or come twice.
 */
#include "rt/sec.h"

enum {
    PES = 4,
    ROUNDS = 8
};

static const enum spot spots[] = {NS_EL1, NS_EL2, S_EL1, EL3};

static struct {
    volatile u64 received[16];
    volatile u64 at_el3, at_s_el1, at_ns_el2, at_ns_el1, wrong;
    volatile u64 served, done;
    volatile bool secure;
    u8 stack[4096] __attribute__((aligned(16))); /* SP_EL2 */
} pes[PES];

/* Each sender has an SGI of each class. */
static unsigned intid_of(unsigned sender, enum class class)
{
    return sender * CLASSES + class;
}

/* Into the list register that has it already, or a free one. */
static void inject(unsigned pe, u64 intid)
{
    unsigned to = MAX_LRS;
    for (unsigned n = list_registers(); n-- > 0;) {
        const u64 value = lr_read(n);
        if (lr_state(value) && (value & 0xffff) == intid) {
            lr_write(n, value | LR_PENDING);
            return;
        }
        to = lr_state(value) ? to : n;
    }
    if (to == MAX_LRS) {
        pes[pe].wrong++;
        return;
    }
    lr_write(to, lr(1, 0x80, intid));
}

static void on_irq(struct frame *f)
{
    const unsigned pe = pe_number();
    const u64 intid = iar1();
    if (intid == SPURIOUS) {
        return; /* a better one of the other world came in between */
    }
    eoi1(intid);
    if (f->el == 2) {
        dir(intid); /* EOI mode 1 */
        pes[pe].at_ns_el2++;
        pes[pe].wrong += intid % CLASSES != G1NS || pes[pe].secure;
        inject(pe, intid);
        return;
    }
    *(pes[pe].secure ? &pes[pe].at_s_el1 : &pes[pe].at_ns_el1) += 1;
    pes[pe].wrong += f->el != 1 || intid % CLASSES != (pes[pe].secure ? G1S : G1NS);
    pes[pe].received[intid & 0xf]++;
    pes[pe].served++;
}

/* At EL1 of the world that has an interrupt waiting: returns once it was taken, or is gone. */
static u64 serve(u64 unused)
{
    const unsigned pe = pe_number();
    const u64 before = pes[pe].served;
    unmask(MASK_IRQ);
    for (unsigned n = 0; n < 2000 && pes[pe].served == before; n++) {
        __asm__ volatile("" ::: "memory");
    }
    mask();
    return unused;
}

/* At EL3: the guest goes on until no list register waits for it. Nobody injects meanwhile. */
static void drain(void)
{
    const u64 scr = READ_SYS("scr_el3");
    for (;;) {
        scr_set(SCR_NS, 0);
        const bool empty = elrsr() == (1ull << list_registers()) - 1;
        WRITE_SYS("scr_el3", scr);
        if (empty) {
            return;
        }
        in_world(NON_SECURE, serve, 0);
    }
}

static void on_fiq(struct frame *f)
{
    const unsigned pe = pe_number();
    const u64 intid = iar0();
    const bool before = pes[pe].secure;
    pes[pe].wrong += f->el != 3;
    switch (intid) {
    case 1020:
        /* The payload's handler is not preempted: FIQ stays with it, masked. */
        pes[pe].secure = true;
        scr_set(0, SCR_FIQ);
        in_world(SECURE, serve, 0);
        scr_set(SCR_FIQ, 0);
        break;
    case 1021:
        pes[pe].secure = false;
        in_world(NON_SECURE, serve, 0);
        drain();
        break;
    case SPURIOUS:
        break;
    default:
        eoi0(intid);
        pes[pe].at_el3++;
        pes[pe].wrong += intid % CLASSES != G0;
        pes[pe].received[intid & 0xf]++;
    }
    pes[pe].secure = before;
}

/* Waiting: for the arrival of an SGI, or for the end of all PEs. */
static struct {
    volatile unsigned target, intid;
    volatile u64 count;
} goals[PES];

static bool reached(void)
{
    const unsigned pe = pe_number();
    if (goals[pe].target < PES) {
        return pes[goals[pe].target].received[goals[pe].intid] >= goals[pe].count;
    }
    for (unsigned n = 0; n < PES; n++) {
        if (!pes[n].done) {
            return false;
        }
    }
    return true;
}

static u64 wait(u64 unused)
{
    unmask(MASK_IRQ | MASK_FIQ);
    while (!reached()) {
        /* The hypervisor runs its guest when that has something to do. */
        if (current_el() == 2 && elrsr() != (1ull << list_registers()) - 1) {
            mask();
            in_el(1, serve, 0);
            unmask(MASK_IRQ | MASK_FIQ);
        }
        __asm__ volatile("isb" ::: "memory");
    }
    mask();
    return unused;
}

static void wait_at(enum spot spot)
{
    const unsigned pe = pe_number();
    pes[pe].secure = !spot_ns(spot);
    at_spot(spot, wait, 0);
    if (spot_ns(spot)) {
        drain();
    }
    pes[pe].secure = true;
}

static u64 f_sgi0(u64 value)
{
    send_sgi0(value);
    return 0;
}
static u64 f_sgi1(u64 value)
{
    send_sgi1(value);
    return 0;
}
static u64 f_asgi1(u64 value)
{
    send_asgi1(value);
    return 0;
}

/* From EL3, or from the EL below it that owns the group. */
static void send(unsigned target, enum class class, bool from_el3)
{
    const u64 value = sgi(intid_of(pe_number(), class), pe_mpidr(target), 0, 1u << target);
    if (class == G0) {
        at_spot(from_el3 ? EL3 : S_EL1, f_sgi0, value);
    } else if (class == G1S) {
        at_spot(from_el3 ? EL3 : S_EL1, f_sgi1, value);
    } else if (from_el3) {
        f_asgi1(value);
    } else {
        at_spot(NS_EL2, f_sgi1, value);
    }
}

static void setup_pe(void)
{
    static const u8 priorities[] = {0x20, 0x60, 0xa0};
    const unsigned pe = pe_number();
    el3_pe_init();
    WRITE_SYS("sp_el2", (u64)pes[pe].stack + sizeof(pes[pe].stack));
    for (unsigned n = 0; n < PES * CLASSES; n++) {
        setup_class(n, n % CLASSES, priorities[n % CLASSES]);
    }
    WRITE_SYS(ICC_CTLR_EL3, CTLR_EL3_EOIMODE_NS);
    hcr(HCR_IMO | HCR_FMO);
    scr_set(SCR_NS, 0);
    for (unsigned n = 0; n < list_registers(); n++) {
        lr_write(n, 0);
    }
    ap0r_write(0), ap1r_write(0);
    vmcr_write(VMCR_OPEN);
    ich_hcr_write(ICH_EN);
    scr_set(SCR_FIQ, SCR_NS);
    irq_handler[pe] = on_irq;
    fiq_handler[pe] = on_fiq;
    pes[pe].secure = true;
}

static u64 run(u64 unused)
{
    const unsigned pe = pe_number();
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned c = 0; c < CLASSES; c++) {
            for (unsigned n = 1; n < PES; n++) {
                goals[pe].target = (pe + n) % PES;
                goals[pe].intid = intid_of(pe, c);
                goals[pe].count = round + 1;
                send(goals[pe].target, c, round / 4 & 1);
                wait_at(spots[(round + pe + n) % 4]);
            }
        }
    }
    goals[pe].target = PES;
    pes[pe].done = 1;
    wait_at(spots[pe]);
    scr_set(0, SCR_FIQ);
    return unused;
}

static u64 f_setup(u64 unused)
{
    setup_pe();
    return unused;
}

int main(void)
{
    const u64 each = ROUNDS * (PES - 1);
    el3_gicd_init();
    for (unsigned n = 1; n < PES; n++) {
        pe_start(n);
        on_pe(n, f_setup, 0);
    }
    setup_pe();
    for (unsigned n = 1; n < PES; n++) {
        on_pe_begin(n, run, 0);
    }
    run(0);
    for (unsigned n = 1; n < PES; n++) {
        on_pe_end(n);
    }
    section("firmware");
    for (unsigned pe = 0; pe < PES; pe++) {
        const u64 p = pe;
        for (unsigned i = 0; i < PES * CLASSES; i++) {
            expect(pes[pe].received[i], i / CLASSES == pe ? 0 : ROUNDS,
                   "PE %u: SGI %u of PE %u, %s", p, (u64)i, (u64)i / CLASSES,
                   class_names[i % CLASSES]);
        }
        expect(pes[pe].at_el3, each, "PE %u: Group 0 at EL3", p);
        expect(pes[pe].at_s_el1, each, "PE %u: Secure Group 1 at S-EL1", p);
        expect(pes[pe].at_ns_el2, each, "PE %u: Non-secure Group 1 at NS-EL2", p);
        expect(pes[pe].at_ns_el1, each, "PE %u: virtual ones at NS-EL1", p);
        expect(pes[pe].wrong, 0, "PE %u: at the wrong place", p);
    }
    expect(rpr(), 0xff, "RPR");
    expect(read32(SGI_BASE(0) + ISPENDR) | read32(SGI_BASE(0) + ISACTIVER), 0, "pending or active");
    return 0;
}
