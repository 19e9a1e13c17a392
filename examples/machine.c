/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine in small: two PEs that are threads, a timer for each, a device in a thread of its own,
 * and everything that a host wires up: frames on a bus, system registers, wires, output lines,
 * reports, a trace, resets.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    CPUS = 2,
    TIMER_PPI = 27,
    DEVICE_SPI = 42,
    INTERRUPTS = 1000,
};

typedef struct Machine {
    Vgic *gic;
    pthread_mutex_t mutex;
    pthread_cond_t kick[CPUS];
    unsigned timer, device; /* interrupts taken, by PE 0 */
    unsigned reports, resets;
} Machine;

/* The bus: guest addresses to frames. */
static const struct {
    uint64_t address;
    const char *frame;
} map[] = {{0x08000000, "GICD"}, {0x080A0000, "GICR"}};

static VgicResult bus_write(Machine *m, uint64_t address, uint32_t size, uint64_t value)
{
    for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
        const VgicFrame *frame = vgic_frame(m->gic, map[i].frame);

        if (address - map[i].address < vgic_frame_size(frame)) {
            return vgic_frame_write(m->gic, frame, VGIC_NS, address - map[i].address, size, value);
        }
    }
    return VGIC_INVALID;
}

/* Callbacks. They run in the thread that called the library, which holds no lock meanwhile. */
static void lines_changed(void *machine, uint32_t cpu)
{
    Machine *m = machine;

    pthread_mutex_lock(&m->mutex);
    pthread_cond_signal(&m->kick[cpu]);
    pthread_mutex_unlock(&m->mutex);
}

static void guest_error(void *machine, const VgicReport *report)
{
    Machine *m = machine;

    m->reports++;
    printf("guest: [%s] %s\n", report->rule, report->message);
}

static void trace(void *machine, const VgicTrace *event)
{
    Machine *m = machine;

    if (event->kind == VGIC_TRACE_RESET) {
        m->resets++; /* by the main thread only; what other threads trace, they trace in parallel */
    }
}

/* The guest's part: what its driver does at start, and in its interrupt handler. */
static void guest_start(Machine *m)
{
    VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

    bus_write(m, 0x08000000 + GICD_CTLR, 4, 0x12);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        uint64_t redistributor = 0x080A0000 + cpu * 0x20000;

        bus_write(m, redistributor + GICR_IGROUPR0, 4, UINT32_MAX);
        bus_write(m, redistributor + GICR_ISENABLER0, 4, UINT64_C(1) << TIMER_PPI);
        vgic_sysreg_write(m->gic, cpu, &el1, ICC_PMR_EL1, 0xF0);
        vgic_sysreg_write(m->gic, cpu, &el1, ICC_IGRPEN1_EL1, 1);
    }
    bus_write(m, 0x08000000 + GICD_IGROUPR(DEVICE_SPI / 32), 4, 1u << DEVICE_SPI % 32);
    bus_write(m, 0x08000000 + GICD_ICFGR(DEVICE_SPI / 16), 4, 2u << 2 * (DEVICE_SPI % 16));
    bus_write(m, 0x08000000 + GICD_ISENABLER(DEVICE_SPI / 32), 4, 1u << DEVICE_SPI % 32);
    bus_write(m, 0x08000000 + GICD_TYPER, 4, 0); /* a mistake of the guest, to see the report */
}

static void guest_interrupt(Machine *m, uint32_t cpu)
{
    VgicCpuState el1 = {.el = 1, .space = VGIC_NS};
    uint64_t intid;

    vgic_sysreg_read(m->gic, cpu, &el1, ICC_IAR1_EL1, &intid);
    if (intid == TIMER_PPI) {
        m->timer++;
        vgic_ppi_set_level(m->gic, cpu, TIMER_PPI, false); /* the handler quiets its device */
    } else if (intid == DEVICE_SPI) {
        m->device++;
    }
    if (intid < VGIC_INTID_SECURE) {
        vgic_sysreg_write(m->gic, cpu, &el1, ICC_EOIR1_EL1, intid);
    }
}

/* A PE: sleeps until its lines say that there is something, as WFI does. */
static void *cpu_thread(void *data)
{
    Machine *m = data;

    while (m->device < INTERRUPTS) {
        pthread_mutex_lock(&m->mutex);
        while (!(vgic_cpu_lines(m->gic, 0) & VGIC_LINE_IRQ)) {
            pthread_cond_wait(&m->kick[0], &m->mutex);
        }
        pthread_mutex_unlock(&m->mutex);
        guest_interrupt(m, 0);
    }
    return NULL;
}

/* A device: waits until its last interrupt was taken, so that no two edges merge. */
static void *device_thread(void *data)
{
    Machine *m = data;
    VgicIrqInfo info;

    for (unsigned i = 0; i < INTERRUPTS; i++) {
        do {
            vgic_irq_info(m->gic, 0, DEVICE_SPI, &info);
        } while (info.pending);
        vgic_spi_pulse(m->gic, DEVICE_SPI);
    }
    return NULL;
}

int main(void)
{
    Machine m = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                 .kick = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER}};
    VgicHost host =
        VGIC_HOST_INIT(.lines_changed = lines_changed, .guest_error = guest_error, .trace = trace);
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = 5000);
    VgicError *error = NULL;
    pthread_t cpu, device;

    m.gic = vgic_new(&config, &host, &m, &error);
    if (!m.gic) {
        printf("%s\n", vgic_error_message(error));
        vgic_error_free(error);
    }
    config.spis = 64;
    m.gic = vgic_new(&config, &host, &m, NULL);
    if (!m.gic) {
        return EXIT_FAILURE;
    }

    guest_start(&m);
    vgic_ppi_set_level(m.gic, 0, TIMER_PPI, true);
    pthread_create(&cpu, NULL, cpu_thread, &m);
    pthread_create(&device, NULL, device_thread, &m);
    pthread_join(device, NULL);
    pthread_join(cpu, NULL);
    printf("PE 0 took %u timer and %u device interrupts\n", m.timer, m.device);

    vgic_cpu_reset(m.gic, 1);           /* the guest switched PE 1 off and on */
    vgic_reset(m.gic, VGIC_RESET_WARM); /* the machine's reset button: wires keep their levels */
    vgic_reset(m.gic, VGIC_RESET_COLD); /* power on */
    printf("%u report, %u resets, lines now %#" PRIx32 "\n", m.reports, m.resets,
           vgic_cpu_lines(m.gic, 0));
    vgic_free(m.gic);
    return m.timer == 1 && m.device == INTERRUPTS ? EXIT_SUCCESS : EXIT_FAILURE;
}
