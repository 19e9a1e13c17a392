/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on its=on peer=off global=vgic-v5.iwb-wires=134
 *
 * GICv5 with EL3: an ITS with frames and tables of its own in each of three domains, events that
 * stay in their domain, and the wire bridge, whose wires firmware gives to domains.
 */
#include "rt/its5.h"

enum domain {
    S,
    NS,
    E3,
    DOMAINS
};
enum {
    L = 300,
    DEVICE = 5
};
static const char *const domain_names[] = {"Secure", "Non-secure", "EL3"};
static const enum place place_of[] = {AT_S_EL1, AT_NS_EL1, AT_EL3};
static struct {
    u64 irs, its, translate;
    struct table5 dt, itt, wires;
} of[DOMAINS];

/* The code that follows uses the frames of that domain; where it must run to reach them. */
static enum place use(enum domain d)
{
    gic5.irs = of[d].irs;
    gic5.its = of[d].its;
    gic5.translate = of[d].translate;
    return d == NS ? AT_NS_EL1 : AT_EL3;
}

static u64 f_prepare(u64 d)
{
    irs_enable(true);
    lpis_init(14);
    of[d].dt = (struct table5){.bits = 17, .two_level = true};
    of[d].itt = of[d].wires = (struct table5){.bits = 6};
    table5_make(&of[d].dt), table5_make(&of[d].itt), table5_make(&of[d].wires);
    its5_use(&of[d].dt);
    its5_map_device(&of[d].dt, DEVICE, &of[d].itt);
    its5_map_device(&of[d].dt, 0, &of[d].itt);
    its5_map_device(&of[d].dt, gic5.iwb_device, &of[d].wires);
    for (u32 n = 0; n < 16; n++) {
        its5_map_event(&of[d].itt, DEVICE, n, ITTE_VALID | (L + n));
        its5_map_event(&of[d].wires, gic5.iwb_device, n, ITTE_VALID | (L + 20 + n));
    }
    return 0;
}

/* Instructions of the domain, at its own place. */
static u64 f_lpis(u64 unused)
{
    for (u32 n = 0; n < 40; n++) {
        setup5(LPI5(L + n), 16, 0);
    }
    return unused;
}

static u64 f_state5(u64 intid)
{
    return cdrcfg((u32)intid) & (ICSR_F | ICSR_PENDING | ICSR_ACTIVE | ICSR_LEVEL);
}

static u64 f_gen_event(u64 both)
{
    /* TARGET_DOMAIN is in [63:32]. */
    write64(gic5.its + ITS_GEN_EVENT_DIDR, DEVICE);
    its_write(ITS_GEN_EVENT_EIDR, (u32)both);
    its_write(ITS_GEN_EVENTR, 1u << 31 | (u32)(both >> 32));
    its5_sync(DEVICE);
    return 0;
}

static u64 f_msi(u64 event)
{
    its5_msi((u32)event);
    return 0;
}

static u64 f_read_event(u64 event)
{
    return its5_read_event(DEVICE, (u32)event);
}

static void start(void)
{
    static const char *const configs[] = {"s-config", "ns-config", "el3-config"};
    static const char *const translates[] = {"s-translate", "ns-translate", "el3-translate"};

    section("start");
    gic5_find();
    for (unsigned d = 0; d < DOMAINS; d++) {
        of[d].irs = fdt_reg("arm,gic-v5-irs", configs[d], 0);
        of[d].its = fdt_reg("arm,gic-v5-its", configs[d], 0);
        of[d].translate = fdt_reg(NULL, translates[d], 0);
        expect(of[d].irs && of[d].its && of[d].translate, 1, "%s: frames", domain_names[d]);
    }
    for (unsigned d = S; d <= NS; d++) {
        scr_set(d == NS ? SCR_NS : 0, d == NS ? 0 : SCR_NS);
        pcr(31);
        WRITE_SYS(ICC_CR0_EL1, 32ull << 32 | CR0_EN);
    }
    scr_set(0, SCR_NS);
    WRITE_SYS("S3_6_C12_C8_1", 31);     /* ICC_PCR_EL3 */
    WRITE_SYS("S3_6_C12_C9_0", CR0_EN); /* ICC_CR0_EL3 */
    for (unsigned d = 0; d < DOMAINS; d++) {
        at(use(d), f_prepare, d);
        at(place_of[d], f_lpis, 0);
        expect(at(use(d), f_read32, of[d].its + ITS_IDR0) & 3, d, "%s: ITS_IDR0.INT_DOM",
               domain_names[d]);
    }
    expect(at(AT_NS_EL1, f_read32, of[S].its + ITS_IDR1), 0, "Non-secure access to Secure");
    expect(at(AT_NS_EL1, f_read32, of[E3].its + ITS_IDR1), 0, "Non-secure access to EL3");
    expect(read32(of[NS].its + ITS_IDR1), 0, "Secure access to Non-secure");
}

/* Who takes the LPI: bits of domains. */
static u64 takers(u32 lpi)
{
    u64 v = 0;
    for (unsigned d = 0; d < DOMAINS; d++) {
        v |= (u64)(at(place_of[d], f_take5, 0) == LPI5(lpi)) << d;
    }
    return v;
}

static void events(void)
{
    section("events");
    for (unsigned d = 0; d < DOMAINS; d++) {
        at(use(d), f_gen_event, 3 | (u64)d << 32);
        expect(takers(L + 3), 1u << d, "%s, GEN_EVENT", domain_names[d]);
        at(use(d), f_msi, 4);
        expect(takers(L + 4), 1u << d, "%s, ITS_TRANSLATER", domain_names[d]);
        expect(at(use(d), f_read_event, 6), ITTE_VALID | (L + 6), "%s, READ_EVENT",
               domain_names[d]);
    }
    at(AT_NS_EL1, f_write32, BOTH(of[S].translate, 4));
    at(AT_NS_EL1, f_write32, BOTH(of[E3].translate, 4));
    write32(of[NS].translate, 4);
    expect(takers(L + 4), 0, "ITS_TRANSLATER of another space");
    use(NS);
    at(AT_NS_EL1, f_gen_event, 3 | (u64)S << 32);
    expect(takers(L + 3) & 1, 0, "Non-secure GEN_EVENT for Secure");
}

static u64 f_wire(u64 both)
{
    /* The register in [31:0], the wire in [39:32], the bit's value in [40]. */
    const u32 reg = (u32)both, wire = both >> 32 & 0xff, mask = 1u << wire;
    const u32 old = iwb_read(reg);
    iwb_write(reg, both >> 40 & 1 ? old | mask : old & ~mask);
    return iwb_read(reg);
}
#define WIRE(reg, wire, value) ((u64)(reg) | (u64)(wire) << 32 | (u64)(value) << 40)

static u64 f_iwb_write(u64 both)
{
    iwb_write((u32)both, (u32)(both >> 32));
    return iwb_read((u32)both);
}

static void wires(void)
{
    static const u32 wire_of[] = {SPI_RTC, SPI_GPIO, SPI_UART};
    section("wires");
    expect(iwb_read(IWB_IDR0) >> 11 & 0xf, 7, "IWB_IDR0.INT_DOMS");
    expect(iwb_read(IWB_WDOMAINR), 0, "WDOMAINR0 at reset");
    at(AT_NS_EL1, f_iwb_write, BOTH(IWB_WDOMAINR, 0x55555555));
    expect(iwb_read(IWB_WDOMAINR), 0, "WDOMAINR0 written by Non-secure");
    const u32 domains = S << 2 * SPI_RTC | NS << 2 * SPI_GPIO | E3 << 2 * SPI_UART;
    iwb_write(IWB_WDOMAINR, domains);
    expect(iwb_read(IWB_WDOMAINR), domains, "WDOMAINR0");
    /* Each world has its own wires, the owner has all. */
    at(AT_NS_EL1, f_iwb_write, BOTH(IWB_WENABLER, 0xffffffff));
    expect(iwb_read(IWB_WENABLER), 1 << SPI_GPIO, "WENABLER0 written by Non-secure");
    at(AT_NS_EL1, f_iwb_write, BOTH(IWB_WTMR, 0xffffffff));
    expect(iwb_read(IWB_WTMR), 1 << SPI_GPIO, "WTMR0 written by Non-secure");
    for (unsigned d = 0; d < DOMAINS; d++) {
        f_wire(WIRE(IWB_WTMR, wire_of[d], 1));
        f_wire(WIRE(IWB_WENABLER, wire_of[d], 1));
    }
    expect(at(AT_NS_EL1, f_read32, gic5.iwb + IWB_WENABLER) >> SPI_GPIO & 1, 1,
           "WENABLER0 read by Non-secure");
    for (unsigned d = 0; d < DOMAINS; d++) {
        const u32 intid = LPI5(L + 20 + wire_of[d]);
        (d == S ? rtc_wire : d == NS ? gpio_wire : uart_wire)(true);
        for (unsigned e = 0; e < DOMAINS; e++) {
            expect(at(place_of[e], f_state5, intid), d == e ? ICSR_LEVEL | ICSR_PENDING : 0,
                   "wire of %s, LPI of %s: state", domain_names[d], domain_names[e]);
        }
        (d == S ? rtc_wire : d == NS ? gpio_wire : uart_wire)(false);
        expect(at(place_of[d], f_state5, intid), ICSR_LEVEL, "wire of %s low: state",
               domain_names[d]);
    }
    at(AT_NS_EL1, f_iwb_write, BOTH(IWB_WENABLER, 0));
    expect(iwb_read(IWB_WENABLER), 1 << SPI_RTC | 1 << SPI_UART, "WENABLER0 cleared by Non-secure");
    at(AT_NS_EL1, f_iwb_write, BOTH(IWB_CR0, 0));
    fact(iwb_read(IWB_CR0), "IWB_CR0 written by Non-secure");
}

int main(void)
{
    start();
    events();
    wires();
    return 0;
}
