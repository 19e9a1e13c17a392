/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A saved state, readable. Registers come from the state itself, with the fields that the register
 * tables name; interrupts and lines from an instance that has the state, which knows why an
 * interrupt is not delivered.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum {
    WIDTH = 100, /* columns of wrapped lines */
};

void word(Words *words, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (words->column && words->column + strlen(text) + 3 > WIDTH) {
        printf(",\n");
        words->column = 0;
    }
    printf("%s%s", words->column ? ", " : words->indent, text);
    words->column += (words->column ? 2 : strlen(words->indent)) + strlen(text);
}

void end_words(Words *words)
{
    if (words->column) {
        putchar('\n');
    }
    words->column = 0;
}

/* One register in a line: "  GICR_WAKER           0x6  ProcessorSleep 1, ChildrenAsleep 1". */
static void print_register(const Vgic *gic, const char *name, uint64_t value)
{
    g_autofree char *plain = state_register_name(name);
    Fields fields = {.count = 0};
    const char *separator = "  ";

    printf("  %-22s %#18" PRIx64, name, value);
    if (find_register(gic, plain, &fields)) {
        for (uint32_t i = 0; i < fields.count; i++) {
            uint64_t field = field_value(&fields.fields[i], value);

            if (field && field_applies(&fields, i, value)) {
                printf("%s%s %#" PRIx64, separator, fields.fields[i].name, field);
                separator = ", ";
            }
        }
    }
    putchar('\n');
}

void print_registers(const Vgic *gic, const char *part, GVariant *dictionary)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        uint32_t first;
        unsigned bits;

        if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)) {
            print_register(gic, key, g_variant_get_uint32(value));
        } else if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64)) {
            print_register(gic, key, g_variant_get_uint64(value));
        } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("at")) &&
                   !state_is_property(part, key, &first, &bits)) {
            for (size_t i = 0; i < g_variant_n_children(value); i++) {
                g_autofree char *name = state_element_name(key, i);

                print_register(gic, name, state_element(value, i));
            }
        }
    }
}

/* Configuration: what is not 0, and sizes of arrays that say something. */

static void show_config(GVariant *config)
{
    Words words = {.indent = "  "};
    GVariantIter iter;
    const char *key;
    GVariant *value;

    printf("Configuration\n");
    g_variant_iter_init(&iter, config);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        if (!g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)) {
            continue;
        }
        if (g_str_has_suffix(key, "iidr")) {
            word(&words, "%s %#x", key, g_variant_get_uint32(value));
        } else if (g_variant_get_uint32(value)) {
            word(&words, "%s %u", key, g_variant_get_uint32(value));
        }
    }
    end_words(&words);
}

/* PEs */

void print_lines(uint32_t lines)
{
    static const char *const names[] = {"IRQ", "FIQ",  "vIRQ",        "vFIQ",
                                        "NMI", "vNMI", "maintenance", "wake"};

    if (!lines) {
        printf(" none");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (lines >> i & 1) {
            printf(" %s", names[i]);
        }
    }
}

void print_value(Words *words, const char *name, GVariant *value)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64)) {
        word(words, "%s %#" PRIx64, name, g_variant_get_uint64(value));
    } else if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32) && g_variant_get_uint32(value)) {
        word(words, "%s %u", name, g_variant_get_uint32(value));
    } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("at"))) {
        for (size_t i = 0; i < g_variant_n_children(value); i++) {
            g_autofree char *element = state_element_name(name, i);

            if (state_element(value, i)) {
                word(words, "%s %#" PRIx64, element, state_element(value, i));
            }
        }
    }
}

/* "PMR_EL1 0xf0, IGRPEN1_EL1(NS) 0x1": a CPU interface in as few lines as it takes. The physical
 * one is what is left without those of the virtual one, which begin with @p prefix "ICH_". */
static void print_interface(GVariant *icc, const char *prefix, const char *indent)
{
    Words words = {.indent = indent};
    bool virtual = strcmp(prefix, "ICH_") == 0;
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init(&iter, icc);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        if (g_str_has_prefix(key, "ICH_") == virtual && strcmp(key, STATE_LRS) != 0) {
            print_value(&words, g_str_has_prefix(key, prefix) ? key + strlen(prefix) : key, value);
        }
    }
    end_words(&words);
}

/* The list registers that are in use: "  LR0_EL2: pending, vINTID 27, group 1, priority 0x80". */
static void print_list_registers(const Vgic *gic, GVariant *lrs)
{
    static const char *const states[] = {"invalid", "pending", "active", "pending and active"};

    for (size_t i = 0; i < g_variant_n_children(lrs); i++) {
        g_autofree char *name = state_element_name(STATE_LRS, i);
        uint64_t lr = state_element(lrs, i);
        Fields f = {.count = 0};

        if (!lr || !find_register(gic, name, &f)) {
            continue;
        }
        printf("    %s: %s, vINTID %" PRIu64 ", group %" PRIu64 ", priority %#" PRIx64,
               name + strlen("ICH_"), states[named_field(&f, "State", lr)],
               named_field(&f, "vINTID", lr), named_field(&f, "Group", lr),
               named_field(&f, "Priority", lr));
        if (named_field(&f, "HW", lr)) {
            printf(", is INTID %" PRIu64, named_field(&f, "pINTID", lr));
        } else if (named_field(&f, "EOI", lr)) {
            printf(", EOI wanted");
        }
        puts(named_field(&f, "NMI", lr) ? ", NMI" : "");
    }
}

/* With EL2 only. */
static void print_virtual(const Vgic *gic, GVariant *icc)
{
    g_autoptr(GVariant) lrs = g_variant_lookup_value(icc, STATE_LRS, G_VARIANT_TYPE("at"));

    if (lrs) {
        printf("  Virtual CPU interface: %s\n",
               state_number(icc, "ICH_HCR_EL2") & 1 ? "on" : "off");
        print_interface(icc, "ICH_", "    ");
        print_list_registers(gic, lrs);
    }
}

static void show_cpu(const State *state, uint32_t cpu, uint64_t affinity, GVariant *gicr,
                     GVariant *icc, bool whole)
{
    g_autoptr(GVariant) order = g_variant_lookup_value(gicr, "order", G_VARIANT_TYPE("au"));

    printf("PE %u (%u.%u.%u.%u):", cpu, (unsigned)(affinity >> 32 & 0xFF),
           (unsigned)(affinity >> 16 & 0xFF), (unsigned)(affinity >> 8 & 0xFF),
           (unsigned)(affinity & 0xFF));
    printf(" lines");
    print_lines(vgic_cpu_lines(state->gic, cpu));
    printf("; %zu waiting%s%s\n", order ? g_variant_n_children(order) : 0,
           state_number(gicr, "GICR_CTLR") & 1 ? "; LPIs enabled" : "",
           state_number(gicr, "GICR_WAKER") ? "; asleep (GICR_WAKER)" : "");
    if (whole) {
        print_registers(state->gic, "GICR", gicr);
        print_registers(state->gic, "ICC", icc);
    } else {
        print_interface(icc, "ICC_", "  ");
        print_virtual(state->gic, icc);
    }
}

static void show_cpus(const State *state, const Options *options)
{
    g_autoptr(GVariant) config = g_variant_lookup_value(state->dictionary, "config", NULL);
    g_autoptr(GVariant) affinities = g_variant_lookup_value(config, "affinities", NULL);
    g_autoptr(GVariant) redists = g_variant_lookup_value(state->dictionary, "GICR", NULL);
    g_autoptr(GVariant) interfaces = g_variant_lookup_value(state->dictionary, "ICC", NULL);

    for (uint32_t i = 0; i < vgic_cpu_count(state->gic); i++) {
        if (options->cpu < 0 || (uint32_t)options->cpu == i) {
            g_autoptr(GVariant) gicr = g_variant_get_child_value(redists, i);
            g_autoptr(GVariant) icc = g_variant_get_child_value(interfaces, i);

            show_cpu(state, i, state_element(affinities, i), gicr, icc,
                     options->all || options->cpu >= 0);
        }
    }
}

/* ITSs */

/* Collections that are in the ITS and in no table. */
static void show_collections(GVariant *collections)
{
    Words words = {.indent = "  "};

    for (size_t i = 0; i < g_variant_n_children(collections); i++) {
        uint64_t cpu = state_element(collections, i);

        if (cpu != STATE_NO_CPU) {
            word(&words, "collection %zu at PE %" PRIu64, i, cpu);
        }
    }
    end_words(&words);
}

static void show_its(const State *state, const Options *options, size_t number, GVariant *its)
{
    g_autoptr(GVariant) collections = g_variant_lookup_value(its, "collections", NULL);
    uint64_t bytes = ((state_number(its, "GITS_CBASER") & 0xFF) + 1) * 0x1000;
    uint64_t creadr = state_number(its, "GITS_CREADR") & 0xFFFE0;
    uint64_t left = (state_number(its, "GITS_CWRITER") + bytes - creadr) % bytes / 32;

    printf("ITS %zu: %s; %" PRIu64 " commands left%s\n", number,
           state_number(its, "GITS_CTLR") & 1 ? "enabled" : "disabled", left,
           state_number(its, "GITS_CREADR") & 1 ? ", stalled" : "");
    print_registers(state->gic, "GITS", its);
    if (collections) {
        show_collections(collections);
    }
    if (options->memory) {
        show_tables(state, number, its);
    }
}

static void show_itss(const State *state, const Options *options)
{
    g_autoptr(GVariant) all = g_variant_lookup_value(state->dictionary, "GITS", NULL);

    for (size_t i = 0; all && i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) its = g_variant_get_child_value(all, i);

        show_its(state, options, i, its);
    }
}

/* Interrupts */

typedef struct Listing {
    const State *state;
    const Options *options;
    bool one_state; /* one Security state: Group 1 is one */
    bool begun;     /* the heading was printed */
    uint32_t found, hidden;
} Listing;

static const char *kind_of(uint32_t intid)
{
    return intid < 16     ? "SGI"
           : intid < 32   ? "PPI"
           : intid < 1020 ? "SPI"
           : intid < 4096 ? "ePPI"
           : intid < 8192 ? "eSPI"
                          : "LPI";
}

static bool is_local(uint32_t intid)
{
    return intid < 32 || (intid >= 1056 && intid < 4096);
}

static const char *group_of(const Listing *listing, const VgicIrqInfo *info)
{
    static const char *const names[] = {"0", "1S", "1NS"};

    return info->group == 2 && listing->one_state ? "1" : names[info->group];
}

/* "pending active": the state, and the causes of it. */
static void state_of(char *text, size_t size, const VgicIrqInfo *info)
{
    bool message = info->pending && !info->latch && !info->wire;

    snprintf(text, size, "%s%s%s%s%s%s%s%s%s", info->pending ? " pending" : "",
             info->active ? " active" : "", info->enabled ? " enabled" : "",
             info->level ? " level" : "", info->latch ? " latch" : "", info->wire ? " wire" : "",
             message ? " message" : "", info->one_of_n ? " 1-of-N" : "", info->nmi ? " NMI" : "");
}

static void print_irq(Listing *listing, uint32_t cpu, const VgicIrqInfo *info)
{
    uint32_t pe = is_local(info->intid) ? cpu : info->target;
    char text[96], place[16];

    if (!listing->begun) {
        printf("%8s  %-4s  %4s  %-8s  %-5s  %-36s  %s\n", "INTID", "kind", "PE", "priority",
               "group", "state", "not delivered because");
        listing->begun = true;
    }
    state_of(text, sizeof(text), info);
    snprintf(place, sizeof(place), "%" PRIu32, pe);
    printf("%8" PRIu32 "  %-4s  %4s  %#-8x  %-5s  %-36s  %s\n", info->intid, kind_of(info->intid),
           pe == UINT32_MAX ? "-" : place, info->priority, group_of(listing, info),
           *text ? text + 1 : "idle",
           info->held_by ? info->held_by : "it is: comes next at its PE");
}

static bool is_wanted(const Listing *listing, uint32_t cpu, const VgicIrqInfo *info)
{
    const Options *options = listing->options;

    if (options->irq >= 0) {
        return true;
    }
    if (options->cpu >= 0 &&
        (is_local(info->intid) ? cpu : info->target) != (uint32_t)options->cpu) {
        return false;
    }
    return options->all || info->pending || info->active || info->wire;
}

static void list_irq(Listing *listing, uint32_t cpu, uint32_t intid)
{
    VgicIrqInfo info;

    if (!vgic_irq_info(listing->state->gic, cpu, intid, &info)) {
        return;
    }
    listing->found++;
    if (is_wanted(listing, cpu, &info)) {
        print_irq(listing, cpu, &info);
    } else {
        listing->hidden++;
    }
}

static void list_range(Listing *listing, uint32_t cpu, uint32_t first, uint32_t end)
{
    for (uint32_t intid = first; intid < end; intid++) {
        if (listing->options->irq < 0 || listing->options->irq == intid) {
            list_irq(listing, cpu, intid);
        }
    }
}

static void list_irqs(Listing *listing)
{
    Vgic *gic = listing->state->gic;
    const Options *options = listing->options;

    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        if (options->cpu < 0 || (uint32_t)options->cpu == cpu) {
            list_range(listing, cpu, 0, 32);
            list_range(listing, cpu, 1056, 1056 + VGIC_MAX_EPPIS);
        }
    }
    list_range(listing, 0, 32, 32 + VGIC_MAX_SPIS);
    list_range(listing, 0, 4096, 4096 + VGIC_MAX_ESPIS);
    for (uint32_t id = vgic_lpi_next(gic, 0); id != UINT32_MAX; id = vgic_lpi_next(gic, id + 1)) {
        if (options->irq < 0 || options->irq == id) {
            list_irq(listing, 0, id);
        }
    }
}

static int show_irqs(const State *state, const Options *options)
{
    g_autoptr(GVariant) config = g_variant_lookup_value(state->dictionary, "config", NULL);
    Listing listing = {.state = state,
                       .options = options,
                       .one_state = state_number(config, "security_states") == 1};

    list_irqs(&listing);
    if (options->irq >= 0 && !listing.found) {
        fprintf(stderr, "vgic: %s: there is no interrupt %" G_GINT64_FORMAT " in this GIC%s\n",
                state->file, options->irq,
                options->irq >= 8192 ? ", or it is an LPI that was never used" : "");
        return EXIT_FAILURE;
    }
    if (listing.hidden && options->cpu < 0) {
        printf("%u interrupts are idle: --all lists them\n", listing.hidden);
    }
    return EXIT_SUCCESS;
}

static int show(const State *state, const Options *options)
{
    g_autoptr(GVariant) config = g_variant_lookup_value(state->dictionary, "config", NULL);
    g_autoptr(GVariant) gicd = g_variant_lookup_value(state->dictionary, "GICD", NULL);

    if (state_is_v5(state->dictionary)) {
        if (options->irq < 0 && options->cpu < 0) {
            show_config(config);
        }
        return show_v5(state, options);
    }
    if (options->irq >= 0) {
        return show_irqs(state, options);
    }
    if (options->cpu < 0) {
        show_config(config);
        printf("Distributor\n");
        print_registers(state->gic, "GICD", gicd);
    }
    show_cpus(state, options);
    if (options->cpu < 0) {
        show_itss(state, options);
    }
    return show_irqs(state, options);
}

int command_show(const char *file, const Options *options)
{
    State state;
    int status;

    if (!state_open(&state, file, options->memory)) {
        return 2;
    }
    if (options->cpu >= 0 && (uint32_t)options->cpu >= vgic_cpu_count(state.gic)) {
        fprintf(stderr, "vgic: %s: there is no PE %d: this GIC has %" PRIu32 "\n", file,
                options->cpu, vgic_cpu_count(state.gic));
        status = EXIT_FAILURE;
    } else {
        status = show(&state, options);
    }
    state_close(&state);
    return status;
}
