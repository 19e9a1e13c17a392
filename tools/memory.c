/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest memory from files, and the tables of an ITS in it: docs/its.md has their layout. Where
 * there is no file, memory is all zero.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum {
    MOST_EVENTS = 1 << 20, /* of one device that are looked at */
};

typedef struct Piece {
    uint64_t address;
    GMappedFile *file;
} Piece;

struct Memory {
    GArray *pieces;
};

void memory_free(Memory *memory)
{
    for (guint i = 0; i < memory->pieces->len; i++) {
        g_mapped_file_unref(g_array_index(memory->pieces, Piece, i).file);
    }
    g_array_unref(memory->pieces);
    g_free(memory);
}

/* "FILE@ADDRESS" */
static bool add_piece(Memory *memory, const char *text)
{
    const char *at = strrchr(text, '@');
    g_autofree char *name = at ? g_strndup(text, (gsize)(at - text)) : NULL;
    g_autoptr(GError) error = NULL;
    Piece piece;
    char *end;

    if (!at || !at[1]) {
        fprintf(stderr, "vgic: --memory %s: write FILE@ADDRESS, as in ram.bin@0x40000000\n", text);
        return false;
    }
    piece.address = g_ascii_strtoull(at + 1, &end, 0);
    if (*end) {
        fprintf(stderr, "vgic: --memory %s: '%s' is no address\n", text, at + 1);
        return false;
    }
    piece.file = g_mapped_file_new(name, FALSE, &error);
    if (!piece.file) {
        fprintf(stderr, "vgic: --memory %s: %s\n", text, error->message);
        return false;
    }
    g_array_append_val(memory->pieces, piece);
    return true;
}

Memory *memory_new(char **files)
{
    Memory *memory = g_new(Memory, 1);

    memory->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    for (; files && *files; files++) {
        if (!add_piece(memory, *files)) {
            memory_free(memory);
            return NULL;
        }
    }
    return memory;
}

bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    const Memory *memory = machine;

    (void)space;
    memset(buffer, 0, length);
    for (guint i = 0; i < memory->pieces->len; i++) {
        const Piece *piece = &g_array_index(memory->pieces, Piece, i);
        uint64_t size = g_mapped_file_get_length(piece->file);
        uint64_t offset = address - piece->address;

        if (address >= piece->address && offset <= size && length <= size - offset) {
            memcpy(buffer, g_mapped_file_get_contents(piece->file) + offset, length);
            return true;
        }
    }
    return true;
}

static uint64_t read64(const State *state, uint64_t address)
{
    uint64_t value;

    memory_read(state->memory, VGIC_NS, address, &value, sizeof(value));
    return GUINT64_FROM_LE(value);
}

/* Calls @p visit for each entry of a table that is not 0. */
typedef void EntryVisitor(const State *state, size_t its, uint64_t index, uint64_t entry);

static void visit_page(const State *state, size_t its, uint64_t address, uint64_t first,
                       uint64_t count, EntryVisitor *visit)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = read64(state, address + 8 * i);

        if (entry) {
            visit(state, its, first + i, entry);
        }
    }
}

static void visit_table(const State *state, size_t its, uint64_t baser, EntryVisitor *visit)
{
    static const uint32_t sizes[] = {0x1000, 0x4000, 0x10000, 0x10000};
    uint64_t page = sizes[baser >> 8 & 3], entries = ((baser & 0xFF) + 1) * page / 8;
    uint64_t address = baser & 0xFFFFFFFFF000;

    if (!(baser >> 63)) {
        return;
    }
    if (page == 0x10000) {
        address = (address & ~UINT64_C(0xF000)) | (address & 0xF000) << 36;
    }
    if (!(baser >> 62 & 1)) {
        visit_page(state, its, address, 0, entries, visit);
        return;
    }
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t level1 = read64(state, address + 8 * i);

        if (level1 >> 63) {
            visit_page(state, its, level1 & 0xFFFFFFFFFF000 & ~(page - 1), i * page / 8, page / 8,
                       visit);
        }
    }
}

static void show_collection(const State *state, size_t its, uint64_t index, uint64_t entry)
{
    (void)state, (void)its, (void)index;
    if (entry >> 63) {
        printf("  collection %" PRIu64 " at PE %" PRIu64 "\n", entry & 0xFFFF,
               entry >> 16 & 0xFFFFFFFFF);
    }
}

static void show_device(const State *state, size_t its, uint64_t index, uint64_t entry)
{
    g_autofree char *name = its ? g_strdup_printf("GITS%zu", its) : g_strdup("GITS");
    const VgicFrame *frame = vgic_frame(state->gic, name);
    uint64_t bits = (entry & 0x1F) + 1;
    VgicTranslation t;

    if (!(entry >> 63)) {
        return;
    }
    printf("  device %#" PRIx64 ": ITT %#" PRIx64 ", %" PRIu64 " EventID bits\n", index,
           (entry >> 5 & 0xFFFFFFFFFFF) << 8, bits);
    for (uint64_t event = 0; event < MIN(UINT64_C(1) << bits, MOST_EVENTS); event++) {
        if (!vgic_its_translate(state->gic, frame, (uint32_t)index, (uint32_t)event, &t)) {
            continue;
        }
        printf("    event %" PRIu64 ": LPI %" PRIu32 ", collection %" PRIu32, event, t.intid,
               t.collection);
        if (t.cpu == UINT32_MAX) {
            printf(", which is not mapped\n");
        } else {
            printf(", PE %" PRIu32 "\n", t.cpu);
        }
    }
}

void show_tables(const State *state, size_t number, GVariant *its)
{
    g_autoptr(GVariant) basers = g_variant_lookup_value(its, "GITS_BASER<n>", NULL);

    visit_table(state, number, state_element(basers, 1), show_collection);
    visit_table(state, number, state_element(basers, 0), show_device);
}
