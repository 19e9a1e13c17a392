/* SPDX-License-Identifier: BSD-2-Clause */
/* A saved state of a GICv5, readable. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char *const domains[] = {"S", "NS", "EL3", "RL"};

/* Everything of a dictionary in as few lines as it takes, without the first @p skip characters of
 * register names. */
static void print_dictionary(GVariant *dictionary, size_t skip)
{
    Words words = {.indent = "  "};
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        bool is_register = g_ascii_isupper(*key);
        const char *name = is_register ? key + skip : key;

        /* Of registers that are 0 there is nothing to tell. */
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)) {
            if (is_register && g_variant_get_uint32(value)) {
                word(&words, "%s %#x", name, g_variant_get_uint32(value));
            }
        } else if (!g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64) ||
                   g_variant_get_uint64(value)) {
            print_value(&words, name, value);
        }
    }
    end_words(&words);
}

static void show_dictionary(const State *state, const Options *options, const char *part,
                            GVariant *dictionary)
{
    if (options->all) {
        print_registers(state->gic, part, dictionary);
    } else {
        print_dictionary(dictionary, strlen(part) + 1);
    }
}

/* IRSs and tables of LPIs */

static void show_irss(const State *state, const Options *options, GVariant *config)
{
    g_autoptr(GVariant) all = g_variant_lookup_value(state->dictionary, "IRS", NULL);
    g_autoptr(GVariant) cpus = g_variant_lookup_value(config, "v5.irs_cpus", NULL);
    g_autoptr(GVariant) spis = g_variant_lookup_value(config, "v5.irs_spis", NULL);
    uint64_t cpu = 0, spi = 0;

    for (size_t i = 0; i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) irs = g_variant_get_child_value(all, i);
        uint64_t pes = state_element(cpus, i), own = state_element(spis, i);

        printf("IRS %zu: %" PRIu64 " PEs from %" PRIu64 " on, %" PRIu64 " SPIs from %" PRIu64
               " on\n",
               i, pes, cpu, own, spi);
        show_dictionary(state, options, "IRS", irs);
        cpu += pes;
        spi += own;
    }
}

static void show_ists(const State *state, const Options *options)
{
    g_autoptr(GVariant) ist = g_variant_lookup_value(state->dictionary, "IST", NULL);

    if (ist) {
        printf("Tables of LPIs\n");
        show_dictionary(state, options, "IRS", ist);
    }
}

/* PEs */

static void show_cpu(const State *state, const Options *options, uint32_t cpu, uint64_t iaffid,
                     GVariant *icc)
{
    g_autoptr(GVariant) order = g_variant_lookup_value(icc, "order", G_VARIANT_TYPE("au"));
    g_autoptr(GVariant) domain = g_variant_lookup_value(icc, "domain", G_VARIANT_TYPE_UINT32);

    printf("PE %u (IAFFID %" PRIu64 "): lines", cpu, iaffid);
    print_lines(vgic_cpu_lines(state->gic, cpu));
    printf("; %zu waiting", order ? g_variant_n_children(order) : 0);
    if (domain) {
        printf("; executes in domain %s", domains[g_variant_get_uint32(domain)]);
    }
    putchar('\n');
    if (options->all || options->cpu >= 0) {
        print_registers(state->gic, "ICC", icc);
    } else {
        print_dictionary(icc, strlen("ICC_"));
    }
}

static void show_cpus(const State *state, const Options *options, GVariant *config)
{
    g_autoptr(GVariant) all = g_variant_lookup_value(state->dictionary, "ICC", NULL);
    g_autoptr(GVariant) iaffids = g_variant_lookup_value(config, "v5.iaffids", NULL);

    for (uint32_t i = 0; i < vgic_cpu_count(state->gic); i++) {
        if (options->cpu < 0 || (uint32_t)options->cpu == i) {
            g_autoptr(GVariant) icc = g_variant_get_child_value(all, i);

            show_cpu(state, options, i, state_element(iaffids, i), icc);
        }
    }
}

/* ITSs and IWBs */

static void show_itss(const State *state, const Options *options)
{
    g_autoptr(GVariant) all = g_variant_lookup_value(state->dictionary, "ITS", NULL);

    for (size_t i = 0; all && i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) its = g_variant_get_child_value(all, i);

        printf("ITS %zu\n", i);
        show_dictionary(state, options, "ITS", its);
    }
}

static unsigned wire_field(GVariant *iwb, const char *key, uint32_t wire, unsigned bits)
{
    g_autoptr(GVariant) words = g_variant_lookup_value(iwb, key, G_VARIANT_TYPE("au"));

    if (!words) {
        return VGIC_NS; /* without EL3 all wires are Non-secure */
    }
    return state_element(words, wire * bits / 32) >> wire * bits % 32 & ((1u << bits) - 1);
}

/* The wires that are high or enabled: "wire 4 (NS) high enabled level". */
static void show_wires(GVariant *iwb, const Options *options)
{
    g_autoptr(GVariant) high = g_variant_lookup_value(iwb, "wire", NULL);
    Words words = {.indent = "  "};

    for (uint32_t wire = 0; wire < 32 * g_variant_n_children(high); wire++) {
        bool is_high = wire_field(iwb, "wire", wire, 1);
        bool enabled = wire_field(iwb, "IWB_WENABLER<n>", wire, 1);

        if (is_high || enabled || options->all) {
            word(&words, "wire %u (%s)%s%s%s", wire,
                 domains[wire_field(iwb, "IWB_WDOMAINR<n>", wire, 2)], is_high ? " high" : "",
                 enabled ? " enabled" : "",
                 wire_field(iwb, "IWB_WTMR<n>", wire, 1) ? " level" : " edge");
        }
    }
    end_words(&words);
}

static void show_iwbs(const State *state, const Options *options)
{
    g_autoptr(GVariant) all = g_variant_lookup_value(state->dictionary, "IWB", NULL);

    for (size_t i = 0; all && i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) iwb = g_variant_get_child_value(all, i);

        printf("IWB %zu: %s\n", i, state_number(iwb, "IWB_CR0") & 1 ? "enabled" : "disabled");
        show_wires(iwb, options);
    }
}

/* Interrupts */

typedef struct Listing {
    const State *state;
    const Options *options;
    bool begun; /* the heading was printed */
    uint32_t found, hidden;
} Listing;

static void print_irq(Listing *listing, const VgicIrqInfo *info)
{
    char state[64], place[16];

    if (!listing->begun) {
        printf("%-14s  %4s  %-8s  %-6s  %-36s  %s\n", "interrupt", "PE", "priority", "domain",
               "state", "not delivered because");
        listing->begun = true;
    }
    snprintf(state, sizeof(state), "%s%s%s%s%s%s", info->pending ? " pending" : "",
             info->active ? " active" : "", info->enabled ? " enabled" : "",
             info->level ? " level" : "", info->wire ? " wire" : "",
             info->one_of_n ? " 1-of-N" : "");
    snprintf(place, sizeof(place), "%" PRIu32, info->target);
    printf("%-14s  %4s  %-8u  %-6s  %-36s  %s\n", intid_name(info->intid).text,
           info->target == UINT32_MAX ? "-" : place, info->priority, domains[info->group & 3],
           *state ? state + 1 : "idle",
           info->held_by ? info->held_by : "it is: comes next in its domain at its PE");
}

static void list_irq(Listing *listing, uint32_t cpu, uint32_t intid)
{
    const Options *options = listing->options;
    VgicIrqInfo info;

    if ((options->irq >= 0 && options->irq != intid) ||
        !vgic_irq_info(listing->state->gic, cpu, intid, &info)) {
        return;
    }
    listing->found++;
    if (options->irq >= 0 || ((options->cpu < 0 || info.target == (uint32_t)options->cpu) &&
                              (options->all || info.pending || info.active || info.wire))) {
        print_irq(listing, &info);
    } else {
        listing->hidden++;
    }
}

static void list_irqs(Listing *listing, uint32_t spis)
{
    Vgic *gic = listing->state->gic;

    for (uint32_t cpu = 0; cpu < vgic_cpu_count(gic); cpu++) {
        for (uint32_t ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
            if (listing->options->cpu < 0 || (uint32_t)listing->options->cpu == cpu) {
                list_irq(listing, cpu, VGIC_V5_PPI(ppi));
            }
        }
    }
    for (uint32_t spi = 0; spi < spis; spi++) {
        list_irq(listing, 0, VGIC_V5_SPI(spi));
    }
    for (uint32_t id = vgic_lpi_next(gic, 0); id != UINT32_MAX; id = vgic_lpi_next(gic, id + 1)) {
        list_irq(listing, 0, id);
    }
}

static int show_irqs(const State *state, const Options *options, GVariant *config)
{
    Listing listing = {.state = state, .options = options};

    list_irqs(&listing, (uint32_t)state_number(config, "spis"));
    if (options->irq >= 0 && !listing.found) {
        fprintf(stderr,
                "vgic: %s: there is no interrupt %#" PRIx64
                " in this GIC, or it is an LPI of which "
                "only its table knows: an INTID has its type, 0x60000005 is SPI 5\n",
                state->file, options->irq);
        return EXIT_FAILURE;
    }
    if (listing.hidden && options->cpu < 0) {
        printf("%u interrupts are idle: --all lists them\n", listing.hidden);
    }
    return EXIT_SUCCESS;
}

int show_v5(const State *state, const Options *options)
{
    g_autoptr(GVariant) config = g_variant_lookup_value(state->dictionary, "config", NULL);

    if (options->irq < 0) {
        if (options->cpu < 0) {
            show_irss(state, options, config);
            show_ists(state, options);
        }
        show_cpus(state, options, config);
        if (options->cpu < 0) {
            show_itss(state, options);
            show_iwbs(state, options);
        }
    }
    return show_irqs(state, options, config);
}
