/* SPDX-License-Identifier: BSD-2-Clause */
/* ICH registers: what they keep, what is RES0 and RES1, reset values, AArch32 forms. */
#include "suite.h"
#include "virt.h"

static const uint32_t ap_registers[2][4] = {
    {ICH_AP0R0_EL2, ICH_AP0R1_EL2, ICH_AP0R2_EL2, ICH_AP0R3_EL2},
    {ICH_AP1R0_EL2, ICH_AP1R1_EL2, ICH_AP1R2_EL2, ICH_AP1R3_EL2}};
static const uint32_t ap_registers32[2][4] = {{ICH_AP0R0, ICH_AP0R1, ICH_AP0R2, ICH_AP0R3},
                                              {ICH_AP1R0, ICH_AP1R1, ICH_AP1R2, ICH_AP1R3}};

static const VgicCpuState hyp32 = {
    .el = 2, .space = VGIC_NS, .aarch32 = true, .el2_enabled = true, .scr_el3 = SCR_NS};

static unsigned ap_count(const Machine *m)
{
    return 1u << (vpreemption_bits(m) - 5);
}

/* Runs @p body for every width of priorities and preemption, and 1 to 16 list registers with them.
 */
static void for_each_interface(void (*body)(Machine *m))
{
    uint32_t lrs = 1;

    for (uint32_t priority = 5; priority <= 8; priority++) {
        for (uint32_t preemption = 5; preemption <= priority && preemption <= 7; preemption++) {
            for (unsigned i = 0; i < 2; i++, lrs = lrs % 16 + 1) {
                Machine *m = machine_with_ich((VgicIchOptions){.list_registers = lrs,
                                                               .priority_bits = priority,
                                                               .preemption_bits = preemption,
                                                               .intid_bits = i ? 16 : 24});
                body(m);
                if (!machine_is_consistent(m)) {
                    expect(0, 1, "%u priority bits, %u preemption bits: consistent", priority,
                           preemption);
                }
                machine_free(m);
            }
        }
    }
}

#define FOR_EACH_INTERFACE(name)                                                                   \
    static void name##_body(Machine *m);                                                           \
    static void name(Machine *none)                                                                \
    {                                                                                              \
        (void)none;                                                                                \
        for_each_interface(name##_body);                                                           \
    }                                                                                              \
    static void name##_body(Machine *m)

/* What reads back after a write of ones, zeros, and each bit alone. */
static void check_bits(Machine *m, uint32_t reg, uint64_t writable, uint64_t ones, const char *name)
{
    set_ich(m, reg, UINT64_MAX);
    expect(ich(m, reg), writable | ones, "%s: all ones", name);
    for (unsigned bit = 0; bit < 64; bit++) {
        set_ich(m, reg, 1ull << bit);
        expect(ich(m, reg), (1ull << bit & writable) | ones, "%s: bit %u", name, bit);
    }
    set_ich(m, reg, 0);
    expect(ich(m, reg), ones, "%s: zeros", name);
}

FOR_EACH_INTERFACE(vtr_says_what_is_configured)
{
    const VgicIchOptions *o = &m->config.ich_options;
    const uint64_t vtr = ich(m, ICH_VTR_EL2);

    expect(vtr & 0x1F, list_registers(m) - 1, "ListRegs");
    expect(vtr >> 29, vpriority_bits(m) - 1, "PRIbits");
    expect(vtr >> 26 & 7, vpreemption_bits(m) - 1, "PREbits");
    expect(vtr >> 23 & 7, o->intid_bits == 16 ? 0 : 1, "IDbits");
    expect(vtr >> 20 & 7, 3, "SEIS 0, A3V 1, nV4 1");
    expect(vtr >> 18 & 3, 2, "TDS 1, DVIM 0");
    expect(vtr & 0x3FFE0, 0, "RES0");
}

static void vtr_of(VgicIchOptions options, uint64_t want, const char *what)
{
    Machine *m = machine_with_ich(options);

    expect(ich(m, ICH_VTR_EL2), want, "%s", what);
    machine_free(m);
}

static void each_option_has_its_field_in_vtr(Machine *none)
{
    (void)none;
    vtr_of((VgicIchOptions){0}, 0x90B80003, "defaults: 4 list registers, 5 bits, A3V, nV4, TDS");
    vtr_of((VgicIchOptions){.no_a3v = true}, 0x90980003, "no A3V");
    vtr_of((VgicIchOptions){.no_tds = true}, 0x90B00003, "no TDS");
    vtr_of((VgicIchOptions){.seis = true}, 0x90F80003, "SEIS");
    vtr_of((VgicIchOptions){.dvim = true}, 0x90BC0003, "DVIM");
    vtr_of((VgicIchOptions){.intid_bits = 16}, 0x90380003, "16 bits");
    vtr_of((VgicIchOptions){.intid_bits = 24}, 0x90B80003, "24 bits");
    vtr_of((VgicIchOptions){.list_registers = 16}, 0x90B8000F, "16 list registers");
    vtr_of((VgicIchOptions){.priority_bits = 8}, 0xF8B80003, "8 priority bits: 7 of preemption");
    vtr_of((VgicIchOptions){.priority_bits = 6}, 0xB4B80003, "6 priority bits: 6 of preemption");
    vtr_of((VgicIchOptions){.priority_bits = 8, .preemption_bits = 5}, 0xF0B80003, "8 and 5 bits");
}

static void hcr_of(VgicIchOptions options, uint64_t writable, const char *what)
{
    Machine *m = machine_with_ich(options);

    check_bits(m, ICH_HCR_EL2, writable, 0, what);
    machine_free(m);
}

static void hcr_keeps_the_bits_that_exist(Machine *none)
{
    (void)none;
    hcr_of((VgicIchOptions){0}, 0xF8005CFF, "HCR");
    hcr_of((VgicIchOptions){.no_tds = true}, 0xF8001CFF, "HCR without TDIR");
    hcr_of((VgicIchOptions){.seis = true}, 0xF8007CFF, "HCR with TSEI");
    hcr_of((VgicIchOptions){.dvim = true}, 0xF800DCFF, "HCR with DVIM");
}

FOR_EACH_INTERFACE(vmcr_keeps_its_fields_and_vfiqen_is_res1)
{
    const uint64_t bprs = (uint64_t)minimum_vbpr(m) << VBPR0_SHIFT | (uint64_t)(minimum_vbpr(m) + 1)
                                                                         << VBPR1_SHIFT;
    const uint64_t vpmr = (uint64_t)vpriority(m, 0xFF) << VPMR_SHIFT;

    set_ich(m, ICH_VMCR_EL2, UINT64_MAX);
    expect(ich(m, ICH_VMCR_EL2), vpmr | 0xFC021B, "VMCR: all ones");
    set_ich(m, ICH_VMCR_EL2, 0);
    expect(ich(m, ICH_VMCR_EL2), bprs | VFIQEN, "VMCR: zeros");
    for (unsigned bit = 0; bit < 64; bit++) {
        if (bit < VBPR1_SHIFT || bit >= VPMR_SHIFT) {
            set_ich(m, ICH_VMCR_EL2, bprs | 1ull << bit);
            expect(ich(m, ICH_VMCR_EL2),
                   bprs | VFIQEN | (1ull << bit & (vpmr | VENG0 | VENG1 | VCBPR | VEOIM)),
                   "VMCR: bit %u, %u priority bits", bit, vpriority_bits(m));
        }
    }
}

FOR_EACH_INTERFACE(a_binary_point_below_its_minimum_is_the_minimum)
{
    const unsigned least = minimum_vbpr(m);

    for (unsigned bpr0 = 0; bpr0 < 8; bpr0++) {
        for (unsigned bpr1 = 0; bpr1 < 8; bpr1++) {
            set_ich(m, ICH_VMCR_EL2, bpr0 << VBPR0_SHIFT | bpr1 << VBPR1_SHIFT);
            const uint64_t vmcr = ich(m, ICH_VMCR_EL2);
            expect(vmcr >> VBPR0_SHIFT & 7, bpr0 < least ? least : bpr0, "VBPR0 %u, minimum %u",
                   bpr0, least);
            expect(vmcr >> VBPR1_SHIFT & 7, bpr1 < least + 1 ? least + 1 : bpr1,
                   "VBPR1 %u, minimum %u", bpr1, least + 1);
        }
    }
}

FOR_EACH_INTERFACE(a_list_register_keeps_its_fields)
{
    const uint64_t vintid = m->config.ich_options.intid_bits == 16 ? 0xFFFF : 0xFFFFFF;
    const uint64_t kept = 0xDull << 60 | LR_NMI | (uint64_t)vpriority(m, 0xFF) << 48 | vintid;

    for (unsigned n = 0; n < list_registers(m); n++) {
        const uint32_t reg = ICH_LR_EL2(n);
        for (unsigned bit = 0; bit < 64; bit++) {
            set_ich(m, reg, 1ull << bit);
            expect(ich(m, reg), 1ull << bit & (kept | LR_HW | LR_EOI), "LR%u, bit %u", n, bit);
        }
        set_ich(m, reg, UINT64_MAX);
        expect(ich(m, reg), kept | LR_HW | 0x1FFFull << 32, "LR%u, all ones", n);
        set_ich(m, reg, ~LR_HW);
        expect(ich(m, reg), (kept & ~LR_HW) | LR_EOI, "LR%u, HW = 0, all others", n);
        set_ich(m, reg, LR_HW | 0x1FFFull << 32);
        expect(ich(m, reg), LR_HW | 0x1FFFull << 32, "pINTID of LR%u", n);
        for (unsigned bit = 0; bit < 61; bit++) {
            set_ich(m, reg, LR_HW | 1ull << bit);
            expect(ich(m, reg), LR_HW | (1ull << bit & (kept | 0x1FFFull << 32)),
                   "LR%u, HW = 1, bit %u", n, bit);
        }
        set_ich(m, reg, 0);
    }
}

static void the_nmi_bits_exist_with_nmis_only(Machine *m)
{
    const bool nmis = has(m, NMIS);

    set_ich(m, ICH_LR_EL2(0), LR_NMI | LR_GROUP1);
    assert_int_equal(ich(m, ICH_LR_EL2(0)), LR_GROUP1 | (nmis ? LR_NMI : 0));
    set_ich(m, ICH_AP1R0_EL2, 1ull << 63);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), nmis ? 1ull << 63 : 0);
    set_ich(m, ICH_AP1R0_EL2, 0);
    set_ich(m, ICH_AP0R0_EL2, 1ull << 63);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 0);
}

/* In every state, each alone: no list register changes another. */
FOR_EACH_INTERFACE(list_registers_are_apart)
{
    const unsigned count = list_registers(m);

    for (unsigned n = 0; n < count; n++) {
        set_ich(m, ICH_LR_EL2(n), list_register(LR_ACTIVE, n & 1, 0x80, 100 + n));
    }
    for (unsigned n = 0; n < count; n++) {
        expect(ich(m, ICH_LR_EL2(n)), list_register(LR_ACTIVE, n & 1, 0x80, 100 + n), "LR%u of %u",
               n, count);
    }
}

FOR_EACH_INTERFACE(active_priorities_keep_32_bits_each)
{
    for (unsigned group = 0; group < 2; group++) {
        for (unsigned n = 0; n < ap_count(m); n++) {
            check_bits(m, ap_registers[group][n],
                       0xFFFFFFFF | (group == 1 && n == 0 ? 1ull << 63 : 0), 0, "AP");
        }
    }
    for (unsigned n = 0; n < ap_count(m); n++) {
        set_ich(m, ap_registers[0][n], 0x100 + n);
        set_ich(m, ap_registers[1][n], 0x200 + n);
    }
    for (unsigned n = 0; n < ap_count(m); n++) {
        expect(ich(m, ap_registers[0][n]), 0x100 + n, "AP0R%u", n);
        expect(ich(m, ap_registers[1][n]), 0x200 + n, "AP1R%u", n);
    }
}

FOR_EACH_INTERFACE(what_is_absent_is_undefined)
{
    for (unsigned write = 0; write < 2; write++) {
        for (unsigned n = 0; n < 16; n++) {
            const VgicResult want = n < list_registers(m) ? VGIC_OK : VGIC_UNDEFINED;
            expect(vgic_sysreg_check(m->gic, 0, &ns_el2, ICH_LR_EL2(n), write), want, "LR%u", n);
            expect(vgic_sysreg_check(m->gic, 0, &hyp32, ICH_LR(n), write), want, "LR%u, AArch32",
                   n);
            expect(vgic_sysreg_check(m->gic, 0, &hyp32, ICH_LRC(n), write), want, "LRC%u", n);
        }
        for (unsigned n = 0; n < 4; n++) {
            const VgicResult want = n < ap_count(m) ? VGIC_OK : VGIC_UNDEFINED;
            for (unsigned group = 0; group < 2; group++) {
                expect(vgic_sysreg_check(m->gic, 0, &ns_el2, ap_registers[group][n], write), want,
                       "AP%uR%u", group, n);
                expect(vgic_sysreg_check(m->gic, 0, &hyp32, ap_registers32[group][n], write), want,
                       "AP%uR%u, AArch32", group, n);
            }
        }
    }
}

/* The guest sees as many of its own as the virtual interface has, whatever the physical one has. */
FOR_EACH_INTERFACE(active_priorities_of_the_guest_are_as_many_as_its_preemption_bits)
{
    static const uint32_t names[2][4] = {
        {ICC_AP0R0_EL1, ICC_AP0R1_EL1, ICC_AP0R2_EL1, ICC_AP0R3_EL1},
        {ICC_AP1R0_EL1, ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1}};

    for (unsigned group = 0; group < 2; group++) {
        for (unsigned n = 0; n < 4; n++) {
            const VgicResult want = n < ap_count(m) ? VGIC_OK : VGIC_UNDEFINED;
            expect(vgic_sysreg_check(m->gic, 0, &vm_el1, names[group][n], false), want,
                   "ICV_AP%uR%u of %u preemption bits", group, n, vpreemption_bits(m));
            expect(vgic_sysreg_check(m->gic, 0, &vm_el1, names[group][n], true), want,
                   "ICV_AP%uR%u of %u preemption bits", group, n, vpreemption_bits(m));
        }
    }
}

/* A PE's own interface and its virtual one each have as many as their preemption bits ask for. */
static void each_interface_has_active_priorities_of_its_own_number(Machine *none)
{
    static const uint32_t names[2][4] = {
        {ICC_AP0R0_EL1, ICC_AP0R1_EL1, ICC_AP0R2_EL1, ICC_AP0R3_EL1},
        {ICC_AP1R0_EL1, ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1}};

    (void)none;
    for (unsigned i = 0; i < 9; i++) {
        const unsigned bits = 5 + i % 3, vbits = 5 + i / 3;
        const VgicConfig config =
            VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el2 = true, .priority_bits = bits,
                             .ich_options = {.priority_bits = vbits});
        Machine *m = machine_new("two widths", &config, false);
        assert_non_null(m);
        for (unsigned n = 0; n < 8; n++) {
            const VgicResult its = n % 4 < 1u << (bits - 5) ? VGIC_OK : VGIC_UNDEFINED,
                             guests = n % 4 < 1u << (vbits - 5) ? VGIC_OK : VGIC_UNDEFINED;
            const uint32_t reg = names[n / 4][n % 4];
            expect(vgic_sysreg_check(m->gic, 0, &vm_el1, reg, n & 1), guests,
                   "the guest's AP%uR%u, %u and %u bits", n / 4, n % 4, bits, vbits);
            expect(vgic_sysreg_check(m->gic, 0, &ns_el2, reg, n & 1), its,
                   "the PE's AP%uR%u, %u and %u bits", n / 4, n % 4, bits, vbits);
            expect(vgic_sysreg_check(m->gic, 0, &ns_el1, reg, n & 1), its,
                   "the PE's AP%uR%u at EL1, %u and %u bits", n / 4, n % 4, bits, vbits);
        }
        machine_free(m);
    }
}

static void what_only_tells_cannot_be_written(Machine *m)
{
    static const uint32_t told[] = {ICH_VTR_EL2, ICH_MISR_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2};
    static const uint32_t told32[] = {ICH_VTR, ICH_MISR, ICH_EISR, ICH_ELRSR};

    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(icc_try_write(m, 0, &ns_el2, told[i], 0), VGIC_UNDEFINED);
        assert_int_equal(icc_try_write(m, 0, &hyp32, told32[i], 0), VGIC_UNDEFINED);
    }
}

static void a_list_register_has_two_halves_in_aarch32(Machine *m)
{
    const uint64_t lr = hw_list_register(LR_ACTIVE, 1, 0x48, 0x1234, 0x1ABC);
    const uint64_t other = list_register(LR_PENDING, 0, 0xA0, 0x4321) | LR_EOI;

    for (unsigned n = 0; n < list_registers(m); n++) {
        set_ich(m, ICH_LR_EL2(n), lr);
        expect(icc_read(m, 0, &hyp32, ICH_LR(n)), (uint32_t)lr, "LR%u", n);
        expect(icc_read(m, 0, &hyp32, ICH_LRC(n)), lr >> 32, "LRC%u", n);

        icc_write(m, 0, &hyp32, ICH_LR(n), (uint32_t)other);
        expect(ich(m, ICH_LR_EL2(n)), (lr & ~0xFFFFFFFFull) | (uint32_t)other,
               "LR%u after a write of its lower half", n);
        icc_write(m, 0, &hyp32, ICH_LRC(n), other >> 32);
        expect(ich(m, ICH_LR_EL2(n)), other, "LR%u after a write of its upper half", n);
        icc_write(m, 0, &hyp32, ICH_LRC(n), 0xFFFFFFFF & ~(LR_HW >> 32));
        expect(icc_read(m, 0, &hyp32, ICH_LRC(n)),
               0xD0000200u | (has(m, NMIS) ? LR_NMI >> 32 : 0) | (uint64_t)vpriority(m, 0xFF) << 16,
               "LRC%u after ones", n);
        set_ich(m, ICH_LR_EL2(n), 0);
    }
}

static void aarch32_forms_are_the_same_registers(Machine *m)
{
    static const struct {
        uint32_t reg, reg32;
        uint64_t value;
    } pairs[] = {{ICH_HCR_EL2, ICH_HCR, 0x080004FE},
                 {ICH_VMCR_EL2, ICH_VMCR, 0xA0B8021B},
                 {ICH_AP0R0_EL2, ICH_AP0R0, 0x80000001},
                 {ICH_AP1R0_EL2, ICH_AP1R0, 0x40000002}};

    for (unsigned i = 0; i < 4; i++) {
        icc_write(m, 0, &hyp32, pairs[i].reg32, pairs[i].value);
        expect(ich(m, pairs[i].reg), pairs[i].value, "register %u, written in AArch32", i);
        set_ich(m, pairs[i].reg, 0);
        const uint64_t cleared = ich(m, pairs[i].reg);
        expect(icc_read(m, 0, &hyp32, pairs[i].reg32), cleared, "register %u, read in AArch32", i);
    }
    assert_int_equal(icc_read(m, 0, &hyp32, ICH_VTR), ich(m, ICH_VTR_EL2));
    set_ich(m, ICH_LR_EL2(0), LR_EOI);
    assert_int_equal(icc_read(m, 0, &hyp32, ICH_EISR), 1);
    assert_int_equal(icc_read(m, 0, &hyp32, ICH_MISR), MISR_EOI);
    assert_int_equal(icc_read(m, 0, &hyp32, ICH_ELRSR), (1u << list_registers(m)) - 2);
}

static void an_aarch32_write_of_ap1r0_keeps_the_nmi_bit(Machine *m)
{
    set_ich(m, ICH_AP1R0_EL2, 1ull << 63 | 0xF0);
    assert_int_equal(icc_read(m, 0, &hyp32, ICH_AP1R0), 0xF0);
    icc_write(m, 0, &hyp32, ICH_AP1R0, 0x0F);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1ull << 63 | 0x0F);
    icc_write(m, 0, &vm_svc32, ICC_AP1R0, 0x30);
    assert_int_equal(icv(m, ICC_AP1R0_EL1), 1ull << 63 | 0x30);
    set_icv(m, ICC_AP1R0_EL1, 0x40);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0x40);
}

static void expect_reset(Machine *m, const char *when)
{
    expect(ich(m, ICH_HCR_EL2), 0, "HCR %s", when);
    expect(ich(m, ICH_VMCR_EL2),
           VFIQEN | (uint64_t)minimum_vbpr(m) << VBPR0_SHIFT |
               (uint64_t)(minimum_vbpr(m) + 1) << VBPR1_SHIFT,
           "VMCR %s", when);
    expect(ich(m, ICH_MISR_EL2), 0, "MISR %s", when);
    expect(ich(m, ICH_EISR_EL2), 0, "EISR %s", when);
    expect(ich(m, ICH_ELRSR_EL2), (1u << list_registers(m)) - 1, "ELRSR %s", when);
    for (unsigned n = 0; n < list_registers(m); n++) {
        expect(ich(m, ICH_LR_EL2(n)), 0, "LR%u %s", n, when);
    }
    for (unsigned n = 0; n < ap_count(m); n++) {
        expect(ich(m, ap_registers[0][n]), 0, "AP0R%u %s", n, when);
        expect(ich(m, ap_registers[1][n]), 0, "AP1R%u %s", n, when);
    }
    expect(vlines(m) | maintenance(m), 0, "lines %s", when);
}

static void fill(Machine *m)
{
    start_vm(m, 0xFE, VEOIM | VCBPR);
    for (unsigned n = 0; n < list_registers(m); n++) {
        set_ich(m, ICH_LR_EL2(n), list_register(LR_PENDING, 1, 0x40, 32 + n));
    }
    for (unsigned n = 0; n < ap_count(m); n++) {
        set_ich(m, ap_registers[0][n], 0x10000);
        set_ich(m, ap_registers[1][n], 0x20000);
    }
    set_ich(m, ICH_AP0R0_EL2, 0);
    set_ich(m, ICH_AP1R0_EL2, 0x40000000);
    assert_true(maintenance(m));
}

static void each_reset_empties_the_virtual_interface(Machine *m)
{
    expect_reset(m, "at first");
    fill(m);
    vgic_cpu_reset(m->gic, 0);
    expect_reset(m, "after the PE's reset");
    fill(m);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    expect_reset(m, "after a warm reset");
    fill(m);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    expect_reset(m, "after a cold reset");
}

static void each_pe_has_its_own_virtual_interface(Machine *m)
{
    fill(m);
    assert_int_equal(icc_read(m, 1, &ns_el2, ICH_HCR_EL2), 0);
    assert_int_equal(icc_read(m, 1, &ns_el2, ICH_LR_EL2(0)), 0);
    assert_int_equal(icc_read(m, 1, &ns_el2, ICH_AP1R0_EL2), 0);
    assert_int_equal(vgic_cpu_lines(m->gic, 1), 0);

    icc_write(m, 1, &ns_el2, ICH_HCR_EL2, ICH_EN);
    icc_write(m, 1, &ns_el2, ICH_VMCR_EL2, 0xFF000003);
    icc_write(m, 1, &ns_el2, ICH_LR_EL2(0), list_register(LR_PENDING, 0, 0x10, 77));
    assert_int_equal(vgic_cpu_lines(m->gic, 1), VGIC_LINE_VFIQ);
    vgic_cpu_reset(m->gic, 0);
    assert_int_equal(iar(m, 1, &vm_el1, 0), 77);
}

static void secure_el2_and_el3_reach_the_same_registers(Machine *m)
{
    static const VgicCpuState *const others[] = {&s_el2, &el3, &el3_ns};

    for (unsigned i = 0; i < 3; i++) {
        icc_write(m, 0, others[i], ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x10, 50 + i));
        assert_int_equal(ich(m, ICH_LR_EL2(0)), list_register(LR_PENDING, 1, 0x10, 50 + i));
        assert_int_equal(icc_read(m, 0, others[i], ICH_VTR_EL2), ich(m, ICH_VTR_EL2));
    }
    icc_write(m, 0, &monitor_ns, ICH_LR(0), 99);
    assert_int_equal(ich(m, ICH_LR_EL2(0)) & 0xFFFFFFFF, 99);
}

/* A Secure guest of a Secure hypervisor uses the same virtual interface. */
static void a_secure_guest_uses_it_too(Machine *m)
{
    VgicCpuState guest = with_hcr(s_el1, HCR_IMO | HCR_FMO);

    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x10, 50));
    assert_int_equal(iar(m, 0, &guest, 1), 50);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    eoir(m, 0, &guest, 1, 50);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
}

static void registers_of_el2_are_res0_at_el3_without_el2(Machine *m)
{
    const uint32_t named[] = {ICC_SRE_EL2,   ICH_HCR_EL2,   ICH_VMCR_EL2,  ICH_LR_EL2(0),
                              ICH_AP0R0_EL2, ICH_AP1R0_EL2, ICH_LR_EL2(15)};
    uint64_t value;

    allow_sre(m, 0);
    for (unsigned i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (named[i] != ICH_LR_EL2(15)) {
            icc_write(m, 0, &el3, named[i], UINT64_MAX);
            expect(icc_read(m, 0, &el3, named[i]), 0, "register %u", i);
        }
        expect(icc_try_read(m, 0, &ns_el2, named[i], &value), VGIC_UNDEFINED, "register %u", i);
        expect(icc_try_read(m, 0, &ns_el1, named[i], &value), VGIC_UNDEFINED, "register %u", i);
    }
    expect(icc_read(m, 0, &el3, ICH_VTR_EL2), 0, "VTR");
    expect(icc_read(m, 0, &monitor, ICC_HSRE), 0, "HSRE");
    expect(vgic_cpu_lines(m->gic, 0), 0, "lines");
}

static void sre_of_el2_is_all_ones_unless_its_enable_can_change(Machine *m)
{
    const bool writable = has(m, SRE_TRAPS);

    allow_sre(m, 0);
    expect(ich(m, ICC_SRE_EL2), writable ? 7 : 0xF, "after reset");
    set_ich(m, ICC_SRE_EL2, 0xF);
    expect(ich(m, ICC_SRE_EL2), 0xF, "after ones");
    set_ich(m, ICC_SRE_EL2, 0);
    expect(ich(m, ICC_SRE_EL2), writable ? 7 : 0xF, "after zeros");
    expect(icc_read(m, 0, &hyp32, ICC_HSRE), writable ? 7 : 0xF, "in AArch32");
    icc_write(m, 0, &hyp32, ICC_HSRE, 8);
    expect(ich(m, ICC_SRE_EL2), 0xF, "after a write in AArch32");
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(vtr_says_what_is_configured),
        TEST_ALONE(each_option_has_its_field_in_vtr),
        TEST_ALONE(hcr_keeps_the_bits_that_exist),
        TEST_ALONE(vmcr_keeps_its_fields_and_vfiqen_is_res1),
        TEST_ALONE(a_binary_point_below_its_minimum_is_the_minimum),
        TEST_ALONE(a_list_register_keeps_its_fields),
        TEST_ALONE(list_registers_are_apart),
        TEST_ALONE(active_priorities_keep_32_bits_each),
        TEST_ALONE(what_is_absent_is_undefined),
        TEST_ALONE(active_priorities_of_the_guest_are_as_many_as_its_preemption_bits),
        TEST_ALONE(each_interface_has_active_priorities_of_its_own_number),
        TEST(the_nmi_bits_exist_with_nmis_only, EL2),
        TEST(what_only_tells_cannot_be_written, EL2),
        TEST(a_list_register_has_two_halves_in_aarch32, EL2),
        TEST(aarch32_forms_are_the_same_registers, EL2),
        TEST(an_aarch32_write_of_ap1r0_keeps_the_nmi_bit, EL2 | NMIS),
        TEST(each_reset_empties_the_virtual_interface, EL2),
        TEST(each_pe_has_its_own_virtual_interface, EL2 | SMP),
        TEST(secure_el2_and_el3_reach_the_same_registers, EL2 | EL3),
        TEST(a_secure_guest_uses_it_too, EL2 | WORLDS),
        TEST(registers_of_el2_are_res0_at_el3_without_el2, NO_EL2 | EL3),
        TEST(sre_of_el2_is_all_ones_unless_its_enable_can_change, EL2),
    };
    return RUN(argc, argv, "ICH registers", tests);
}
