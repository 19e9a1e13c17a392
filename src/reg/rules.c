/* SPDX-License-Identifier: BSD-2-Clause */
#include "reg/rules.h"

#include <stddef.h>

static const struct {
    const char *name, *text;
} rules[] = {{NULL, NULL},
#define RULE_ROW(id, name, text) {name, text},
             VGIC_RULES(RULE_ROW)
#undef RULE_ROW
};

const char *vgic_rule_name(VgicRule rule)
{
    return rules[rule].name;
}

const char *vgic_rule_text(VgicRule rule)
{
    return rules[rule].text;
}
