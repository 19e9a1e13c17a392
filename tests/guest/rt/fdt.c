/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the flattened device tree: see fdt.h. */
#include "fdt.h"

enum {
    BEGIN_NODE = 1,
    END_NODE = 2,
    PROP = 3,
    NOP = 4,
    MAX_DEPTH = 8
};
#define TREE ((const u8 *)0x40000000)
#define MAGIC 0xd00dfeed

struct prop {
    const u8 *data;
    u32 length;
};
/* What is known of a node when it ends, or when its first child begins. */
struct node {
    struct prop compatible, reg, names, wanted;
    bool told;
};

static u32 be32(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static bool same(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++) {
    }
    return *a == *b;
}

/* The number of the string in a list of strings, -1 if it is not there. */
static int string_index(const struct prop *list, const char *name)
{
    const char *p = (const char *)list->data, *end = p + list->length;
    for (int n = 0; p < end; n++) {
        if (same(p, name)) {
            return n;
        }
        while (p < end && *p++) {
        }
    }
    return -1;
}

/* Calls f for every node until it answers true. */
static bool each_node(const char *property, bool (*f)(const struct node *node, void *context),
                      void *context)
{
    static struct node nodes[MAX_DEPTH];
    const u8 *p = TREE + be32(TREE + 8);
    const char *strings = (const char *)TREE + be32(TREE + 12);
    int depth = -1;

    if (be32(TREE) != MAGIC) {
        print("no device tree at the start of RAM\n");
        finish(3);
    }
    for (;;) {
        const u32 token = be32(p);
        p += 4;
        if (token == BEGIN_NODE || token == END_NODE) {
            if (depth >= 0 && !nodes[depth].told) {
                nodes[depth].told = true;
                if (f(&nodes[depth], context)) {
                    return true;
                }
            }
        }
        if (token == BEGIN_NODE) {
            if (++depth == MAX_DEPTH) {
                print("the device tree is too deep\n");
                finish(3);
            }
            nodes[depth] = (struct node){0};
            while (*p++) {
            }
            p = (const u8 *)(((u64)p + 3) & ~3ull);
        } else if (token == END_NODE) {
            depth--;
        } else if (token == PROP) {
            const struct prop prop = {p + 8, be32(p)};
            const char *name = strings + be32(p + 4);
            p += 8 + ((prop.length + 3) & ~3u);
            if (same(name, "compatible")) {
                nodes[depth].compatible = prop;
            } else if (same(name, "reg")) {
                nodes[depth].reg = prop;
            } else if (same(name, "reg-names")) {
                nodes[depth].names = prop;
            }
            if (property && same(name, property)) {
                nodes[depth].wanted = prop;
            }
        } else if (token != NOP) {
            return false;
        }
    }
}

struct search {
    const char *compatible, *name;
    unsigned left, cell;
    u64 result;
};

static bool fits(const struct node *node, const struct search *s)
{
    return !s->compatible || string_index(&node->compatible, s->compatible) >= 0;
}

static bool find_reg(const struct node *node, void *context)
{
    struct search *s = context;
    const int index = s->name ? string_index(&node->names, s->name) : 0;
    if (!fits(node, s) || index < 0 || node->reg.length < 16u * (unsigned)(index + 1) ||
        s->left--) {
        return false;
    }
    const u8 *p = node->reg.data + 16 * index;
    s->result = (u64)be32(p) << 32 | be32(p + 4);
    return true;
}

static bool find_cell(const struct node *node, void *context)
{
    struct search *s = context;
    if (!fits(node, s) || node->wanted.length < 4 * (s->cell + 1)) {
        return false;
    }
    s->result = be32(node->wanted.data + 4 * s->cell);
    return true;
}

u64 fdt_reg(const char *compatible, const char *name, unsigned which)
{
    struct search s = {.compatible = compatible, .name = name, .left = which};
    each_node(NULL, find_reg, &s);
    return s.result;
}

u32 fdt_cell(const char *compatible, const char *property, unsigned cell, u32 otherwise)
{
    struct search s = {.compatible = compatible, .cell = cell, .result = otherwise};
    each_node(property, find_cell, &s);
    return (u32)s.result;
}
