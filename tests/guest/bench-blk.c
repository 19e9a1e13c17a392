/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on
 *
 * Bench: one read of 4 KiB from a virtio-blk device, from the request to the end of its interrupt;
 * the PE sleeps (WFI) in between. Only the way of the interrupt differs between the modes.
 * Words: count=N (reads, 1000), mode=msi (default: PCI, one MSI through the ITS), mode=intx (the
 * same device, a level-sensitive SPI), mode=mbi (the same device, its MSI goes to GICD_SETSPI_NSR),
 * mode=mmio (a virtio-mmio device, an SPI).
 * QEMU gets: -drive if=none,id=d,format=raw,... and -device virtio-blk-pci,drive=d,addr=1 or
 * -global virtio-mmio.force-legacy=false -device virtio-blk-device,drive=d.
 */
#include "rt/its.h"

/* --- PCI: one function, found by its address --- */

enum {
    SLOT = 1,
    REQUESTER = SLOT << 3,
    /* The machine swizzles INTA to INTD by slot onto INTIDs 35 to 38. */
    INTID_INTX = 35 + SLOT % 4,
    INTID_MBI = 32 + 200,
    PCI_COMMAND = 0x04,
    PCI_BAR = 0x10,
    PCI_CAPABILITIES = 0x34,
    CAP_VENDOR = 0x09,
    CAP_MSIX = 0x11,
};
#define PCI_FUNCTION (0x4010000000ull + (REQUESTER << 12))
#define PCI_WINDOW 0x10000000ull

static u64 bars[6];

/* Memory BARs get 1 MiB each of the window below 4 GiB. */
static void pci_assign(void)
{
    u64 next = PCI_WINDOW;

    for (unsigned n = 0; n < 6; n++) {
        const u64 at = PCI_FUNCTION + PCI_BAR + 4 * n;
        const u32 kind = read32(at);

        write32(at, ~0u);
        if (read32(at) == 0 || kind & 1) {
            continue;
        }
        bars[n] = next;
        write32(at, (u32)next);
        if ((kind & 6) == 4) {
            n++;
            write32(at + 4, 0);
        }
        next += 0x100000;
    }
    write16(PCI_FUNCTION + PCI_COMMAND, 6); /* memory, bus master */
}

/* The capability after @p at (0: the first one) of that kind; 0 if there is none. */
static u64 pci_capability(u64 at, u8 kind)
{
    u8 next = read8(at ? at + 1 : PCI_FUNCTION + PCI_CAPABILITIES);

    while (next && read8(PCI_FUNCTION + next) != kind) {
        next = read8(PCI_FUNCTION + next + 1);
    }
    return next ? PCI_FUNCTION + next : 0;
}

static void msix(u64 address, u32 data)
{
    const u64 capability = pci_capability(0, CAP_MSIX);
    const u32 table = read32(capability + 4);
    const u64 entry = bars[table & 7] + (table & ~7u);

    write32(entry, (u32)address);
    write32(entry + 4, (u32)(address >> 32));
    write32(entry + 8, data);
    write32(entry + 12, 0);
    write16(capability + 2, 0x8000);
}

/* --- virtio: one queue --- */

enum {
    STATUS_DRIVER = 3, /* ACKNOWLEDGE, too */
    STATUS_FEATURES_OK = 8,
    STATUS_DRIVER_OK = 4,
    QUEUE = 8,
    NEXT = 1,
    WRITE = 2,
    SECTORS = 8,
};

static struct {
    struct {
        u64 address;
        u32 length;
        u16 flags, next;
    } descriptors[QUEUE];
    volatile u16 available_flags, available_index, available[QUEUE + 1];
    volatile u16 used_flags __attribute__((aligned(4))), used_index;
    volatile struct {
        u32 id, length;
    } used[QUEUE];
} queue __attribute__((aligned(4096)));

static struct {
    u32 type, reserved;
    u64 sector;
} request;
static u8 buffer[512 * SECTORS] __attribute__((aligned(4096)));
static volatile u8 status = 0xff;

/* Where this transport has its registers; only virtio-mmio has interrupt_acknowledge. */
static struct {
    u64 common, interrupt_status, interrupt_acknowledge, notify;
} device_at;
static unsigned intid_expected;
static volatile u64 interrupts;

static void queue_prepare(void)
{
    queue.descriptors[0].address = (u64)&request;
    queue.descriptors[0].length = sizeof(request);
    queue.descriptors[0].flags = NEXT;
    queue.descriptors[0].next = 1;
    queue.descriptors[1].address = (u64)buffer;
    queue.descriptors[1].length = sizeof(buffer);
    queue.descriptors[1].flags = NEXT | WRITE;
    queue.descriptors[1].next = 2;
    queue.descriptors[2].address = (u64)&status;
    queue.descriptors[2].length = 1;
    queue.descriptors[2].flags = WRITE;
}

static void pci_registers(void)
{
    for (u64 c = pci_capability(0, CAP_VENDOR); c; c = pci_capability(c, CAP_VENDOR)) {
        const u64 at = bars[read8(c + 4) % 6] + read32(c + 8);

        switch (read8(c + 3)) {
        case 1:
            device_at.common = at;
            break;
        case 2:
            device_at.notify = at; /* of queue 0, whose offset is 0 or what the device says */
            break;
        case 3:
            device_at.interrupt_status = at; /* read to clear */
            break;
        }
    }
}

static void pci_start(u16 vector)
{
    const u64 at = device_at.common;

    write8(at + 0x14, 0);
    write8(at + 0x14, STATUS_DRIVER);
    write32(at + 0x08, 1);
    write32(at + 0x0c, 1); /* VIRTIO_F_VERSION_1 */
    write8(at + 0x14, STATUS_DRIVER | STATUS_FEATURES_OK);
    write16(at + 0x16, 0);
    write16(at + 0x18, QUEUE);
    write16(at + 0x1a, vector);
    write64(at + 0x20, (u64)queue.descriptors);
    write64(at + 0x28, (u64)&queue.available_flags);
    write64(at + 0x30, (u64)&queue.used_flags);
    write16(at + 0x1c, 1);
    write8(at + 0x14, STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

static void mmio_write64(u64 at, const volatile void *value)
{
    write32(at, (u32)(u64)value);
    write32(at + 4, (u32)((u64)value >> 32));
}

static void mmio_start(u64 at)
{
    write32(at + 0x70, 0);
    write32(at + 0x70, STATUS_DRIVER);
    write32(at + 0x24, 1);
    write32(at + 0x20, 1); /* VIRTIO_F_VERSION_1 */
    write32(at + 0x70, STATUS_DRIVER | STATUS_FEATURES_OK);
    write32(at + 0x30, 0);
    write32(at + 0x38, QUEUE);
    mmio_write64(at + 0x80, queue.descriptors);
    mmio_write64(at + 0x90, &queue.available_flags);
    mmio_write64(at + 0xa0, &queue.used_flags);
    write32(at + 0x44, 1);
    write32(at + 0x70, STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

/* --- The modes --- */

static void set_up_mmio(void)
{
    for (unsigned n = 0; n < 32; n++) {
        const u64 at = 0x0a000000 + 0x200 * n;

        if (read32(at + 8) == 2 && read32(at + 4) == 2) {
            device_at.interrupt_status = at + 0x60;
            device_at.interrupt_acknowledge = at + 0x64;
            device_at.notify = at + 0x50;
            intid_expected = 48 + n;
            setup(intid_expected, 1, 0xa0); /* edge: what the machine's device tree says */
            mmio_start(at);
            return;
        }
    }
    print("no virtio-mmio disk of version 2\n");
    finish(3);
}

static void set_up_pci(bool intx, bool mbi)
{
    pci_assign();
    pci_registers();
    if (!device_at.common) {
        print("no virtio-pci disk in slot 1\n");
        finish(3);
    }
    if (intx) {
        intid_expected = INTID_INTX;
        setup(INTID_INTX, 1, 0xa0);
        set_edge(INTID_INTX, false);
    } else if (mbi) {
        intid_expected = INTID_MBI;
        device_at.interrupt_status = 0;
        setup(INTID_MBI, 1, 0xa0);
        msix(GICD + GICD_SETSPI_NSR, INTID_MBI);
    } else {
        intid_expected = LPI;
        device_at.interrupt_status = 0;
        device(REQUESTER, 5);
        mapti(REQUESTER, 0, LPI, 0);
        msix(GITS_TRANSLATER, 0);
    }
    pci_start(intx ? 0xffff : 0);
}

static void on_irq(struct frame *f)
{
    const u64 intid = READ_SYS(ICC_IAR1_EL1);

    (void)f;
    if (intid != intid_expected) {
        print("interrupt %u instead of %u\n", intid, (u64)intid_expected);
        finish(3);
    }
    if (device_at.interrupt_acknowledge) {
        const u32 causes = *(volatile u32 *)device_at.interrupt_status;

        *(volatile u32 *)device_at.interrupt_acknowledge = causes;
    } else if (device_at.interrupt_status) {
        (void)*(volatile u8 *)device_at.interrupt_status;
    }
    interrupts++;
    __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0\n\tisb" ::"r"(intid) : "memory");
}

static void read_block(u64 n)
{
    status = 0xff;
    request.sector = n % 64 * SECTORS;
    queue.available[queue.available_index % QUEUE] = 0;
    __asm__ volatile("dmb sy" ::: "memory");
    queue.available_index++;
    __asm__ volatile("dsb sy" ::: "memory");
    if (device_at.interrupt_acknowledge) {
        *(volatile u32 *)device_at.notify = 0;
    } else {
        *(volatile u16 *)device_at.notify = 0;
    }
    while (interrupts == n) {
        __asm__ volatile("wfi" ::: "memory");
        unmask(MASK_IRQ);
        mask();
    }
    if (status != 0 || queue.used_index != queue.available_index) {
        print("read %u: status %u, used %u of %u\n", n, (u64)status, (u64)queue.used_index,
              (u64)queue.available_index);
        finish(3);
    }
}

int main(void)
{
    const u64 count = option("count", 1000);
    const bool intx = option_is("mode", "intx"), mbi = option_is("mode", "mbi");

    gicd_init();
    gicr_init();
    icc_init();
    lpi_init(1);
    its_init();
    queue_prepare();
    irq_handler[0] = on_irq;
    if (option_is("mode", "mmio")) {
        set_up_mmio();
    } else {
        set_up_pci(intx, mbi);
    }

    const u64 began = counter();
    for (u64 n = 0; n < count; n++) {
        read_block(n);
    }
    const u64 ticks = counter() - began;
    print("operations: %u\nticks: %u\nfrequency: %u\nfirst bytes: %x\n", count, ticks,
          READ_SYS("cntfrq_el0"), *(u64 *)buffer);
    return 0;
}
