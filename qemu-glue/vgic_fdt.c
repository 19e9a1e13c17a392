/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device tree of a virt machine with a GICv5. The machine has described a GICv3; this goes over
 * the finished tree, describes the GIC, its ITS and its wire bridge anew, and gives every device
 * the interrupts that it has there.
 */
#include "qemu/osdep.h"

#include <libfdt.h>

#include "hw/arm/fdt.h"
#include "hw/arm/virt.h"
#include "system/device_tree.h"
#include "vgic_machine.h"
#include "vgic_v5.h"

/* Types of interrupts in the cells of a GICv5. */
enum {
    V5_TYPE_PPI = 1,
    V5_TYPE_SPI = 3
};

/* Cells of an interrupt: type, number and flags. */
enum {
    GIC_CELLS = 3
};

typedef struct Tree {
    VirtMachineState *vms;
    VgicV5Device *dev;
    Vgic *gic;
    void *fdt;
    const char *intc;
    uint32_t iwb_phandle;
} Tree;

/* An interrupt as a device has it: its controller, and the cells there. */
typedef struct Interrupt {
    uint32_t controller, address_cells, count, cells[GIC_CELLS];
} Interrupt;

static void put(GArray *cells, uint32_t value)
{
    uint32_t be = cpu_to_be32(value);

    g_array_append_val(cells, be);
}

static void put_all(GArray *cells, const uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put(cells, values[i]);
    }
}

static GArray *cells_new(void)
{
    return g_array_new(false, false, sizeof(uint32_t));
}

static void set_cells(Tree *tree, const char *node, const char *property, const GArray *cells)
{
    qemu_fdt_setprop(tree->fdt, node, property, cells->data, cells->len * sizeof(uint32_t));
}

/* Frames */

static uint64_t frame_address(Tree *tree, const VgicFrame *frame)
{
    uint64_t its = tree->vms->memmap[VIRT_GIC_ITS].base;
    const MemoryRegion *mr = NULL;

    for (uint32_t i = 0; vgic_frame_at(tree->gic, i); i++) {
        if (vgic_frame_at(tree->gic, i) == frame) {
            mr = &tree->dev->parent_obj.region[i].mr;
        }
    }
    if (mr->container) {
        return mr->container->addr + mr->addr;
    }
    return g_str_equal(vgic_frame_name(frame), "ITS") ? its : its + VGIC_V5_FRAME_SIZE;
}

static uint64_t address_of(Tree *tree, const char *name)
{
    return frame_address(tree, vgic_frame(tree->gic, name));
}

/* reg and reg-names: the frames called @name in every domain, which the tree calls @what. */
static void append_frames(Tree *tree, const char *name, const char *what, GArray *reg,
                          GByteArray *names)
{
    static const struct {
        const char *prefix, *suffix;
    } domains[] = {{"ns", ""}, {"s", "_S"}, {"el3", "_EL3"}};

    for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
        g_autofree char *full = g_strconcat(name, domains[i].suffix, NULL);
        g_autofree char *label = g_strconcat(domains[i].prefix, "-", what, NULL);
        const VgicFrame *frame = vgic_frame(tree->gic, full);

        if (frame) {
            uint64_t address = frame_address(tree, frame);

            put(reg, address >> 32);
            put(reg, address);
            put(reg, 0);
            put(reg, VGIC_V5_FRAME_SIZE);
            g_byte_array_append(names, (const uint8_t *)label, strlen(label) + 1);
        }
    }
}

static void set_frames(Tree *tree, const char *node, const char *name, const char *what,
                       const char *name2, const char *what2)
{
    g_autoptr(GArray) reg = cells_new();
    g_autoptr(GByteArray) names = g_byte_array_new();

    append_frames(tree, name, what, reg, names);
    if (name2) {
        append_frames(tree, name2, what2, reg, names);
    }
    set_cells(tree, node, "reg", reg);
    qemu_fdt_setprop(tree->fdt, node, "reg-names", names->data, names->len);
}

/* Nodes of the GIC */

static void set_bus(Tree *tree, const char *node)
{
    qemu_fdt_setprop_cell(tree->fdt, node, "#address-cells", 2);
    qemu_fdt_setprop_cell(tree->fdt, node, "#size-cells", 2);
    qemu_fdt_setprop(tree->fdt, node, "ranges", NULL, 0);
}

static uint32_t cpu_phandle(Tree *tree, uint32_t index)
{
    g_autofree char *node = g_strdup_printf("/cpus/cpu@%u", index);
    uint32_t phandle = fdt_get_phandle(tree->fdt, fdt_path_offset(tree->fdt, node));

    if (!phandle) {
        phandle = qemu_fdt_alloc_phandle(tree->fdt);
        qemu_fdt_setprop_cell(tree->fdt, node, "phandle", phandle);
    }
    return phandle;
}

/* The PEs of an IRS; the library's default is that the IAFFID is the PE's number. */
static void set_cpus(Tree *tree, const char *node, uint32_t first, uint32_t count)
{
    g_autoptr(GArray) cpus = cells_new();
    g_autofree uint16_t *iaffids = g_new(uint16_t, count);

    for (uint32_t i = 0; i < count; i++) {
        put(cpus, cpu_phandle(tree, first + i));
        iaffids[i] = cpu_to_be16(first + i);
    }
    set_cells(tree, node, "cpus", cpus);
    qemu_fdt_setprop(tree->fdt, node, "arm,iaffids", iaffids, count * sizeof(*iaffids));
}

static char *add_irs(Tree *tree, uint32_t index, uint32_t cpu)
{
    g_autofree char *config = index ? g_strdup_printf("IRS%u", index) : g_strdup("IRS");
    g_autofree char *setlpi = g_strconcat(config, "_SETLPI", NULL);
    char *node = g_strdup_printf("%s/irs@%" PRIx64, tree->intc, address_of(tree, config));

    qemu_fdt_add_subnode(tree->fdt, node);
    qemu_fdt_setprop_string(tree->fdt, node, "compatible", "arm,gic-v5-irs");
    set_bus(tree, node);
    set_frames(tree, node, config, "config", setlpi, "setlpi");
    set_cpus(tree, node, cpu, tree->dev->irs_cpus[index]);
    return node;
}

static void add_its(Tree *tree, const char *irs)
{
    g_autofree char *its = g_strdup_printf("%s/its@%" PRIx64, irs, address_of(tree, "ITS"));
    g_autofree char *msi =
        g_strdup_printf("%s/msi-controller@%" PRIx64, its, address_of(tree, "ITS_TRANSLATE"));

    qemu_fdt_add_subnode(tree->fdt, its);
    qemu_fdt_setprop_string(tree->fdt, its, "compatible", "arm,gic-v5-its");
    set_bus(tree, its);
    set_frames(tree, its, "ITS", "config", NULL, NULL);

    qemu_fdt_add_subnode(tree->fdt, msi);
    set_frames(tree, msi, "ITS_TRANSLATE", "translate", NULL, NULL);
    qemu_fdt_setprop(tree->fdt, msi, "msi-controller", NULL, 0);
    qemu_fdt_setprop_cell(tree->fdt, msi, "#msi-cells", 1);
    qemu_fdt_setprop_cell(tree->fdt, msi, "phandle", tree->vms->msi_phandle);
}

static void add_iwb(Tree *tree)
{
    uint64_t address = address_of(tree, "IWB");
    g_autofree char *node = g_strdup_printf("/interrupt-controller@%" PRIx64, address);

    tree->iwb_phandle = qemu_fdt_alloc_phandle(tree->fdt);
    qemu_fdt_add_subnode(tree->fdt, node);
    qemu_fdt_setprop_string(tree->fdt, node, "compatible", "arm,gic-v5-iwb");
    qemu_fdt_setprop_sized_cells(tree->fdt, node, "reg", 2, address, 2,
                                 (uint64_t)VGIC_V5_FRAME_SIZE);
    qemu_fdt_setprop_cell(tree->fdt, node, "#address-cells", 0);
    qemu_fdt_setprop_cell(tree->fdt, node, "#interrupt-cells", 2);
    qemu_fdt_setprop(tree->fdt, node, "interrupt-controller", NULL, 0);
    qemu_fdt_setprop_cells(tree->fdt, node, "msi-parent", tree->vms->msi_phandle,
                           VGIC_V5_IWB_DEVICE);
    qemu_fdt_setprop_cell(tree->fdt, node, "phandle", tree->iwb_phandle);
}

/* The node of the GICv3 becomes that of the GICv5: its name and phandle are in use. */
static void describe_gic(Tree *tree)
{
    int intc = fdt_path_offset(tree->fdt, tree->intc);
    uint32_t cpu = tree->dev->parent_obj.num_cpu;
    int child;

    while ((child = fdt_first_subnode(tree->fdt, intc)) >= 0) {
        fdt_del_node(tree->fdt, child);
    }
    fdt_delprop(tree->fdt, intc, "reg");
    fdt_delprop(tree->fdt, intc, "#redistributor-regions");
    qemu_fdt_setprop_string(tree->fdt, tree->intc, "compatible", "arm,gic-v5");
    /* The last one first: a new node comes before those that are there. */
    for (int i = tree->dev->irs - 1; i >= 0; i--) {
        g_autofree char *irs = NULL;

        cpu -= tree->dev->irs_cpus[i];
        irs = add_irs(tree, i, cpu);
        if (i == 0 && tree->dev->its) {
            add_its(tree, irs);
        }
    }
    if (tree->dev->iwb_wires) {
        add_iwb(tree);
    }
}

/* Interrupts of devices */

static Interrupt interrupt_of(Tree *tree, const fdt32_t *cells)
{
    uint32_t type = fdt32_to_cpu(cells[0]);
    uint32_t number = fdt32_to_cpu(cells[1]);
    uint32_t flags = fdt32_to_cpu(cells[2]);

    if (type == GIC_FDT_IRQ_TYPE_SPI && vgic_v5_is_iwb_wire(tree->dev, number)) {
        return (Interrupt){tree->iwb_phandle, 0, 2, {number, flags}};
    }
    if (type == GIC_FDT_IRQ_TYPE_SPI) {
        return (Interrupt){tree->vms->gic_phandle, 2, 3, {V5_TYPE_SPI, number, flags}};
    }
    return (Interrupt){tree->vms->gic_phandle, 2, 3, {V5_TYPE_PPI, number + 16, flags}};
}

/* Do the interrupts of @node go to the GIC? */
static bool is_at_gic(Tree *tree, int node)
{
    for (; node >= 0; node = fdt_parent_offset(tree->fdt, node)) {
        const fdt32_t *parent = fdt_getprop(tree->fdt, node, "interrupt-parent", NULL);

        if (parent) {
            return fdt32_to_cpu(*parent) == tree->vms->gic_phandle;
        }
    }
    return false;
}

/* interrupts, or interrupts-extended if there are some that go to the bridge. */
static void change_interrupts(Tree *tree, int node)
{
    g_autoptr(GArray) plain = cells_new();
    g_autoptr(GArray) extended = cells_new();
    bool bridge = false;
    int size;
    const fdt32_t *old = fdt_getprop(tree->fdt, node, "interrupts", &size);

    if (!old || !is_at_gic(tree, node)) {
        return;
    }
    for (int i = 0; i + GIC_CELLS <= size / (int)sizeof(*old); i += GIC_CELLS) {
        Interrupt irq = interrupt_of(tree, old + i);

        put_all(plain, irq.cells, irq.count);
        put(extended, irq.controller);
        put_all(extended, irq.cells, irq.count);
        bridge = bridge || irq.controller == tree->iwb_phandle;
    }
    if (bridge) {
        fdt_delprop(tree->fdt, node, "interrupts");
        fdt_setprop(tree->fdt, node, "interrupts-extended", extended->data, extended->len * 4);
    } else {
        fdt_setprop(tree->fdt, node, "interrupts", plain->data, plain->len * 4);
    }
}

/* interrupt-map of PCI: address and pin, controller, address there, cells there. */
static void change_map(Tree *tree, int node)
{
    enum {
        CHILD = 4,
        ADDRESS = 2,
        ENTRY = CHILD + 1 + ADDRESS + GIC_CELLS
    };
    g_autoptr(GArray) map = cells_new();
    int size;
    const fdt32_t *old = fdt_getprop(tree->fdt, node, "interrupt-map", &size);

    if (!old) {
        return;
    }
    for (int i = 0; i + ENTRY <= size / (int)sizeof(*old); i += ENTRY) {
        Interrupt irq = interrupt_of(tree, old + i + ENTRY - GIC_CELLS);

        g_array_append_vals(map, old + i, CHILD);
        put(map, irq.controller);
        for (uint32_t k = 0; k < irq.address_cells; k++) {
            put(map, 0);
        }
        put_all(map, irq.cells, irq.count);
    }
    fdt_setprop(tree->fdt, node, "interrupt-map", map->data, map->len * 4);
}

void vgic_machine_finish_fdt(Object *machine)
{
    VirtMachineState *vms = VIRT_MACHINE(machine);
    g_autofree char *intc = g_strdup_printf("/intc@%" PRIx64, vms->memmap[VIRT_GIC_DIST].base);
    Tree tree = {.vms = vms, .fdt = MACHINE(vms)->fdt, .intc = intc};

    if (!vms->gic_is_v5) {
        return;
    }
    tree.dev = VGIC_V5_DEVICE(vms->gic);
    tree.gic = tree.dev->parent_obj.gic;
    describe_gic(&tree);
    for (int node = fdt_next_node(tree.fdt, -1, NULL); node >= 0;
         node = fdt_next_node(tree.fdt, node, NULL)) {
        change_interrupts(&tree, node);
        change_map(&tree, node);
    }
}
