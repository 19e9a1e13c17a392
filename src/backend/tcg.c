/* SPDX-License-Identifier: BSD-2-Clause */
/* Backend tcg: the library runs the CPU interface in software, so presenting is deciding the output
 * lines. */
#include "core/backend.h"
#include "core/gic.h"

static bool tcg_present(VgicCpu *cpu)
{
    vgic_cpu_refresh(cpu);
    return vgic_cpu_publish(cpu, cpu->gic->model->lines(cpu));
}

const VgicBackendOps vgic_tcg_backend = {
    .name = "tcg",
    .present = tcg_present,
};
