/* SPDX-License-Identifier: BSD-2-Clause */
/* The front door: creates an instance of a model on a backend. The only file that knows them all.
 */
#include <vgic/vgic.h>

#include <glib.h>
#include <stdlib.h>

#include "backend/hyp/hyp.h"
#include "core/config.h"
#include "core/error.h"
#include "core/gic.h"
#include "its/its.h"
#include "vgic-internal.h"

static const VgicModelOps *model_of(VgicModel model)
{
    return model == VGIC_V3 ? &vgic_v3_model : model == VGIC_V5 ? &vgic_v5_model : NULL;
}

static bool check_model(VgicModel model, VgicError **error)
{
    if (model_of(model)) {
        return true;
    }
    if (model == VGIC_V2 || model == VGIC_V4) {
        return vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                              "VgicConfig.model is %d (GICv%d), which this version does not model "
                              "yet: allowed are VGIC_V3 and VGIC_V5",
                              (int)model, (int)model);
    }
    return vgic_error_set(error, VGIC_ERROR_CONFIG,
                          "VgicConfig.model is %d, allowed are VGIC_V3 (3) and VGIC_V5 (5)",
                          (int)model);
}

/* The rows that this GIC has, in an array of its own, because what they are depends on the
 * configuration. */
static void init_sysregs(Vgic *gic)
{
    const VgicSysregTable *tables = gic->model->sysregs;
    uint32_t all = 0, count = 0;
    VgicSysregRow *rows;

    for (unsigned i = 0; i < VGIC_SYSREG_TABLES && tables[i].rows; i++) {
        all += *tables[i].count;
    }
    rows = g_new(VgicSysregRow, all);
    for (unsigned i = 0; i < VGIC_SYSREG_TABLES && tables[i].rows; i++) {
        for (uint32_t k = 0; k < *tables[i].count; k++) {
            rows[count] = tables[i].rows[k];
            count += gic->model->select_sysreg(gic, &rows[count]);
        }
    }
    vgic_sysreg_index_init(&gic->sysregs, rows, count);
}

static bool init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    if (!vgic_core_init(gic, config, error) || !gic->model->init(gic, config, error) ||
        (gic->part && !gic->part->init(gic, config, error))) {
        return false;
    }
    init_sysregs(gic);
    vgic_core_reset(gic, VGIC_RESET_COLD);
    return !gic->backend->start || gic->backend->start(gic, error);
}

static void destroy(Vgic *gic)
{
    if (gic->part) {
        gic->part->free(gic);
    }
    if (gic->model->free) {
        gic->model->free(gic);
    }
    vgic_core_free(gic);
    free(gic);
}

Vgic *vgic_new_on(const VgicBackendOps *backend, void *backend_data, const VgicConfig *config,
                  const VgicHost *host, void *machine, VgicError **error)
{
    VgicConfig checked;
    VgicHost callbacks;
    Vgic *gic;

    if (!vgic_config_copy(&checked, config, error) || !vgic_host_copy(&callbacks, host, error) ||
        !check_model(checked.model, error) || !vgic_config_check(&checked, error) ||
        !vgic_host_check(&callbacks, &checked, error) ||
        !model_of(checked.model)->check_config(&checked, error)) {
        return NULL;
    }
    gic = calloc(1, sizeof(*gic));
    if (!gic) {
        vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    gic->model = model_of(checked.model);
    gic->backend = backend;
    gic->backend_data = backend_data;
    gic->lists_active = backend->lists_active;
    gic->machine = machine;
    gic->part = checked.its && checked.model != VGIC_V5 ? &vgic_its_part : NULL;
    /* Nobody is told of what happens before there is an instance to ask about. */
    if (!init(gic, &checked, error)) {
        destroy(gic);
        return NULL;
    }
    gic->host = callbacks;
    return gic;
}

Vgic *vgic_new(const VgicConfig *config, const VgicHost *host, void *machine, VgicError **error)
{
    return vgic_new_on(&vgic_tcg_backend, NULL, config, host, machine, error);
}

Vgic *vgic_hyp_new(const VgicConfig *config, const VgicHost *host, const VgicHypHost *hyp,
                   void *machine, VgicError **error)
{
    VgicHyp *data = vgic_hyp_data_new(hyp, error);
    Vgic *gic = data ? vgic_new_on(&vgic_hyp_backend, data, config, host, machine, error) : NULL;

    if (data && !gic) {
        vgic_hyp_data_free(data);
    }
    return gic;
}

void vgic_free(Vgic *gic)
{
    if (!gic) {
        return;
    }
    if (gic->backend->stop) {
        gic->backend->stop(gic);
    }
    destroy(gic);
}

bool vgic_work(Vgic *gic)
{
    return vgic_check_gic(gic, __func__) && gic->part && gic->part->work(gic);
}

#define STRING_(x) #x
#define STRING(x) STRING_(x)

const char *vgic_version(void)
{
    return STRING(VGIC_VERSION_MAJOR) "." STRING(VGIC_VERSION_MINOR) "." STRING(VGIC_VERSION_MICRO);
}
