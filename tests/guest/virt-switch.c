/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Two virtual CPUs share one PE: their list registers, VMCR and active priorities are saved and
 * restored while interrupts are active, in both EOI modes. Each goes on as if it had been alone.
 */
#include "rt/virt.h"

static struct vif vcpus[2];
static unsigned loaded;

static void load(unsigned n)
{
    if (n != loaded) {
        vif_read(&vcpus[loaded]);
        ich_hcr_write(0);
        vif_write(&vcpus[n]);
        loaded = n;
    }
}

static void start(u64 other_vmcr)
{
    vif_reset();
    vif_read(&vcpus[0]);
    vcpus[1] = vcpus[0];
    vcpus[1].vmcr = other_vmcr;
    loaded = 0;
}

/* vCPU 0 nests three deep, vCPU 1 takes and ends its own in between. */
static void nested(void)
{
    section("nested");
    start(VMCR_OPEN | VMCR_VEOIM | VMCR_VCBPR);
    for (unsigned n = 0; n < 3; n++) {
        load(0);
        lr_write(n, lr(n & 1, 0x80 - 0x20 * n, 40 + n));
        expect(guest(n & 1 ? f_iar1 : f_iar0, 0), 40 + n, "vCPU 0 takes %u", (u64)n);
        load(1);
        expect(guest(f_rpr, 0), 0xff, "vCPU 1 is idle %u", (u64)n);
        expect(guest(f_iar0, 0) << 16 | guest(f_iar1, 0), 1023 << 16 | 1023,
               "vCPU 1 has nothing %u", (u64)n);
        lr_write(n, lr(1, 0x90, 40 + n));
        expect(guest(f_iar1, 0), 40 + n, "vCPU 1 takes %u", (u64)n);
        guest(f_eoi1, 40 + n);
    }
    load(0);
    expect(ap0r() << 32 | ap1r(), (1ull << 16 | 1ull << 8) << 32 | 1 << 12, "vCPU 0: AP0R0, AP1R0");
    load(1);
    expect(ap0r() << 32 | ap1r(), 0, "vCPU 1: AP0R0, AP1R0");
    for (unsigned n = 0; n < 3; n++) {
        load(1);
        expect(lr_state(lr_read(n)), 2, "vCPU 1 has %u active", (u64)n);
        guest(f_dir, 40 + n);
        expect(lr_state(lr_read(n)), 0, "vCPU 1 deactivates %u", (u64)n);
        load(0);
        const unsigned k = 2 - n;
        expect(guest(f_rpr, 0), 0x80 - 0x20 * k, "vCPU 0 runs %u", (u64)k);
        guest(k & 1 ? f_eoi1 : f_eoi0, 40 + k);
        expect(lr_state(lr_read(k)), 0, "vCPU 0 ends %u", (u64)k);
    }
    expect(guest(f_rpr, 0), 0xff, "vCPU 0: RPR");
    expect(elrsr(), 0xf, "vCPU 0: ELRSR");
    load(1);
    expect(guest(f_ctlr, 0), 0x8c03, "vCPU 1: CTLR");
    expect(EOICOUNT_OF(ich_hcr()), 0, "vCPU 1: EOIcount");
    load(0);
    expect(guest(f_ctlr, 0), 0x8c00, "vCPU 0: CTLR");
    expect(EOICOUNT_OF(ich_hcr()), 0, "vCPU 0: EOIcount");
}

/* The priority that runs comes back with the active priority registers, before list registers. */
static void priorities(void)
{
    section("priorities");
    for (unsigned level = 0; level < 32; level += 3) {
        start(VMCR_OPEN);
        lr_write(0, lr(1, level << 3 < 0xf8 ? level << 3 : 0xf0, 40));
        expect(guest(f_iar1, 0), 40, "level %u taken", (u64)level);
        load(1);
        expect(guest(f_rpr, 0), 0xff, "level %u, the other", (u64)level);
        load(0);
        expect(guest(f_rpr, 0), level << 3 < 0xf8 ? level << 3 : 0xf0, "level %u restored",
               (u64)level);
        lr_write(1, lr(1, level << 3, 41));
        expect(guest(f_iar1, 0), SPURIOUS, "level %u, an equal one", (u64)level);
        guest(f_eoi1, 40);
        expect(guest(f_rpr, 0), 0xff, "level %u ended", (u64)level);
        expect(EOICOUNT_OF(ich_hcr()), 0, "level %u, EOIcount", (u64)level);
    }
}

/* A list register is moved while it is active, and its vCPU loses one to the software list. */
static void moved(void)
{
    section("moved");
    start(VMCR_OPEN);
    lr_write(0, lr(1, 0x60, 40));
    lr_write(1, lr(1, 0x40, 41));
    expect(guest(f_iar1, 0), 41, "taken");
    load(1);
    vcpus[0].lr[3] = vcpus[0].lr[1];
    vcpus[0].lr[1] = 0;
    load(0);
    guest(f_eoi1, 41);
    expect(lr_state(lr_read(3)), 0, "ended where it is now");
    expect(guest(f_iar1, 0), 40, "taken, the second");
    load(1);
    vcpus[0].lr[0] = 0;
    load(0);
    guest(f_eoi1, 40);
    expect(EOICOUNT_OF(ich_hcr()), 1, "EOIcount of one that went");
    expect(guest(f_rpr, 0), 0xff, "RPR");
    load(1);
    expect(EOICOUNT_OF(ich_hcr()), 0, "EOIcount of the other");
    load(0);
    expect(EOICOUNT_OF(ich_hcr()), 1, "EOIcount restored");
}

/* Long rounds of random work of each vCPU against its own reference. */
static u64 seed = 7;

static void rounds(void)
{
    struct vif references[2];
    u64 wrong = 0, taken[2] = {0};

    section("rounds");
    start((VMCR_OPEN & ~VMCR_VBPR0(7)) | VMCR_VBPR0(4) | VMCR_VCBPR);
    references[0] = vcpus[0], references[1] = vcpus[1];
    for (unsigned n = 0; n < option("count", 2000); n++) {
        const unsigned who = (unsigned)draw(&seed, 2);
        struct vif *r = &references[who];
        load(who);
        const unsigned k = (unsigned)draw(&seed, r->lrs);
        if (!lr_state(r->lr[k])) {
            r->lr[k] = lr(draw(&seed, 2), draw(&seed, 24) << 3, 40 + 4 * draw(&seed, 8) + k);
            lr_write(k, r->lr[k]);
        }
        const unsigned group = (unsigned)draw(&seed, 2);
        u64 id = vif_iar(r, group);
        wrong += guest(group ? f_iar1 : f_iar0, 0) != id;
        taken[who] += id != SPURIOUS;
        if (!draw(&seed, 3)) {
            /* It ends its best: the last one that it took. */
            const u64 running = vif_rpr(r), mask = r->vmcr & VMCR_VCBPR ? 0xe0 : 0xf8;
            for (unsigned i = 0; i < r->lrs; i++) {
                const unsigned g = r->lr[i] & LR_GROUP1 ? 1 : 0;
                if (r->lr[i] & LR_ACTIVE && (lr_priority(r->lr[i]) & mask) == running) {
                    id = r->lr[i] & 0xffff;
                    vif_eoir(r, g, id);
                    guest(g ? f_eoi1 : f_eoi0, id);
                    break;
                }
            }
        }
        struct vif now;
        vif_read(&now);
        wrong += !vif_same(&now, r);
    }
    expect(wrong, 0, "differences");
    fact(taken[0], "vCPU 0 took");
    fact(taken[1], "vCPU 1 took");
}

int main(void)
{
    el2_init();
    nested();
    priorities();
    moved();
    rounds();
    return 0;
}
