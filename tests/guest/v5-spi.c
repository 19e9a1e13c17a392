/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: SPIs. Selection, trigger mode and handling mode, what a wire does in both, changes of the
 * trigger mode, RESAMPLER, pending by software beside a wire, enable, three wires, all SPIs.
 */
#include "rt/gic5.h"

enum {
    LEVEL_PENDING = ICSR_LEVEL | ICSR_PENDING
};
#define GPIO SPI5(SPI_GPIO)

/* Pending, Active and HM. */
static u64 state5(u32 intid)
{
    return cdrcfg(intid) & (ICSR_F | ICSR_PENDING | ICSR_ACTIVE | ICSR_LEVEL);
}

static void resample(u32 id)
{
    irs_write_idle(IRS_SPI_RESAMPLER, id, IRS_SPI_STATUSR, IDLE);
}

static void select_one(void)
{
    section("select");
    const u32 range = irs_read(IRS_IDR5);
    expect(range, 256, "IRS_IDR5.SPI_RANGE");
    expect(spi_select(0), 1, "SPI 0: V");
    expect(irs_read(IRS_SPI_CFGR), 0, "SPI 0: CFGR");
    expect(spi_select(255), 1, "SPI 255: V");
    expect(irs_read(IRS_SPI_SELR), 255, "SPI 255: SELR");
    irs_write_idle(IRS_SPI_CFGR, 0xffffffff, IRS_SPI_STATUSR, IDLE);
    expect(irs_read(IRS_SPI_CFGR), 1, "SPI 255: CFGR ones");
    spi_select(254);
    expect(irs_read(IRS_SPI_CFGR), 0, "SPI 254: CFGR");
    expect(spi_select(256), 0, "SPI 256: V");
    irs_write(IRS_SPI_CFGR, 1);
    expect(irs_read(IRS_SPI_CFGR), 0, "SPI 256: CFGR");
    expect(irs_read(IRS_SPI_DOMAINR), 0, "SPI 256: DOMAINR");
    expect(irs_read(IRS_SPI_STATUSR), IDLE, "SPI 256: STATUSR");
    expect(spi_select(0xffffff), 0, "SPI 2^24 - 1: V");
    expect(spi_select(255), 1, "SPI 255 again: V");
    expect(irs_read(IRS_SPI_CFGR), 1, "SPI 255 again: CFGR");
    irs_write(IRS_SPI_CFGR, 0);
    expect(irs_read(IRS_SPI_CFGR), 0, "SPI 255: CFGR zeros");
    /* Without EL3 software cannot move an SPI to another domain. */
    spi_select(50);
    irs_write(IRS_SPI_DOMAINR, 0);
    expect(irs_read(IRS_SPI_STATUSR), IDLE | STATUSR_V, "DOMAINR written: STATUSR");
    setup5(SPI5(50), 9, 0);
    cdpend(SPI5(50), true);
    expect(take5(), SPI5(50), "DOMAINR written: taken");
}

static void software(void)
{
    const u32 id = SPI5(60);
    section("software");
    expect(cdrcfg(id), 0, "reset");
    cdpri(id, 9), cdaff(id, 0);
    cdpend(id, true);
    expect(state5(id), ICSR_PENDING, "pended: state");
    expect(lines(), 0, "pended, not enabled: lines");
    cden(id);
    expect(hppir(), VALID5 | id, "enabled: HPPIR");
    expect(cdia(), VALID5 | id, "CDIA");
    expect(state5(id), ICSR_ACTIVE, "acknowledged: state");
    cdpend(id, true);
    expect(state5(id), ICSR_ACTIVE | ICSR_PENDING, "pended while active: state");
    cdeoi();
    expect(hppir(), 0, "CDEOI: HPPIR");
    cddi(id);
    expect(take5(), id, "CDDI: again");
    expect(take5(), 0, "no more");
    /* Handled as level-sensitive, it stays pending. */
    cdhm(id, true);
    expect(state5(id), ICSR_LEVEL, "CDHM level: state");
    cdpend(id, true);
    expect(cdia(), VALID5 | id, "CDHM level: CDIA");
    expect(state5(id), LEVEL_PENDING | ICSR_ACTIVE, "CDHM level, acknowledged: state");
    cdeoi(), cddi(id);
    expect(cdia(), VALID5 | id, "CDHM level: again");
    cdhm(id, false);
    expect(state5(id), ICSR_PENDING | ICSR_ACTIVE, "CDHM edge while active: state");
    cdeoi(), cddi(id);
    expect(take5(), id, "CDHM edge: once more");
    expect(take5(), 0, "CDHM edge: no more");
}

static void level(void)
{
    section("level");
    gpio_wire(false);
    setup5(GPIO, 9, 0);
    spi_tm(SPI_GPIO, true);
    expect(state5(GPIO), 0, "wire low: state");
    gpio_wire(true);
    expect(state5(GPIO), LEVEL_PENDING, "wire high: state");
    expect(hppir(), VALID5 | GPIO, "wire high: HPPIR");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_LEVEL, "wire low again: state");
    expect(hppir() << 4 | lines(), 0, "wire low again: HPPIR, lines");
    gpio_wire(true);
    expect(cdia(), VALID5 | GPIO, "CDIA");
    expect(state5(GPIO), LEVEL_PENDING | ICSR_ACTIVE, "acknowledged: state");
    expect(lines(), 0, "acknowledged: lines");
    cdeoi();
    expect(lines(), 0, "CDEOI: lines");
    cddi(GPIO);
    expect(lines(), MASK_IRQ, "CDDI with the wire high: lines");
    expect(cdia(), VALID5 | GPIO, "CDDI with the wire high: again");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_LEVEL | ICSR_ACTIVE, "wire low while active: state");
    cdeoi(), cddi(GPIO);
    expect(take5(), 0, "wire low while active: no more");
    /* High once more while active. */
    gpio_wire(true);
    expect(cdia(), VALID5 | GPIO, "CDIA");
    gpio_wire(false), gpio_wire(true);
    cdeoi(), cddi(GPIO);
    expect(cdia(), VALID5 | GPIO, "low and high while active: again");
    gpio_wire(false);
    cdeoi(), cddi(GPIO);
    expect(take5(), 0, "low: no more");
}

static void edge(void)
{
    section("edge");
    spi_tm(SPI_GPIO, false);
    gpio_wire(true);
    expect(state5(GPIO), ICSR_PENDING, "rise: state");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_PENDING, "fall: state");
    expect(cdia(), VALID5 | GPIO, "CDIA");
    expect(state5(GPIO), ICSR_ACTIVE, "acknowledged: state");
    gpio_wire(true);
    expect(state5(GPIO), ICSR_ACTIVE | ICSR_PENDING, "rise while active: state");
    gpio_wire(false), gpio_wire(true);
    cdeoi(), cddi(GPIO);
    expect(take5(), GPIO, "two rises while active");
    expect(take5(), 0, "are one");
    gpio_wire(true);
    expect(take5(), 0, "no rise");
    gpio_wire(false), gpio_wire(true);
    expect(take5(), GPIO, "a rise");
    gpio_wire(false);
}

static void change(void)
{
    section("tm");
    spi_tm(SPI_GPIO, false);
    gpio_wire(true);
    expect(take5(), GPIO, "edge, high: taken");
    expect(state5(GPIO), 0, "edge, high: state");
    spi_tm(SPI_GPIO, true);
    expect(state5(GPIO), LEVEL_PENDING, "to level, high: state");
    spi_tm(SPI_GPIO, true);
    expect(state5(GPIO), LEVEL_PENDING, "level again: state");
    spi_tm(SPI_GPIO, false);
    expect(state5(GPIO) & ICSR_PENDING, 0, "to edge, high: Pending");
    expect(lines(), 0, "to edge, high: lines");
    cdhm(GPIO, false);
    cdpend(GPIO, true);
    spi_tm(SPI_GPIO, false);
    expect(state5(GPIO), ICSR_PENDING, "edge again: state");
    gpio_wire(false);
    expect(state5(GPIO), ICSR_PENDING, "edge, low: state");
    spi_tm(SPI_GPIO, true);
    expect(state5(GPIO) & ICSR_PENDING, 0, "to level, low: Pending");
    spi_tm(SPI_GPIO, false);
    expect(state5(GPIO) & ICSR_PENDING, 0, "to edge, low: Pending");
    cdpend(GPIO, true);
    spi_tm(SPI_GPIO, false);
    expect(state5(GPIO) & ICSR_PENDING, ICSR_PENDING, "edge again, low: Pending");
    expect(take5(), GPIO, "taken");
}

static void resampled(void)
{
    section("resample");
    spi_tm(SPI_GPIO, true);
    gpio_wire(true);
    cdpend(GPIO, false);
    expect(state5(GPIO), ICSR_LEVEL, "CDPEND 0 with the wire high: state");
    resample(SPI_GPIO);
    expect(state5(GPIO), LEVEL_PENDING, "level, high: state");
    gpio_wire(false);
    cdpend(GPIO, true);
    expect(state5(GPIO), LEVEL_PENDING, "CDPEND 1 with the wire low: state");
    resample(SPI_GPIO);
    expect(state5(GPIO), ICSR_LEVEL, "level, low: state");
    spi_tm(SPI_GPIO, false);
    resample(SPI_GPIO);
    expect(state5(GPIO) & ICSR_PENDING, 0, "edge, low: Pending");
    cdpend(GPIO, true);
    resample(SPI_GPIO);
    expect(state5(GPIO) & ICSR_PENDING, ICSR_PENDING, "edge, low, pending: Pending");
    expect(take5(), GPIO, "edge, low, pending: taken");
    gpio_wire(true);
    expect(take5(), GPIO, "edge, high: taken");
    resample(SPI_GPIO);
    expect(state5(GPIO), ICSR_PENDING, "edge, high: state");
    expect(take5(), GPIO, "edge, high: taken again");
    gpio_wire(false);
    irs_write(IRS_SPI_RESAMPLER, 256);
    irs_write(IRS_SPI_RESAMPLER, 0xffffffff);
    expect(take5(), 0, "SPIs that are not there");
}

/* What an SPI's instructions must undo. */
static void undo(void)
{
    const u32 id = SPI5(70);
    section("undo");
    cdpri(id, 9), cdaff(id, 0);
    cdpend(id, true);
    cdpend(id, false);
    expect(state5(id), 0, "CDPEND 0: state");
    cden(id);
    expect(take5(), 0, "CDPEND 0: taken");
    cdpend(id, true);
    cddis(id);
    expect(cdrcfg(id), ICSR(ICSR_PENDING, 9, 0), "CDDIS: CDRCFG");
    expect(take5(), 0, "CDDIS: taken");
    cden(id);
    expect(take5(), id, "CDEN: taken");
    expect(take5(), 0, "no more");
    cdaff(id, 0xffff);
}

static void three(void)
{
    static const u32 ids[] = {SPI5(SPI_UART), SPI5(SPI_RTC), SPI5(SPI_GPIO)};
    section("wires");
    for (unsigned n = 0; n < 3; n++) {
        setup5(ids[n], 20 - n, 0);
        spi_tm(ids[n] & 0xffffff, true);
    }
    expect(take5(), 0, "all low");
    uart_wire(true), rtc_wire(true), gpio_wire(true);
    for (unsigned n = 0; n < 3; n++) {
        expect(state5(ids[n]), LEVEL_PENDING, "high: SPI %u", (u64)ids[n] & 0xffffff);
    }
    expect(cdia(), VALID5 | SPI5(SPI_GPIO), "first");
    gpio_wire(false);
    cdeoi(), cddi(SPI5(SPI_GPIO));
    expect(cdia(), VALID5 | SPI5(SPI_RTC), "second");
    rtc_wire(false);
    cdeoi(), cddi(SPI5(SPI_RTC));
    expect(cdia(), VALID5 | SPI5(SPI_UART), "third");
    uart_wire(false);
    cdeoi(), cddi(SPI5(SPI_UART));
    expect(take5(), 0, "no more");
}

/* All that no device drives, pended together, with all priorities. */
static void all(void)
{
    enum {
        FIRST = 100
    };
    u64 wrong = 0, last = 0, taken = 0;
    static u8 seen[256];

    section("all");
    for (u32 n = FIRST; n < 256; n++) {
        setup5(SPI5(n), n * 7 % 32, 0);
        cdpend(SPI5(n), true);
    }
    for (u32 id; (id = take5());) {
        const u32 n = id & 0xffffff;
        if (id >> 29 != 3 || n < FIRST || n > 255 || seen[n]++ || n * 7 % 32 < last) {
            wrong++;
            break;
        }
        last = n * 7 % 32;
        taken++;
    }
    expect(wrong, 0, "out of order");
    expect(taken, 256 - FIRST, "taken");
}

int main(void)
{
    gic5_init();
    select_one();
    software();
    level();
    edge();
    change();
    three();
    all();
    resampled();
    undo();
    return 0;
}
