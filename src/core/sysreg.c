/* SPDX-License-Identifier: BSD-2-Clause */
/* System registers from outside: what a PE does. */
#include "reg/sysreg.h"

#include <glib.h>

#include "core/gic.h"

const VgicSysreg *vgic_sysreg_at(const Vgic *gic, uint32_t index)
{
    if (!vgic_check_gic(gic, __func__)) {
        return NULL;
    }
    return index < gic->sysregs.count ? &gic->sysregs.table[index].info : NULL;
}

/* Finds the register and asks whether the PE may access it; *row and *redirected are set if the
 * result is VGIC_OK. */
static inline VgicResult check(const Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                               uint32_t encoding, unsigned direction, const VgicSysregRow **row,
                               bool *redirected)
{
    const VgicSysregRow *found = vgic_sysreg_find(&gic->sysregs, encoding);

    if (G_UNLIKELY(!found || !(found->info.access & direction) ||
                   state->aarch32 != (encoding >> 16 != 0))) {
        return VGIC_UNDEFINED;
    }
    *row = found;
    *redirected = false;
    if (G_LIKELY(found->info.stateless && state->el >= found->info.min_el &&
                 (!state->el2_enabled || state->el > 1))) {
        return VGIC_OK;
    }
    return gic->model->check_sysreg(gic, &gic->cpus[cpu], state, found, direction == VGIC_WRITABLE,
                                    redirected);
}

static inline bool check_call(const Vgic *gic, const char *function, uint32_t cpu,
                              const VgicCpuState *state)
{
    return vgic_check_cpu(gic, function, cpu) && vgic_check_pointer(gic, function, state, "state");
}

static const char *interface_name(const VgicAccess *access)
{
    return access->redirected ? "ICV" : "ICC";
}

static void trace_access(const VgicAccess *access, bool write, uint64_t value, VgicResult result)
{
    const Vgic *gic = access->gic;
    const VgicSysregRow *row = access->sysreg;
    VgicTrace event = {
        .kind = write ? VGIC_TRACE_SYSREG_WRITE : VGIC_TRACE_SYSREG_READ,
        .name = row ? interface_name(access) : NULL,
        .reg = row ? row->info.name : NULL,
        .cpu = access->cpu->index,
        .offset = access->offset,
        .value = value,
        .result = result,
    };

    gic->host.trace(gic->machine, &event);
}

/* After the access, with no lock held. */
static inline void finish(const VgicAccess *access, bool write, uint64_t value, VgicResult result)
{
    const VgicSysregRow *row = access->sysreg;

    if (G_UNLIKELY(access->rule)) {
        vgic_report_access(access, interface_name(access), row->info.name, write, value);
    }
    if (G_UNLIKELY(access->gic->host.trace)) {
        trace_access(access, write, value, result);
    }
}

/* Members that only frames have stay as they are: this runs at each access. */
static inline void init_access(VgicAccess *access, Vgic *gic, uint32_t cpu,
                               const VgicCpuState *state, uint32_t encoding)
{
    access->gic = gic;
    access->cpu = &gic->cpus[cpu];
    access->row = NULL;
    access->sysreg = NULL;
    access->state = state;
    access->redirected = false;
    access->offset = encoding;
    access->size = 8;
    access->rule = VGIC_RULE_NONE;
    access->has_event = false;
}

VgicResult vgic_sysreg_read(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t *value)
{
    VgicAccess access;
    VgicResult result;

    if (!vgic_check_pointer(gic, __func__, value, "value")) {
        return VGIC_INVALID;
    }
    *value = 0;
    if (!check_call(gic, __func__, cpu, state)) {
        return VGIC_INVALID;
    }
    init_access(&access, gic, cpu, state, encoding);
    result = check(gic, cpu, state, encoding, VGIC_READABLE, &access.sysreg, &access.redirected);
    if (G_LIKELY(result == VGIC_OK)) {
        *value =
            access.redirected ? access.sysreg->virtual_read(&access) : access.sysreg->read(&access);
    }
    finish(&access, false, *value, result);
    return result;
}

VgicResult vgic_sysreg_write(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                             uint64_t value)
{
    VgicAccess access;
    VgicResult result;

    if (!check_call(gic, __func__, cpu, state)) {
        return VGIC_INVALID;
    }
    init_access(&access, gic, cpu, state, encoding);
    result = check(gic, cpu, state, encoding, VGIC_WRITABLE, &access.sysreg, &access.redirected);
    if (G_LIKELY(result == VGIC_OK)) {
        uint64_t written = access.sysreg->info.width == 32 ? (uint32_t)value : value;

        if (access.redirected) {
            access.sysreg->virtual_write(&access, written);
        } else {
            access.sysreg->write(&access, written);
        }
    }
    finish(&access, true, value, result);
    return result;
}

VgicResult vgic_sysreg_check(const Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                             uint32_t encoding, bool write)
{
    const VgicSysregRow *row;
    bool redirected;

    if (!check_call(gic, __func__, cpu, state)) {
        return VGIC_INVALID;
    }
    return check(gic, cpu, state, encoding, write ? VGIC_WRITABLE : VGIC_READABLE, &row,
                 &redirected);
}

void vgic_cpu_set_state(Vgic *gic, uint32_t cpu, const VgicCpuState *state)
{
    if (check_call(gic, __func__, cpu, state) && gic->model->set_cpu_state) {
        gic->model->set_cpu_state(&gic->cpus[cpu], state);
    }
}
