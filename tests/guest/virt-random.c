/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Random list registers, priorities and control bits, and random accesses of the guest to them:
 * answers and the whole state against the reference after each. One line for each register, with
 * the number of accesses that differed.
 */
#include "rt/virt.h"

static u64 seed = 1;

static u64 draw_lr(void)
{
    static const u64 ids[] = {40, 41, 42, 43, 44, 1021, 1023, 1100, 4100, 9000, 9001};
    u64 value =
        ids[draw(&seed, sizeof(ids) / 8)] | LR_PRIORITY(draw(&seed, 8) << 3 | draw(&seed, 2) << 6);
    value |= draw(&seed, 4) << 62;
    value |= draw(&seed, 2) ? LR_GROUP1 : 0;
    value |= draw(&seed, 4) ? 0 : LR_EOI;
    return value;
}

static void draw_state(struct vif *v)
{
    v->lrs = list_registers();
    for (unsigned n = 0; n < v->lrs; n++) {
        v->lr[n] = draw_lr();
    }
    v->ap0 = draw(&seed, 3) ? 0 : 1u << draw(&seed, 32);
    v->ap1 = draw(&seed, 3) ? 0 : 1u << draw(&seed, 32) | 1u << draw(&seed, 32);
    v->vmcr = VMCR_VPMR(draw(&seed, 4) ? 0xf8 : draw(&seed, 32) << 3) |
              VMCR_VBPR0(2 + draw(&seed, 6)) | VMCR_VBPR1(3 + draw(&seed, 5)) | VMCR_VFIQEN |
              (draw(&seed, 6) ? VMCR_VENG0 : 0) | (draw(&seed, 6) ? VMCR_VENG1 : 0) |
              (draw(&seed, 3) ? 0 : VMCR_VCBPR) | (draw(&seed, 2) ? 0 : VMCR_VEOIM);
    v->hcr = (draw(&seed, 8) ? ICH_EN : 0) | draw(&seed, 128) << 1 | ICH_EOICOUNT(draw(&seed, 32));
}

static u64 argument(enum op op, const struct vif *v)
{
    if (op >= OP_EOIR0 && op <= OP_DIR) {
        return draw(&seed, 4)   ? v->lr[draw(&seed, v->lrs)] & 0xffffff
               : draw(&seed, 2) ? 1020 + draw(&seed, 4)
                                : 77;
    }
    return op == OP_PMR ? draw(&seed, 4) ? 0xff : draw(&seed, 256) : draw(&seed, 8);
}

int main(void)
{
    u64 wrong[OPS] = {0}, wrong_state[OPS] = {0}, done[OPS] = {0}, wrong_misr = 0, wrong_wire = 0;

    el2_init();
    set_edge(INTID_MAINTENANCE, false);
    for (unsigned n = 0; n < option("count", 300); n++) {
        struct vif v, now;
        draw_state(&v);
        vif_write(&v);
        for (unsigned i = 0; i < 24; i++) {
            const enum op op = draw(&seed, 12) ? draw(&seed, OP_DIR + 1) : draw(&seed, OPS);
            const u64 arg = argument(op, &v);
            if (!draw(&seed, 8)) {
                const unsigned k = (unsigned)draw(&seed, v.lrs);
                v.lr[k] = draw_lr();
                lr_write(k, v.lr[k]);
            }
            const u64 want = vif_op(&v, op, arg);
            done[op]++;
            wrong[op] += guest_op(op, arg) != want;
            vif_read(&now);
            wrong_state[op] += !vif_same(&v, &now);
            wrong_misr +=
                misr() != vif_misr(&now) || eisr() != vif_eisr(&now) || elrsr() != vif_elrsr(&now);
            wrong_wire += pending(INTID_MAINTENANCE) != (now.hcr & ICH_EN && misr() != 0);
            v = now;
        }
    }
    section("random");
    for (enum op op = 0; op < OPS; op++) {
        fact(done[op], "%s", op_names[op]);
        expect(wrong[op], 0, "%s, wrong answers", op_names[op]);
        expect(wrong_state[op], 0, "%s, wrong states", op_names[op]);
    }
    expect(wrong_misr, 0, "MISR, EISR or ELRSR wrong");
    expect(wrong_wire, 0, "PPI 25 wrong");
    return 0;
}
