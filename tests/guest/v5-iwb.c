/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on peer=off global=vgic-v5.iwb-wires=134
 *
 * GICv5: three devices behind the wire bridge (UART, RTC and GPIO on its wires 1, 2 and 7). Edge
 * and level, wire enable, trigger mode, RESAMPLER, IWBEN, and that the SPIs of those numbers are
 * silent.
 */
#include "rt/its5.h"

enum {
    L = 400,
    WIRE = SPI_GPIO,
    LEVEL_PENDING = ICSR_LEVEL | ICSR_PENDING
};
#define GPIO LPI5(L + WIRE)

static u64 state5(u32 intid)
{
    return cdrcfg(intid) & (ICSR_F | ICSR_PENDING | ICSR_ACTIVE | ICSR_LEVEL);
}

static void bit(u32 reg, u32 wire, bool on)
{
    const u32 at = reg + wire / 32 * 4, mask = 1u << wire % 32;
    const u32 old = iwb_read(at);
    iwb_write(at, on ? old | mask : old & ~mask);
    for (unsigned n = 0; n < 1000000 && iwb_read(IWB_WENABLE_STATUSR) != IDLE; n++) {
    }
    its5_sync(gic5.iwb_device);
}
static void wire_enable(u32 wire, bool on)
{
    bit(IWB_WENABLER, wire, on);
}
static void wire_level(u32 wire, bool level)
{
    bit(IWB_WTMR, wire, level);
}
static void resample(u32 wire)
{
    iwb_write(IWB_WRESAMPLER, wire);
    its5_sync(gic5.iwb_device);
}

static void edge(void)
{
    section("edge");
    wire_level(WIRE, false);
    gpio_wire(true);
    expect(state5(GPIO), 0, "disabled, rise: state");
    gpio_wire(false);
    wire_enable(WIRE, true);
    expect(state5(GPIO), 0, "enabled, low: state");
    gpio_wire(true);
    expect(state5(GPIO), ICSR_PENDING, "rise: state");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_PENDING, "fall: state");
    expect(cdia(), VALID5 | GPIO, "CDIA");
    gpio_wire(true), gpio_wire(false), gpio_wire(true);
    expect(state5(GPIO), ICSR_PENDING | ICSR_ACTIVE, "rises while active: state");
    cdeoi(), cddi(GPIO);
    expect(take5(), GPIO, "once more");
    expect(take5(), 0, "no more");
    resample(WIRE);
    expect(take5(), GPIO, "high, resampled");
    gpio_wire(false);
    resample(WIRE);
    expect(take5(), 0, "low, resampled");
    wire_enable(WIRE, false);
}

static void level(void)
{
    section("level");
    wire_level(WIRE, true);
    gpio_wire(true);
    expect(state5(GPIO), 0, "disabled, high: state");
    wire_enable(WIRE, true);
    expect(state5(GPIO), LEVEL_PENDING, "enabled, high: state");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_LEVEL, "low: state");
    expect(take5(), 0, "low: taken");
    gpio_wire(true);
    expect(state5(GPIO), LEVEL_PENDING, "high: state");
    expect(cdia(), VALID5 | GPIO, "CDIA");
    expect(state5(GPIO), LEVEL_PENDING | ICSR_ACTIVE, "acknowledged: state");
    cdeoi(), cddi(GPIO);
    expect(cdia(), VALID5 | GPIO, "still high: again");
    gpio_wire(false);
    cdeoi(), cddi(GPIO);
    expect(take5(), 0, "low while active: no more");
    /* As a driver does with a threaded handler: the wire off while its device is looked after. */
    gpio_wire(true);
    expect(cdia(), VALID5 | GPIO, "CDIA");
    wire_enable(WIRE, false);
    cdeoi(), cddi(GPIO);
    expect(take5(), 0, "wire disabled while high: no more");
    gpio_wire(false);
    wire_enable(WIRE, true);
    expect(state5(GPIO) & ICSR_PENDING, 0, "low when enabled: Pending");
    expect(take5(), 0, "low when enabled: no more");
    gpio_wire(true);
    expect(cdia(), VALID5 | GPIO, "CDIA");
    wire_enable(WIRE, false);
    cdeoi(), cddi(GPIO);
    wire_enable(WIRE, true);
    expect(cdia(), VALID5 | GPIO, "high when enabled: again");
    gpio_wire(false);
    cdeoi(), cddi(GPIO);
    /* Software that drops the state, and the wire that tells it anew. */
    gpio_wire(true);
    cdpend(GPIO, false);
    expect(take5(), 0, "CDPEND 0");
    resample(WIRE);
    expect(state5(GPIO), LEVEL_PENDING, "high, resampled: state");
    gpio_wire(false);
    cdpend(GPIO, true);
    resample(WIRE);
    expect(state5(GPIO) & ICSR_PENDING, 0, "low, resampled: Pending");
}

static void change(void)
{
    section("wtmr");
    gpio_wire(false);
    wire_level(WIRE, false);
    gpio_wire(true);
    expect(take5(), GPIO, "edge, high: taken");
    wire_level(WIRE, true);
    expect(state5(GPIO), LEVEL_PENDING, "to level, high: state");
    wire_level(WIRE, false);
    expect(state5(GPIO) & ICSR_PENDING, 0, "to edge, high: Pending");
    gpio_wire(false);
    cdpend(GPIO, true);
    wire_level(WIRE, true);
    expect(state5(GPIO) & ICSR_PENDING, 0, "to level, low: Pending");
    cdpend(GPIO, true);
    wire_level(WIRE, false);
    expect(take5(), GPIO, "to edge, low: taken");
}

static void three(void)
{
    static const u32 wires[] = {SPI_UART, SPI_RTC, SPI_GPIO};
    section("wires");
    for (unsigned n = 0; n < 3; n++) {
        wire_level(wires[n], true);
        wire_enable(wires[n], true);
        cdpri(LPI5(L + wires[n]), 20 - n);
        setup5(SPI5(wires[n]), 1, 0);
    }
    expect(take5(), 0, "all low");
    uart_wire(true), rtc_wire(true), gpio_wire(true);
    for (unsigned n = 0; n < 3; n++) {
        expect(state5(LPI5(L + wires[n])), LEVEL_PENDING, "high: wire %u", (u64)wires[n]);
        expect(state5(SPI5(wires[n])), 0, "high: SPI %u", (u64)wires[n]);
    }
    expect(cdia(), VALID5 | LPI5(L + SPI_GPIO), "first");
    gpio_wire(false);
    cdeoi(), cddi(LPI5(L + SPI_GPIO));
    expect(cdia(), VALID5 | LPI5(L + SPI_RTC), "second");
    rtc_wire(false);
    cdeoi(), cddi(LPI5(L + SPI_RTC));
    expect(cdia(), VALID5 | LPI5(L + SPI_UART), "third");
    uart_wire(false);
    cdeoi(), cddi(LPI5(L + SPI_UART));
    expect(take5(), 0, "no more");
    /* Those without a device. */
    wire_enable(20, true), resample(20);
    resample(64), resample(0xffff);
    iwb_write(IWB_WRESAMPLER, 0xffffffff);
    expect(take5(), 0, "other wires");
}

static void iwben(void)
{
    section("iwben");
    wire_level(WIRE, true);
    wire_enable(WIRE, true);
    expect(iwb_read(IWB_CR0), CR0_IDLE | IWBEN, "IWB_CR0");
    iwb_write(IWB_CR0, 0);
    expect(iwb_read(IWB_CR0), CR0_IDLE, "off: IWB_CR0");
    gpio_wire(true);
    its5_sync(gic5.iwb_device);
    expect(take5(), 0, "off, high: taken");
    iwb_write(IWB_CR0, IWBEN);
    its5_sync(gic5.iwb_device);
    expect(state5(GPIO), LEVEL_PENDING, "on, high: state");
    gpio_wire(false);
    expect(take5(), 0, "on, low: taken");
}

/* Its events are those of a device like any other. */
static void as_device(const struct table5 *itt)
{
    section("device");
    expect(its5_read_event(gic5.iwb_device, WIRE), ITTE_VALID | (L + WIRE), "READ_EVENT");
    its5_map_event(itt, gic5.iwb_device, WIRE, 0);
    gpio_wire(true);
    expect(take5(), 0, "an event that is not in the table");
    its5_map_event(itt, gic5.iwb_device, WIRE, ITTE_VALID | (L + 60));
    gpio_wire(false), gpio_wire(true);
    expect(cdia(), VALID5 | LPI5(L + 60), "another LPI");
    gpio_wire(false);
    cdeoi(), cddi(LPI5(L + 60));
    expect(take5(), 0, "no more");
    its5_gen_event(gic5.iwb_device, 3);
    expect(take5(), LPI5(L + 3), "generated by software");
}

int main(void)
{
    struct table5 dt, itt = {.bits = 6};

    gic5_init();
    lpis_init(14);
    section("start");
    expect(gic5.iwb != 0, 1, "there is a bridge");
    if (!gic5.iwb) {
        return 3;
    }
    dt = (struct table5){.bits = its_read(ITS_IDR1) & 0x3f, .two_level = true};
    table5_make(&dt), table5_make(&itt);
    its5_use(&dt);
    its5_map_device(&dt, gic5.iwb_device, &itt);
    for (u32 n = 0; n < 64; n++) {
        setup5(LPI5(L + n), 16, 0);
        its5_map_event(&itt, gic5.iwb_device, n, ITTE_VALID | (L + n));
    }
    edge();
    level();
    change();
    three();
    iwben();
    as_device(&itt);
    return 0;
}
