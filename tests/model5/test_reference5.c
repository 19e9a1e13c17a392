/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference against the architecture: scenarios whose outcome a person worked out. */
#include "reference.h"

/* CMocka's header wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ACK(intid) (UINT64_C(1) << 32 | (intid))
#define PRIORITY(n) ((uint64_t)(n) << 35)
#define IAFFID(n) ((uint64_t)(n) << 32)
#define PENDING (UINT64_C(1) << 32)
#define LEVEL (UINT64_C(1) << 32)
#define SCR_NS 1u

/* Where tables are. */
#define TABLE UINT64_C(0x40000000)
#define TABLE2 UINT64_C(0x40100000)

typedef struct Bench {
    Ref *ref;
    Memory *memory[R5_SPACES];
    uint64_t count[COUNT_END];
} Bench;

static const VgicCpuState ns = {.el = 1, .space = VGIC_NS};
static const VgicCpuState secure = {.el = 1, .space = VGIC_S};
static const VgicCpuState el3 = {.el = 3, .space = VGIC_S, .scr_el3 = SCR_NS};

static Bench *bench_new(const VgicConfig *config)
{
    Bench *b = test_calloc(1, sizeof(*b));
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        b->memory[i] = memory_new();
    }
    b->ref = ref5_new(config, b->memory, b->count);
    return b;
}

static void bench_free(Bench *b)
{
    ref5_free(b->ref);
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        memory_free(b->memory[i]);
    }
    test_free(b);
}

static void write_as(Bench *b, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                     uint64_t value)
{
    b->ref->rules = 0;
    assert_int_equal(ref5_sysreg_write(b->ref, cpu, state, encoding, value), VGIC_OK);
}

static uint64_t read_as(Bench *b, uint32_t cpu, const VgicCpuState *state, uint32_t encoding)
{
    uint64_t value;
    assert_int_equal(ref5_sysreg_read(b->ref, cpu, state, encoding, &value), VGIC_OK);
    return value;
}

static void put(Bench *b, uint32_t encoding, uint64_t value)
{
    write_as(b, 0, &ns, encoding, value);
}

static uint64_t get(Bench *b, uint32_t encoding)
{
    return read_as(b, 0, &ns, encoding);
}

static void irs(Bench *b, uint64_t offset, uint32_t size, uint64_t value)
{
    b->ref->rules = 0;
    ref5_frame_write(b->ref, "IRS", VGIC_NS, offset, size, value);
}

static uint64_t irs_get(Bench *b, uint64_t offset, uint32_t size)
{
    return ref5_frame_read(b->ref, "IRS", VGIC_NS, offset, size);
}

static uint64_t configuration(Bench *b, uint32_t intid)
{
    put(b, GIC_CDRCFG, intid);
    return get(b, ICC_ICSR_EL1);
}

/* Two PEs, Non-secure, everything on and let through. */
static Bench *bench_on(void)
{
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.cpus = 2;
    config.spis = 16;
    config.lpi_bits = 16;
    Bench *b = bench_new(&config);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        write_as(b, cpu, &ns, ICC_PCR_EL1, 31);
        write_as(b, cpu, &ns, ICC_CR0_EL1, 1);
    }
    irs(b, IRS_CR0, 4, 1);
    return b;
}

static void nothing_before_it_is_enabled(void **state)
{
    (void)state;
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.spis = 8;
    config.lpi_bits = 16;
    Bench *b = bench_new(&config);
    put(b, ICC_CR0_EL1, 1);
    assert_int_equal(get(b, ICC_HPPIR_EL1), 0);
    assert_int_equal(get(b, GICR_CDIA), 0);
    put(b, GIC_CDEN, VGIC_V5_SPI(3));
    put(b, GIC_CDPEND, VGIC_V5_SPI(3) | PENDING);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    irs(b, IRS_CR0, 4, 1); /* nobody reads IRS_CR0 */
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    put(b, ICC_CR0_EL1, 0);
    assert_int_equal(get(b, GICR_CDIA), 0);
    put(b, ICC_CR0_EL1, 1);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(3)));
    ref5_reset(b->ref, VGIC_RESET_WARM);
    assert_int_equal(irs_get(b, IRS_CR0, 4), 2);
    assert_int_equal(get(b, ICC_CR0_EL1), 6);
    bench_free(b);
}

static void priorities_nest_and_drop(void **state)
{
    (void)state;
    Bench *b = bench_on();
    for (uint32_t i = 1; i <= 3; i++) {
        put(b, GIC_CDEN, VGIC_V5_SPI(i));
    }
    put(b, GIC_CDPRI, VGIC_V5_SPI(1) | PRIORITY(9));
    put(b, GIC_CDPRI, VGIC_V5_SPI(2) | PRIORITY(4));
    put(b, GIC_CDPRI, VGIC_V5_SPI(3) | PRIORITY(4));
    put(b, GIC_CDPEND, VGIC_V5_SPI(1) | PENDING);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(1)));
    put(b, GIC_CDPEND, VGIC_V5_SPI(3) | PENDING);
    put(b, GIC_CDPEND, VGIC_V5_SPI(2) | PENDING);
    put(b, ICC_PCR_EL1, 3);
    assert_int_equal(get(b, GICR_CDIA), 0);
    put(b, ICC_PCR_EL1, 4);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(3))); /* it came first */
    assert_int_equal(get(b, ICC_APR_EL1), 1u << 9 | 1u << 4);
    assert_int_equal(get(b, GICR_CDIA), 0); /* equal does not preempt */
    assert_int_equal(get(b, ICC_HPPIR_EL1), 0);
    put(b, GIC_CDEOI, 0);
    assert_int_equal(get(b, ICC_APR_EL1), 1u << 9);
    write_as(b, 1, &ns, GIC_CDDI, VGIC_V5_SPI(3)); /* by another PE */
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(2)));
    bench_free(b);
}

static void a_level_interrupt_comes_again(void **state)
{
    (void)state;
    Bench *b = bench_on();
    irs(b, IRS_SPI_SELR, 4, 5);
    assert_int_equal(irs_get(b, IRS_SPI_STATUSR, 4), 3);
    irs(b, IRS_SPI_CFGR, 4, 1);
    put(b, GIC_CDEN, VGIC_V5_SPI(5));
    ref5_spi_set_level(b->ref, 5, true);
    ref5_spi_set_level(b->ref, 5, false);
    assert_int_equal(get(b, GICR_CDIA), 0);
    ref5_spi_set_level(b->ref, 5, true);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(5)));
    put(b, GIC_CDEOI, 0);
    /* enabled, pending, active, level */
    assert_int_equal(configuration(b, VGIC_V5_SPI(5)), 1u << 1 | 1u << 2 | 1u << 4 | 1u << 5);
    put(b, GIC_CDDI, VGIC_V5_SPI(5));
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(5)));
    put(b, GIC_CDEOI, 0);
    ref5_spi_set_level(b->ref, 5, false);
    put(b, GIC_CDDI, VGIC_V5_SPI(5));
    assert_int_equal(get(b, GICR_CDIA), 0);
    /* software alone: again after each deactivation, until it is taken back */
    put(b, GIC_CDPEND, VGIC_V5_SPI(5) | PENDING);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(5)));
    put(b, GIC_CDEOI, 0);
    put(b, GIC_CDDI, VGIC_V5_SPI(5));
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    put(b, GIC_CDPEND, VGIC_V5_SPI(5));
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    bench_free(b);
}

static void a_trigger_mode_changes_with_the_wire_high(void **state)
{
    (void)state;
    Bench *b = bench_on();
    irs(b, IRS_SPI_SELR, 4, 6);
    ref5_spi_set_level(b->ref, 6, true);
    put(b, GIC_CDPEND, VGIC_V5_SPI(6));
    irs(b, IRS_SPI_CFGR, 4, 1);
    assert_int_equal(configuration(b, VGIC_V5_SPI(6)), 1u << 2 | 1u << 5);
    irs(b, IRS_SPI_CFGR, 4, 1);
    irs(b, IRS_SPI_CFGR, 4, 0);
    assert_int_equal(configuration(b, VGIC_V5_SPI(6)), 1u << 5);
    irs(b, IRS_SPI_RESAMPLER, 4, 6);
    assert_int_equal(configuration(b, VGIC_V5_SPI(6)), 1u << 2);
    irs(b, IRS_SPI_SELR, 4, 16);
    assert_int_equal(irs_get(b, IRS_SPI_STATUSR, 4), 1);
    irs(b, IRS_SPI_CFGR, 4, 1);
    assert_int_equal(b->ref->rules, 1u << RULE_IRS_SELECT);
    bench_free(b);
}

static void ppis_keep_to_themselves(void **state)
{
    (void)state;
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.lpi_bits = 16;
    config.v5.ppis[0] = UINT64_C(0x8000010008000008); /* 3, 27, 40, 63 */
    config.v5.ppis[1] = 1u << 6;                      /* 70 */
    Bench *b = bench_new(&config);
    put(b, ICC_PCR_EL1, 31);
    put(b, ICC_CR0_EL1, 1);
    put(b, ICC_PPI_ENABLER0_EL1, UINT64_MAX);
    put(b, ICC_PPI_ENABLER1_EL1, UINT64_MAX);
    assert_int_equal(get(b, ICC_PPI_ENABLER0_EL1), UINT64_C(0x8000010008000008));
    assert_int_equal(get(b, ICC_PPI_ENABLER1_EL1), 1u << 6);
    assert_int_equal(get(b, ICC_PPI_HMR0_EL1), UINT64_C(0x8000010008000000));
    put(b, ICC_PPI_PRIORITYR8_EL1, UINT64_MAX);
    assert_int_equal(get(b, ICC_PPI_PRIORITYR8_EL1), UINT64_C(0x1F) << 48);
    put(b, ICC_PPI_PRIORITYR3_EL1, UINT64_C(2) << 24);
    put(b, ICC_PPI_SACTIVER0_EL1, UINT64_MAX);
    put(b, GIC_CDDI, VGIC_V5_PPI(3));
    assert_int_equal(get(b, ICC_PPI_CACTIVER0_EL1), UINT64_C(0x8000010008000000));
    put(b, GIC_CDDI, VGIC_V5_PPI(27));
    put(b, ICC_PPI_SPENDR0_EL1, 1u << 27 | 1u << 3); /* 27 is its wire's */
    assert_int_equal(get(b, ICC_PPI_CPENDR0_EL1), 1u << 3);
    ref5_ppi_set_level(b->ref, 0, 27, true);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_PPI(3)));
    assert_int_equal(get(b, ICC_PPI_CPENDR0_EL1), 1u << 27);
    put(b, GIC_CDEOI, 0);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_PPI(27)));
    put(b, GIC_CDEOI, 0);
    assert_int_equal(get(b, GICR_CDIA), 0);
    put(b, GIC_CDDI, VGIC_V5_PPI(27));
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    bench_free(b);
}

static void affinity_moves_what_is_pending(void **state)
{
    (void)state;
    Bench *b = bench_on();
    put(b, GIC_CDEN, VGIC_V5_SPI(1));
    put(b, GIC_CDPEND, VGIC_V5_SPI(1) | PENDING);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    put(b, GIC_CDAFF, VGIC_V5_SPI(1) | IAFFID(1));
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    assert_int_equal(ref5_lines(b->ref, 1), VGIC_LINE_IRQ);
    put(b, GIC_CDAFF, VGIC_V5_SPI(1) | IAFFID(77));
    assert_int_equal(ref5_lines(b->ref, 1), 0);
    /* 1-of-N: the first PE that takes part, and on when it does so no more */
    put(b, GIC_CDAFF, VGIC_V5_SPI(1) | IAFFID(1) | 1u << 28);
    assert_int_equal(configuration(b, VGIC_V5_SPI(1)), 1u << 1 | 1u << 2 | 1u << 3);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    irs(b, IRS_PE_SELR, 4, 0);
    assert_int_equal(irs_get(b, IRS_PE_STATUSR, 4), 7);
    irs(b, IRS_PE_CR0, 4, 1);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    assert_int_equal(read_as(b, 1, &ns, GICR_CDIA), ACK(VGIC_V5_SPI(1)));
    bench_free(b);
}

/* The worked examples of address arithmetic. */
typedef struct Place {
    uint32_t cfgr, lpi;
    uint64_t l1, entry; /* offsets: in the level 1 table, UINT64_MAX: linear; in the last table */
} Place;

static void entries_are_where_they_belong(void **state)
{
    (void)state;
    static const Place places[] = {
        {0x1000E, 5000, 0x20, 0xE20},
        {0x1000E | 1 << 5 | 1 << 7, 5000, 0x10, 0x1C40},
        {0x1000E | 2 << 5 | 2 << 7, 5000, 8, 0x3880},
        {0xE, 5000, UINT64_MAX, 0x4E20},
        {0x1000E, 1023, 0, 0xFFC},
        {0x1000E, 1024, 8, 0},
        {0xE | 1 << 7, 16383, UINT64_MAX, 131064},
        {0xE | 2 << 7, 1, UINT64_MAX, 16},
    };
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const Place *p = &places[i];
        Bench *b = bench_on();
        uint64_t table = TABLE;
        bool ok;
        if (p->l1 != UINT64_MAX) {
            table = TABLE2;
            memory_write64(b->memory[VGIC_NS], TABLE + p->l1, TABLE2);
        }
        irs(b, IRS_IST_CFGR, 4, p->cfgr);
        irs(b, IRS_IST_BASER, 8, TABLE | 1);
        put(b, GIC_CDEN, VGIC_V5_LPI(p->lpi));
        if (p->l1 != UINT64_MAX) {
            assert_int_equal(b->ref->rules, 1u << RULE_IST_ENTRY);
            irs(b, IRS_MAP_L2_ISTR, 4, p->lpi);
            assert_int_equal(memory_read64(b->memory[VGIC_NS], TABLE + p->l1, &ok), TABLE2 | 1);
            put(b, GIC_CDEN, VGIC_V5_LPI(p->lpi));
        }
        put(b, GIC_CDPRI, VGIC_V5_LPI(p->lpi) | PRIORITY(1));
        put(b, GIC_CDAFF, VGIC_V5_LPI(p->lpi) | IAFFID(3));
        put(b, GIC_CDHM, VGIC_V5_LPI(p->lpi) | LEVEL);
        irs(b, IRS_IST_BASER, 4, 0);
        uint8_t bytes[4];
        assert_true(memory_read(b->memory[VGIC_NS], table + p->entry, bytes, 4));
        const uint8_t want[4] = {0x0C, 0x08, 0x03, 0x00};
        assert_memory_equal(bytes, want, 4);
        bench_free(b);
    }
}

static void a_table_comes_and_goes(void **state)
{
    (void)state;
    Bench *b = bench_on();
    assert_int_equal(configuration(b, VGIC_V5_LPI(7)), 1);
    assert_int_equal(b->ref->count[COUNT_RULES + RULE_IST_INVALID], 1);
    irs(b, IRS_IST_CFGR, 4, 5); /* 32 LPIs */
    irs(b, IRS_IST_BASER + 4, 4, 0);
    irs(b, IRS_IST_BASER, 4, (uint32_t)TABLE | 1);
    assert_int_equal(irs_get(b, IRS_IST_BASER, 8), TABLE | 1);
    irs(b, IRS_IST_CFGR, 4, 14);
    assert_int_equal(irs_get(b, IRS_IST_CFGR, 4), 5);
    put(b, GIC_CDEN, VGIC_V5_LPI(7));
    put(b, GIC_CDPEND, VGIC_V5_LPI(7) | PENDING);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    assert_int_equal(configuration(b, VGIC_V5_LPI(32)), 1);
    assert_int_equal(configuration(b, VGIC_V5_PPI(3)), 1);
    irs(b, IRS_IST_BASER, 8, 0);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    irs(b, IRS_IST_BASER, 8, TABLE | 1);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ); /* found in memory */
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_LPI(7)));
    ref5_reset(b->ref, VGIC_RESET_WARM);
    assert_int_equal(irs_get(b, IRS_IST_BASER, 8), 0);
    bench_free(b);
}

static void domains_preempt_as_fiq(void **state)
{
    (void)state;
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.spis = 8;
    config.lpi_bits = 16;
    config.el3 = true;
    Bench *b = bench_new(&config);
    ref5_frame_write(b->ref, "IRS_EL3", VGIC_S, IRS_SPI_SELR, 4, 2);
    ref5_frame_write(b->ref, "IRS_EL3", VGIC_S, IRS_SPI_DOMAINR, 4, SECURE);
    ref5_frame_write(b->ref, "IRS_S", VGIC_S, IRS_CR0, 4, 1);
    assert_int_equal(read_as(b, 0, &secure, ICC_CR0_EL1), UINT64_C(32) << 32 | 6);
    write_as(b, 0, &secure, ICC_CR0_EL1, UINT64_C(32) << 32 | 1);
    write_as(b, 0, &secure, ICC_PCR_EL1, 31);
    write_as(b, 0, &ns, GIC_CDEN, VGIC_V5_SPI(2)); /* another domain's */
    assert_int_equal(b->ref->rules, 1u << RULE_IRQ_DOMAIN);
    write_as(b, 0, &secure, GIC_CDEN, VGIC_V5_SPI(2));
    write_as(b, 0, &secure, GIC_CDPRI, VGIC_V5_SPI(2) | PRIORITY(7));
    write_as(b, 0, &secure, GIC_CDPEND, VGIC_V5_SPI(2) | PENDING);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_FIQ); /* at EL3 */
    assert_int_equal(read_as(b, 0, &el3, ICC_DOMHPPIR_EL3), 2);
    ref5_set_state(b->ref, 0, &ns);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_FIQ);
    write_as(b, 0, &secure, ICC_CR0_EL1, UINT64_C(7) << 32 | 1); /* threshold */
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    write_as(b, 0, &secure, ICC_CR0_EL1, UINT64_C(0x48) << 32 | 1); /* PID */
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    ref5_set_state(b->ref, 0, &secure);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    assert_int_equal(read_as(b, 0, &ns, GICR_CDIA), 0);
    assert_int_equal(read_as(b, 0, &secure, GICR_CDIA), ACK(VGIC_V5_SPI(2)));
    /* PPIs belong to one domain */
    write_as(b, 0, &el3, ICC_PPI_DOMAINR0_EL3, UINT64_C(1) << 54);
    write_as(b, 0, &ns, ICC_PPI_ENABLER0_EL1, UINT64_MAX);
    assert_int_equal(read_as(b, 0, &ns, ICC_PPI_ENABLER0_EL1), 1u << 27);
    assert_int_equal(read_as(b, 0, &secure, ICC_PPI_ENABLER0_EL1), 0);
    bench_free(b);
}

static void superpriority(void **state)
{
    (void)state;
    static const VgicCpuState nmi = {.el = 1, .space = VGIC_NS, .sctlr = UINT64_C(1) << 61};
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.spis = 8;
    config.lpi_bits = 16;
    config.nmi = true;
    Bench *b = bench_new(&config);
    put(b, ICC_CR0_EL1, 1);
    irs(b, IRS_CR0, 4, 1);
    put(b, GIC_CDEN, VGIC_V5_SPI(2));
    put(b, GIC_CDPEND, VGIC_V5_SPI(2) | PENDING);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_NMI);
    assert_int_equal(read_as(b, 0, &nmi, GICR_CDIA), 0);
    assert_int_equal(get(b, GICR_CDNMIA), 0);
    assert_int_equal(read_as(b, 0, &nmi, GICR_CDNMIA), ACK(VGIC_V5_SPI(2)));
    put(b, GIC_CDEOI, 0);
    put(b, GIC_CDDI, VGIC_V5_SPI(2));
    put(b, GIC_CDPEND, VGIC_V5_SPI(2) | PENDING);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_SPI(2)));
    bench_free(b);
}

/* ITS: the worked examples, and each step that fails. */

static void its(Bench *b, uint64_t offset, uint32_t size, uint64_t value)
{
    ref5_frame_write(b->ref, "ITS", VGIC_NS, offset, size, value);
}

static Bench *bench_its(uint32_t dt_cfgr)
{
    static const VgicIwbOptions iwb = {.wires = 32, .device = 776};
    VgicConfig config;
    vgic_config_init(&config, VGIC_V5);
    config.lpi_bits = 16;
    config.its = 1;
    config.v5.iwbs = 1;
    config.v5.iwb = &iwb;
    Bench *b = bench_new(&config);
    put(b, ICC_PCR_EL1, 31);
    put(b, ICC_CR0_EL1, 1);
    irs(b, IRS_CR0, 4, 1);
    irs(b, IRS_IST_CFGR, 4, 14);
    irs(b, IRS_IST_BASER, 8, TABLE | 1);
    put(b, GIC_CDEN, VGIC_V5_LPI(5000));
    its(b, ITS_DT_CFGR, 4, dt_cfgr);
    its(b, ITS_DT_BASER, 8, TABLE2);
    its(b, ITS_CR0, 4, 1);
    return b;
}

static Rule msi(Bench *b, uint32_t device, uint32_t event)
{
    b->ref->rules = 0;
    ref5_frame_write(b->ref, "ITS_TRANSLATE", VGIC_NS | VGIC_FROM_DEVICE(device), ITS_TRANSLATER, 4,
                     event);
    return b->ref->rules ? (Rule)__builtin_ctz(b->ref->rules) : RULE_END;
}

static void store(Bench *b, uint64_t address, uint64_t value)
{
    assert_true(memory_write64(b->memory[VGIC_NS], address, value));
}

static void events_are_translated(void **state)
{
    (void)state;
    const uint64_t dt2 = TABLE2 + 0x10000, itt = TABLE2 + 0x20000, l2 = TABLE2 + 0x30000;
    Bench *b = bench_its(0x10010); /* two levels, 4K */
    assert_int_equal(msi(b, 776, 1300), RULE_ITS_MSI);
    store(b, TABLE2 + 8, UINT64_C(8) << 60 | dt2 | 1); /* 256 entries: 264 is beyond */
    store(b, dt2 + 0x840, UINT64_C(11) << 59 | UINT64_C(1) << 58 | itt | 1);
    store(b, itt + 0x10, UINT64_C(9) << 60 | l2 | 1);
    store(b, l2 + 0x8A0, 0x80001388);
    assert_int_equal(msi(b, 776, 1300), RULE_ITS_MSI);
    store(b, TABLE2 + 8, UINT64_C(9) << 60 | dt2 | 1);
    assert_int_equal(msi(b, 776, 2048), RULE_ITS_MSI);
    assert_int_equal(msi(b, 0x10000, 0), RULE_ITS_MSI);
    assert_int_equal(msi(b, 776, 1300), RULE_END);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_LPI(5000)));
    put(b, GIC_CDEOI, 0);
    put(b, GIC_CDDI, VGIC_V5_LPI(5000));
    /* cached until it is invalidated */
    store(b, l2 + 0x8A0, 0);
    assert_int_equal(msi(b, 776, 1300), RULE_END);
    its(b, ITS_DIDR, 8, 776);
    its(b, ITS_EIDR, 4, 1300);
    its(b, ITS_INV_EVENTR, 4, 1u << 31);
    assert_int_equal(msi(b, 776, 1300), RULE_ITS_MSI);
    its(b, ITS_CR0, 4, 0);
    assert_int_equal(msi(b, 776, 1300), RULE_ITS_DISABLED);
    bench_free(b);
}

static void wires_become_events(void **state)
{
    (void)state;
    Bench *b = bench_its(0x10); /* linear */
    const uint64_t itt = TABLE2 + 0x100000;
    store(b, TABLE2 + 0x1840, UINT64_C(5) << 59 | itt | 1);
    store(b, itt + 0x88, 0x80001388); /* event 17 */
    ref5_iwb_set_level(b->ref, 0, 17, true);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    ref5_frame_write(b->ref, "IWB", VGIC_NS, IWB_WTMR(0), 4, 1u << 17);
    ref5_frame_write(b->ref, "IWB", VGIC_NS, IWB_WENABLER(0), 4, 1u << 17);
    assert_int_equal(get(b, GICR_CDIA), ACK(VGIC_V5_LPI(5000)));
    put(b, GIC_CDEOI, 0);
    put(b, GIC_CDDI, VGIC_V5_LPI(5000));
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ); /* still high */
    ref5_frame_write(b->ref, "IWB", VGIC_NS, IWB_WENABLER(0), 4, 0);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    ref5_frame_write(b->ref, "IWB", VGIC_NS, IWB_WENABLER(0), 4, 1u << 17);
    assert_int_equal(ref5_lines(b->ref, 0), VGIC_LINE_IRQ);
    ref5_iwb_set_level(b->ref, 0, 17, false);
    assert_int_equal(ref5_lines(b->ref, 0), 0);
    bench_free(b);
}

static void some_encodings_are_undefined(void **state)
{
    (void)state;
    Bench *b = bench_on();
    static const VgicCpuState el0 = {.el = 0, .space = VGIC_NS};
    uint64_t value;
    uint32_t hapr = VGIC_SYSREG(3, 1, 12, 0, 3);
    assert_int_equal(ref5_sysreg_read(b->ref, 0, &ns, hapr, &value), VGIC_UNDEFINED);
    assert_int_equal(ref5_sysreg_read(b->ref, 0, &el0, ICC_PCR_EL1, &value), VGIC_UNDEFINED);
    assert_int_equal(ref5_sysreg_read(b->ref, 0, &ns, GIC_CDEN, &value), VGIC_UNDEFINED);
    assert_int_equal(ref5_sysreg_write(b->ref, 0, &ns, GICR_CDIA, 0), VGIC_UNDEFINED);
    assert_int_equal(ref5_sysreg_write(b->ref, 0, &ns, GIC_LDEN, 0), VGIC_UNDEFINED);
    assert_int_equal(ref5_sysreg_read(b->ref, 0, &ns, ICC_PCR_EL3, &value), VGIC_UNDEFINED);
    put(b, ICC_ICSR_EL1, UINT64_MAX);
    assert_int_equal(get(b, ICC_ICSR_EL1), UINT64_C(0xFFFF0000F83F));
    irs(b, IRS_CR1, 4, UINT32_MAX);
    assert_int_equal(irs_get(b, IRS_CR1, 4), 0xFFFF);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_it_is_enabled),
        cmocka_unit_test(priorities_nest_and_drop),
        cmocka_unit_test(a_level_interrupt_comes_again),
        cmocka_unit_test(a_trigger_mode_changes_with_the_wire_high),
        cmocka_unit_test(ppis_keep_to_themselves),
        cmocka_unit_test(affinity_moves_what_is_pending),
        cmocka_unit_test(entries_are_where_they_belong),
        cmocka_unit_test(a_table_comes_and_goes),
        cmocka_unit_test(domains_preempt_as_fiq),
        cmocka_unit_test(superpriority),
        cmocka_unit_test(events_are_translated),
        cmocka_unit_test(wires_become_events),
        cmocka_unit_test(some_encodings_are_undefined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
