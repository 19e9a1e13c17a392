/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saved states that nobody saved: bytes as they come, and states of a GIC that was in use with
 * bytes, words and pieces of them changed. Each loads entirely or changes nothing; what loads is a
 * GIC like any other, which can be used, saved and loaded again.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/registers5.h>
#include <vgic/state.h>
#include <vgic/vgic.h>

enum {
    BASES = 9,
    MAX_STATE = 1 << 16,
    RAM = 1 << 19,
};

static uint8_t ram[RAM];

/* Memory repeats: every address is somewhere. Configuration bytes are all "enabled". */
static bool on_memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                           size_t length)
{
    uint8_t *to = buffer;
    (void)machine, (void)space;
    for (size_t i = 0; i < length; i++) {
        to[i] = ram[(address + i) % RAM];
    }
    return true;
}

static bool on_memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length)
{
    const uint8_t *from = buffer;
    (void)machine, (void)space;
    for (size_t i = 0; i < length; i++) {
        ram[(address + i) % RAM] = from[i];
    }
    return true;
}

static uint32_t line_calls;

static void on_lines_changed(void *machine, uint32_t cpu)
{
    (void)machine, (void)cpu;
    line_calls++;
}

static void on_work(void *machine)
{
    (void)machine;
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    (void)machine, (void)function, (void)message;
}

static const VgicIwbOptions iwbs[] = {{.wires = 32, .device = 3},
                                      {.wires = 64, .its = 1, .device = 4}};

static const VgicConfig configs[BASES] = {
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32),
    VGIC_CONFIG_INIT(
        VGIC_V3, .cpus = 2, .spis = 32, .lpi_bits = 14, .its = 1, .lpi_limit = 2048,
        .its_options = {.collection_bits = 4, .hardware_collections = 3, .umsi = true}),
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .eppis = 32, .security_states = 2, .el3 = true,
                     .statusr = true, .sre_enable_writable = true, .priority_bits = 8),
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 3, .espis = 32, .lpi_bits = 16, .hold_while_asleep = true),
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .el2 = true, .maintenance_intid = 25,
                     .ich_options = {.list_registers = 16, .priority_bits = 8}),
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .espis = 32, .eppis = 32, .el2 = true,
                     .el3 = true, .security_states = 2, .nmi = true, .maintenance_intid = 25,
                     .sre_enable_writable = true),
    VGIC_CONFIG_INIT(VGIC_V5, .cpus = 2, .spis = 8, .lpi_bits = 14, .lpi_limit = 2048, .its = 1),
    VGIC_CONFIG_INIT(VGIC_V5, .cpus = 3, .spis = 9, .el3 = true, .nmi = true, .lpi_bits = 16,
                     .lpi_limit = 2048, .its = 2,
                     .v5 = {.domains = 15, .irs = 2, .iwbs = 2, .iwb = iwbs}),
    VGIC_CONFIG_INIT(
        VGIC_V5, .cpus = 1, .spis = 1, .priority_bits = 3, .no_one_of_n = true,
        .v5 = {.no_software_errors = true, .ppis = {UINT64_MAX, UINT64_MAX}, .edge_ppis = {0, 3}}),
};

static const VgicHost host =
    VGIC_HOST_INIT(.memory_read = on_memory_read, .memory_write = on_memory_write,
                   .lines_changed = on_lines_changed, .work = on_work, .host_error = on_host_error);

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};
static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .scr_el3 = 1, .el2_enabled = true};
static const VgicCpuState guest = {
    .el = 1, .space = VGIC_NS, .scr_el3 = 1, .el2_enabled = true, .hcr_el2 = 0x18 /* IMO, FMO */};

static void write_frame(Vgic *gic, const char *name, uint64_t offset, uint32_t size, uint64_t value)
{
    const VgicFrame *frame = vgic_frame(gic, name);
    if (frame) {
        vgic_frame_write(gic, frame, VGIC_S, offset, size, value);
    }
}

/* List registers of every state, one of them taken; those that do not exist are UNDEFINED. */
static void use_virtual(Vgic *gic, uint32_t cpu)
{
    uint64_t value;
    vgic_sysreg_write(gic, cpu, &el2, ICH_VMCR_EL2, 0xF0000003);
    vgic_sysreg_write(gic, cpu, &el2, ICH_HCR_EL2, 0x7);
    for (unsigned n = 0; n < 16; n++) {
        const uint64_t state = (uint64_t)(n + 1) << 62, hw = n % 3 ? 0 : 1ull << 61 | 20ull << 32;
        vgic_sysreg_write(gic, cpu, &el2, ICH_LR_EL2(n),
                          state | hw | (uint64_t)(n % 2) << 60 | (uint64_t)(n % 4 == 1) << 59 |
                              (0xF0ull - 8 * n) << 48 | (27 + n));
    }
    vgic_sysreg_read(gic, cpu, &guest, ICC_IAR0_EL1, &value);
    vgic_sysreg_read(gic, cpu, &guest, ICC_IAR1_EL1, &value);
}

static const VgicCpuState el3 = {.el = 3, .space = VGIC_S};

/* The frames of a GICv5's Non-secure domain: what another GIC has not is not written. */
static void write_ns(Vgic *gic, const char *name, uint64_t offset, uint32_t size, uint64_t value)
{
    const VgicFrame *frame = vgic_frame(gic, name);
    if (frame) {
        vgic_frame_write(gic, frame, VGIC_NS, offset, size, value);
    }
}

/* One interrupt in every way there is; UNDEFINED in another GIC. */
static void use_interrupt(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint64_t intid,
                          uint64_t iaffid)
{
    vgic_sysreg_write(gic, cpu, state, GIC_CDPRI, intid | (intid & 31) << 35);
    vgic_sysreg_write(gic, cpu, state, GIC_CDAFF,
                      iaffid > 2 ? intid | 1 << 28 : intid | iaffid << 32);
    vgic_sysreg_write(gic, cpu, state, GIC_CDHM, intid | (intid & 1) << 32);
    vgic_sysreg_write(gic, cpu, state, GIC_CDEN, intid);
    vgic_sysreg_write(gic, cpu, state, GIC_CDPEND, intid | 1ull << 32);
}

static void use_cpu5(Vgic *gic, uint32_t cpu)
{
    uint64_t value;
    vgic_cpu_set_state(gic, cpu, cpu == 2 ? &el3 : &el1);
    vgic_sysreg_write(gic, cpu, &el1, ICC_PCR_EL1, 31);
    vgic_sysreg_write(gic, cpu, &el1, ICC_CR0_EL1, 1);
    vgic_sysreg_write(gic, cpu, &el1, ICC_PPI_ENABLER0_EL1, 0xFF00F00F);
    vgic_sysreg_write(gic, cpu, &el1, ICC_PPI_PRIORITYR3_EL1, 0x0804020102040810);
    vgic_sysreg_write(gic, cpu, &el1, ICC_PPI_SPENDR0_EL1, 8);
    vgic_sysreg_write(gic, cpu, &el3, ICC_PPI_DOMAINR0_EL3, 0x5555AAAA00000000);
    vgic_sysreg_write(gic, cpu, &el3, ICC_CR0_EL3, 0x100000001);
    vgic_ppi_set_level(gic, cpu, 27, true);
    for (uint64_t id = 0; id < 6; id++) {
        use_interrupt(gic, cpu, &el1, VGIC_V5_SPI(id), id);
        use_interrupt(gic, cpu, &el1, VGIC_V5_LPI(4 * id + cpu), id);
        use_interrupt(gic, cpu, &el3, VGIC_V5_SPI(id), id);
    }
    vgic_sysreg_read(gic, cpu, &el1, GICR_CDIA, &value);
    vgic_sysreg_write(gic, cpu, &el1, GIC_CDRCFG, VGIC_V5_LPI(1));
}

/* Tables of LPIs, of devices and of events, where memory is all zero but for a few entries. */
static void use5(Vgic *gic)
{
    vgic_act_as_firmware(gic);
    memcpy(ram + 0x30000 + 8 * 3, &(uint64_t){5ull << 59 | 0x38000 | 1}, 8);
    memcpy(ram + 0x38000 + 8, &(uint64_t){1u << 31 | 40}, 8);
    write_ns(gic, "IRS", IRS_IST_CFGR, 4, 12);
    write_ns(gic, "IRS", IRS_IST_BASER, 8, 0x40001);
    write_ns(gic, "IRS", IRS_CR0, 4, 1);
    write_ns(gic, "IRS1", IRS_CR0, 4, 1);
    write_ns(gic, "IRS", IRS_SPI_SELR, 4, 2);
    write_ns(gic, "IRS", IRS_SPI_CFGR, 4, 1);
    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        use_cpu5(gic, cpu);
    }
    write_ns(gic, "ITS", ITS_DT_CFGR, 4, 8);
    write_ns(gic, "ITS", ITS_DT_BASER, 8, 0x30000);
    write_ns(gic, "ITS", ITS_CR0, 4, 1);
    write_ns(gic, "ITS", ITS_EIDR, 4, 1);
    write_ns(gic, "ITS", ITS_DIDR, 8, 3);
    write_ns(gic, "ITS", ITS_READ_EVENTR, 4, 1u << 31);
    write_ns(gic, "IWB", IWB_WTMR(0), 4, 0xAAAAAAAA);
    write_ns(gic, "IWB", IWB_WENABLER(0), 4, 0x0FFFFFF0);
    vgic_spi_set_level(gic, 0, true);
    for (uint32_t wire = 0; wire < 8 && vgic_frame(gic, "IWB"); wire++) {
        vgic_iwb_set_level(gic, vgic_frame(gic, "IWB"), wire, true);
    }
    if (vgic_frame(gic, "ITS")) {
        vgic_msi(gic, vgic_frame(gic, "ITS"), 3, 1);
    }
}

/* Interrupts of all kinds, pending and active; some LPIs. */
static void use(Vgic *gic)
{
    if (vgic_frame(gic, "IRS")) {
        use5(gic);
        return;
    }
    write_frame(gic, "GICD", GICD_INMIR(1), 4, 6);
    write_frame(gic, "GICD", GICD_CTLR, 4, 0x37);
    write_frame(gic, "GICD", GICD_IGROUPR(1), 4, UINT32_MAX);
    write_frame(gic, "GICD", GICD_ISENABLER(1), 4, 0xFF);
    write_frame(gic, "GICD", GICD_IROUTER(34), 8, 1ull << 31);
    write_frame(gic, "GICD", GICD_ISPENDR(1), 4, 0x1F);
    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        const uint64_t base = 0x20000ull * cpu;
        uint64_t value;
        write_frame(gic, "GICR", base + GICR_WAKER, 4, 0);
        write_frame(gic, "GICR", base + GICR_IGROUPR0, 4, UINT32_MAX);
        write_frame(gic, "GICR", base + GICR_ISENABLER0, 4, 0xFFFF00FF);
        write_frame(gic, "GICR", base + GICR_INMIR0, 4, 0x00010001);
        write_frame(gic, "GICR", base + GICR_ISPENDR0, 4, 0x0011000F);
        write_frame(gic, "GICR", base + GICR_PROPBASER, 8, 0x10000 | 15);
        write_frame(gic, "GICR", base + GICR_PENDBASER, 8,
                    (0x50000 + 0x10000ull * cpu) | 1ull << 62);
        write_frame(gic, "GICR", base + GICR_CTLR, 4, 1);
        for (uint32_t lpi = 8192; lpi < 8200; lpi++) {
            write_frame(gic, "GICR", base + GICR_SETLPIR, 8, lpi + cpu);
        }
        vgic_sysreg_write(gic, cpu, &el1, ICC_PMR_EL1, 0xF0);
        vgic_sysreg_write(gic, cpu, &el1, ICC_IGRPEN1_EL1, 1);
        vgic_sysreg_read(gic, cpu, &el1, ICC_IAR1_EL1, &value);
        use_virtual(gic, cpu);
    }
    write_frame(gic, "GITS", GITS_CBASER, 8, 1ull << 63 | 0x20000);
    write_frame(gic, "GITS", GITS_BASER(0), 8, 1ull << 63 | 0x30000);
    write_frame(gic, "GITS", GITS_BASER(1), 8, 1ull << 63 | 0x40000);
    write_frame(gic, "GITS", GITS_CTLR, 4, 1);
    write_frame(gic, "GITS", GITS_CWRITER, 8, 0x40);
}

typedef struct Bytes {
    uint8_t *data;
    size_t size;
} Bytes;

static Bytes save(Vgic *gic)
{
    Bytes bytes;
    bytes.data = vgic_save(gic, &bytes.size, NULL);
    if (!bytes.data) {
        abort();
    }
    return bytes;
}

static Vgic *new_gic(unsigned base)
{
    Vgic *gic = vgic_new(&configs[base], &host, NULL, NULL);
    if (!gic) {
        abort();
    }
    return gic;
}

static void reset_ram(void)
{
    memset(ram, 0, sizeof(ram));
    memset(ram + 0x10000, 0xA1, 0x10000);
}

static const Bytes *base_state(unsigned base)
{
    static Bytes states[BASES];
    if (!states[base].data) {
        Vgic *gic = new_gic(base);
        use(gic);
        states[base] = save(gic);
        vgic_free(gic);
    }
    return &states[base];
}

/* Changes a state as the input says. */
static void change(Input *in, uint8_t *data, size_t *size)
{
    while (!input_done(in) && *size) {
        const size_t at = input_take(in, 2) % *size;
        const size_t rest = *size - at;
        uint64_t value;
        switch (input_below(in, 6)) {
        case 0:
            data[at] ^= (uint8_t)input_take(in, 1);
            break;
        case 1: /* a value somewhere aligned */
            value = input_take(in, 4);
            memcpy(data + (at & ~(size_t)3), &value, rest < 4 ? 0 : 4);
            break;
        case 2: /* a piece of it elsewhere */
            value = input_take(in, 2) % *size;
            memmove(data + at, data + value, rest < *size - value ? rest / 2 : (*size - value) / 2);
            break;
        case 3:
            *size = at;
            break;
        case 4: /* longer in the middle */
            value = input_below(in, 64);
            if (*size + value <= MAX_STATE) {
                memmove(data + at + value, data + at, rest);
                *size += value;
            }
            break;
        default:
            memset(data + at, (int)input_take(in, 1), rest < 16 ? rest : 16);
            break;
        }
    }
}

static bool equal(const Bytes *a, const Bytes *b)
{
    return a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/* What is loaded can be used. */
static void exercise5(Vgic *gic)
{
    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        for (unsigned i = 0; i < 20; i++) {
            const VgicCpuState *state = i & 1 ? &el1 : &el3;
            uint64_t intid;
            vgic_sysreg_read(gic, cpu, state, GICR_CDIA, &intid);
            vgic_sysreg_write(gic, cpu, state, GIC_CDEOI, 0);
            vgic_sysreg_write(gic, cpu, state, GIC_CDDI, intid & UINT32_MAX);
            use_interrupt(gic, cpu, state, VGIC_V5_LPI(i), i % 4);
        }
    }
    write_ns(gic, "IRS", IRS_IST_BASER, 8, 0); /* entries go back to memory */
}

static void exercise(Vgic *gic)
{
    if (vgic_frame(gic, "IRS")) {
        exercise5(gic);
    }
    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        for (unsigned i = 0; i < 20; i++) {
            uint64_t intid;
            vgic_sysreg_read(gic, cpu, &el1, ICC_IAR1_EL1, &intid);
            vgic_sysreg_write(gic, cpu, &el1, ICC_EOIR1_EL1, intid);
            vgic_sysreg_read(gic, cpu, &guest, i & 1 ? ICC_IAR1_EL1 : ICC_IAR0_EL1, &intid);
            vgic_sysreg_write(gic, cpu, &guest, i & 1 ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
            vgic_sysreg_write(gic, cpu, &guest, ICC_DIR_EL1, 27 + i);
        }
    }
    for (unsigned i = 0; i < 4 && vgic_work(gic); i++) {
    }
    use(gic);
    vgic_reset(gic, VGIC_RESET_WARM);
}

static void check_loaded(Vgic *gic, unsigned base)
{
    Vgic *other = new_gic(base);
    Bytes first = save(gic), second;
    if (!vgic_load(other, first.data, first.size, NULL)) {
        abort();
    }
    second = save(other);
    if (!equal(&first, &second)) {
        abort();
    }
    vgic_state_free(first.data);
    vgic_state_free(second.data);
    vgic_free(other);
    exercise(gic);
}

static void try_load(unsigned base, const uint8_t *data, size_t size)
{
    Vgic *gic = new_gic(base);
    VgicError *error = NULL;
    if (!vgic_load(gic, base_state(base)->data, base_state(base)->size, NULL)) {
        abort();
    }
    Bytes before = save(gic);
    line_calls = 0;
    if (vgic_load(gic, data, size, &error)) {
        if (error) {
            abort();
        }
        check_loaded(gic, base);
    } else {
        Bytes after = save(gic);
        if (!error || vgic_error_code(error) != VGIC_ERROR_STATE || !equal(&before, &after) ||
            line_calls) {
            abort();
        }
        vgic_state_free(after.data);
        vgic_error_free(error);
    }
    vgic_state_free(before.data);
    vgic_free(gic);
}

/* As a tool does: the configuration is the state's, too. */
static void try_new(const uint8_t *data, size_t size)
{
    VgicError *error = NULL;
    Vgic *gic = vgic_new_from_state(data, size, NULL, NULL, &error);
    if (!gic == !error) {
        abort();
    }
    vgic_error_free(error);
    vgic_free(gic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[MAX_STATE];
    Input in = {data, data + size};
    const unsigned base = input_below(&in, BASES), raw = input_below(&in, 8) == 0;
    size_t length;

    reset_ram();
    if (raw) {
        length = (size_t)(in.end - in.next);
        length = length < MAX_STATE ? length : MAX_STATE;
        memcpy(bytes, in.next, length);
    } else {
        length = base_state(base)->size;
        memcpy(bytes, base_state(base)->data, length);
        change(&in, bytes, &length);
    }
    try_load(base, bytes, length);
    try_new(bytes, length);
    return 0;
}
