/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what KVM gives to its guests of the GIC below it: ICC_CTLR_EL1 always, ICH_VTR_EL2 to
 * those that have EL2. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* Younger than the headers of the cross compiler. */
#ifndef KVM_CAP_ARM_EL2
#define KVM_CAP_ARM_EL2 240
#endif
#ifndef KVM_ARM_VCPU_HAS_EL2
#define KVM_ARM_VCPU_HAS_EL2 7
#endif

#define SYSREG(op0, op1, crn, crm, op2)                                                            \
    ((uint64_t)(op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

enum {
    DISTRIBUTOR = 0x8000000,
    REDISTRIBUTORS = 0x80a0000
};

static int must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void attribute(int device, unsigned long request, uint32_t group, uint64_t attr,
                      uint64_t *value)
{
    struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

    must(ioctl(device, request, &a), "device attribute");
}

static int create_gic(int vm)
{
    struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
    uint64_t distributor = DISTRIBUTOR, redistributors = REDISTRIBUTORS;

    must(ioctl(vm, KVM_CREATE_DEVICE, &create), "KVM_CREATE_DEVICE");
    attribute((int)create.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
              KVM_VGIC_V3_ADDR_TYPE_DIST, &distributor);
    attribute((int)create.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
              KVM_VGIC_V3_ADDR_TYPE_REDIST, &redistributors);
    return (int)create.fd;
}

static uint64_t icc(int gic, uint64_t sysreg)
{
    uint64_t value = 0;

    attribute(gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, sysreg, &value);
    return value;
}

int main(void)
{
    int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    int el2 = ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_EL2) > 0;
    struct kvm_vcpu_init init;
    int vcpu, gic;

    vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    must(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
    if (el2) {
        init.features[0] |= 1U << KVM_ARM_VCPU_HAS_EL2;
    }
    must(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
    gic = create_gic(vm);
    attribute(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
              NULL);
    printf("vtr: ICC_CTLR_EL1=0x%llx", (unsigned long long)icc(gic, SYSREG(3, 0, 12, 12, 4)));
    if (el2) {
        printf(" ICH_VTR_EL2=0x%llx", (unsigned long long)icc(gic, SYSREG(3, 4, 12, 11, 1)));
    }
    printf("\n");
    return 0;
}
