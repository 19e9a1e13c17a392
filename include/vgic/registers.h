/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Offsets and encodings of the architected registers, under the architecture's names. Not part of
 * vgic.h: hosts and drivers often have such a list of their own.
 *
 * Arrays are macros of their index: GICD_ISENABLER(n), and GICD_ISENABLERnE(n) for the extended
 * ranges of GICv3.1.
 */
#ifndef VGIC_REGISTERS_H
#define VGIC_REGISTERS_H

#include <vgic/sysreg.h>

/* Distributor */
#define GICD_CTLR 0x0000u
#define GICD_TYPER 0x0004u
#define GICD_IIDR 0x0008u
#define GICD_TYPER2 0x000Cu
#define GICD_STATUSR 0x0010u
#define GICD_SETSPI_NSR 0x0040u
#define GICD_CLRSPI_NSR 0x0048u
#define GICD_SETSPI_SR 0x0050u
#define GICD_CLRSPI_SR 0x0058u
#define GICD_SEIR 0x0068u
#define GICD_IGROUPR(n) (0x0080u + 4u * (uint32_t)(n))
#define GICD_ISENABLER(n) (0x0100u + 4u * (uint32_t)(n))
#define GICD_ICENABLER(n) (0x0180u + 4u * (uint32_t)(n))
#define GICD_ISPENDR(n) (0x0200u + 4u * (uint32_t)(n))
#define GICD_ICPENDR(n) (0x0280u + 4u * (uint32_t)(n))
#define GICD_ISACTIVER(n) (0x0300u + 4u * (uint32_t)(n))
#define GICD_ICACTIVER(n) (0x0380u + 4u * (uint32_t)(n))
#define GICD_IPRIORITYR(n) (0x0400u + 4u * (uint32_t)(n))
#define GICD_ITARGETSR(n) (0x0800u + 4u * (uint32_t)(n))
#define GICD_ICFGR(n) (0x0C00u + 4u * (uint32_t)(n))
#define GICD_IGRPMODR(n) (0x0D00u + 4u * (uint32_t)(n))
#define GICD_NSACR(n) (0x0E00u + 4u * (uint32_t)(n))
#define GICD_SGIR 0x0F00u
#define GICD_CPENDSGIR(n) (0x0F10u + 4u * (uint32_t)(n))
#define GICD_SPENDSGIR(n) (0x0F20u + 4u * (uint32_t)(n))
#define GICD_INMIR(n) (0x0F80u + 4u * (uint32_t)(n))
#define GICD_IGROUPRnE(n) (0x1000u + 4u * (uint32_t)(n))
#define GICD_ISENABLERnE(n) (0x1200u + 4u * (uint32_t)(n))
#define GICD_ICENABLERnE(n) (0x1400u + 4u * (uint32_t)(n))
#define GICD_ISPENDRnE(n) (0x1600u + 4u * (uint32_t)(n))
#define GICD_ICPENDRnE(n) (0x1800u + 4u * (uint32_t)(n))
#define GICD_ISACTIVERnE(n) (0x1A00u + 4u * (uint32_t)(n))
#define GICD_ICACTIVERnE(n) (0x1C00u + 4u * (uint32_t)(n))
#define GICD_IPRIORITYRnE(n) (0x2000u + 4u * (uint32_t)(n))
#define GICD_ICFGRnE(n) (0x3000u + 4u * (uint32_t)(n))
#define GICD_IGRPMODRnE(n) (0x3400u + 4u * (uint32_t)(n))
#define GICD_NSACRnE(n) (0x3600u + 4u * (uint32_t)(n))
#define GICD_INMIRnE(n) (0x3B00u + 4u * (uint32_t)(n))
#define GICD_IROUTER(n) (0x6000u + 8u * (uint32_t)(n))
#define GICD_IROUTERnE(n) (0x8000u + 8u * (uint32_t)(n))
#define GICD_PIDR4 0xFFD0u
#define GICD_PIDR5 0xFFD4u
#define GICD_PIDR6 0xFFD8u
#define GICD_PIDR7 0xFFDCu
#define GICD_PIDR0 0xFFE0u
#define GICD_PIDR1 0xFFE4u
#define GICD_PIDR2 0xFFE8u
#define GICD_PIDR3 0xFFECu
#define GICD_CIDR0 0xFFF0u
#define GICD_CIDR1 0xFFF4u
#define GICD_CIDR2 0xFFF8u
#define GICD_CIDR3 0xFFFCu

/* Redistributor: offsets from RD_base; the SGI frame is at +0x10000, the VLPI frame at +0x20000 */
#define GICR_CTLR 0x0000u
#define GICR_IIDR 0x0004u
#define GICR_TYPER 0x0008u
#define GICR_STATUSR 0x0010u
#define GICR_WAKER 0x0014u
#define GICR_MPAMIDR 0x0018u
#define GICR_PARTIDR 0x001Cu
#define GICR_SETLPIR 0x0040u
#define GICR_CLRLPIR 0x0048u
#define GICR_PROPBASER 0x0070u
#define GICR_PENDBASER 0x0078u
#define GICR_INVLPIR 0x00A0u
#define GICR_INVALLR 0x00B0u
#define GICR_SYNCR 0x00C0u
#define GICR_PIDR4 0xFFD0u
#define GICR_PIDR5 0xFFD4u
#define GICR_PIDR6 0xFFD8u
#define GICR_PIDR7 0xFFDCu
#define GICR_PIDR0 0xFFE0u
#define GICR_PIDR1 0xFFE4u
#define GICR_PIDR2 0xFFE8u
#define GICR_PIDR3 0xFFECu
#define GICR_CIDR0 0xFFF0u
#define GICR_CIDR1 0xFFF4u
#define GICR_CIDR2 0xFFF8u
#define GICR_CIDR3 0xFFFCu
#define GICR_IGROUPR0 0x10080u
#define GICR_IGROUPRnE(n) (0x10080u + 4u * (uint32_t)(n))
#define GICR_ISENABLER0 0x10100u
#define GICR_ISENABLERnE(n) (0x10100u + 4u * (uint32_t)(n))
#define GICR_ICENABLER0 0x10180u
#define GICR_ICENABLERnE(n) (0x10180u + 4u * (uint32_t)(n))
#define GICR_ISPENDR0 0x10200u
#define GICR_ISPENDRnE(n) (0x10200u + 4u * (uint32_t)(n))
#define GICR_ICPENDR0 0x10280u
#define GICR_ICPENDRnE(n) (0x10280u + 4u * (uint32_t)(n))
#define GICR_ISACTIVER0 0x10300u
#define GICR_ISACTIVERnE(n) (0x10300u + 4u * (uint32_t)(n))
#define GICR_ICACTIVER0 0x10380u
#define GICR_ICACTIVERnE(n) (0x10380u + 4u * (uint32_t)(n))
#define GICR_IPRIORITYR(n) (0x10400u + 4u * (uint32_t)(n))
#define GICR_IPRIORITYRnE(n) (0x10400u + 4u * (uint32_t)(n))
#define GICR_ICFGR0 0x10C00u
#define GICR_ICFGR1 0x10C04u
#define GICR_ICFGRnE(n) (0x10C00u + 4u * (uint32_t)(n))
#define GICR_IGRPMODR0 0x10D00u
#define GICR_IGRPMODRnE(n) (0x10D00u + 4u * (uint32_t)(n))
#define GICR_NSACR 0x10E00u
#define GICR_INMIR0 0x10F80u
#define GICR_INMIRnE(n) (0x10F80u + 4u * (uint32_t)(n))
#define GICR_VPROPBASER 0x20070u
#define GICR_VPENDBASER 0x20078u
#define GICR_VSGIR 0x20080u
#define GICR_VSGIPENDR 0x20088u

/* ITS: offsets from the control frame; the translation frame is at +0x10000 */
#define GITS_CTLR 0x0000u
#define GITS_IIDR 0x0004u
#define GITS_TYPER 0x0008u
#define GITS_MPAMIDR 0x0010u
#define GITS_PARTIDR 0x0014u
#define GITS_MPIDR 0x0018u
#define GITS_STATUSR 0x0040u
#define GITS_UMSIR 0x0048u
#define GITS_CBASER 0x0080u
#define GITS_CWRITER 0x0088u
#define GITS_CREADR 0x0090u
#define GITS_BASER(n) (0x0100u + 8u * (uint32_t)(n))
#define GITS_PIDR4 0xFFD0u
#define GITS_PIDR5 0xFFD4u
#define GITS_PIDR6 0xFFD8u
#define GITS_PIDR7 0xFFDCu
#define GITS_PIDR0 0xFFE0u
#define GITS_PIDR1 0xFFE4u
#define GITS_PIDR2 0xFFE8u
#define GITS_PIDR3 0xFFECu
#define GITS_CIDR0 0xFFF0u
#define GITS_CIDR1 0xFFF4u
#define GITS_CIDR2 0xFFF8u
#define GITS_CIDR3 0xFFFCu
#define GITS_TRANSLATER 0x10040u
#define GITS_SGIR 0x20020u

/* Frame of message-based SPIs */
#define GICM_TYPER 0x0008u
#define GICM_SETSPI_NSR 0x0040u
#define GICM_CLRSPI_NSR 0x0048u
#define GICM_SETSPI_SR 0x0050u
#define GICM_CLRSPI_SR 0x0058u
#define GICM_IIDR 0x0FCCu
#define GICM_PIDR4 0xFFD0u
#define GICM_PIDR5 0xFFD4u
#define GICM_PIDR6 0xFFD8u
#define GICM_PIDR7 0xFFDCu
#define GICM_PIDR0 0xFFE0u
#define GICM_PIDR1 0xFFE4u
#define GICM_PIDR2 0xFFE8u
#define GICM_PIDR3 0xFFECu
#define GICM_CIDR0 0xFFF0u
#define GICM_CIDR1 0xFFF4u
#define GICM_CIDR2 0xFFF8u
#define GICM_CIDR3 0xFFFCu

/* CPU interface, AArch64 */
#define ICC_PMR_EL1 VGIC_SYSREG(3, 0, 4, 6, 0)
#define ICC_IAR0_EL1 VGIC_SYSREG(3, 0, 12, 8, 0)
#define ICC_EOIR0_EL1 VGIC_SYSREG(3, 0, 12, 8, 1)
#define ICC_HPPIR0_EL1 VGIC_SYSREG(3, 0, 12, 8, 2)
#define ICC_BPR0_EL1 VGIC_SYSREG(3, 0, 12, 8, 3)
#define ICC_AP0R0_EL1 VGIC_SYSREG(3, 0, 12, 8, 4)
#define ICC_AP0R1_EL1 VGIC_SYSREG(3, 0, 12, 8, 5)
#define ICC_AP0R2_EL1 VGIC_SYSREG(3, 0, 12, 8, 6)
#define ICC_AP0R3_EL1 VGIC_SYSREG(3, 0, 12, 8, 7)
#define ICC_AP1R0_EL1 VGIC_SYSREG(3, 0, 12, 9, 0)
#define ICC_AP1R1_EL1 VGIC_SYSREG(3, 0, 12, 9, 1)
#define ICC_AP1R2_EL1 VGIC_SYSREG(3, 0, 12, 9, 2)
#define ICC_AP1R3_EL1 VGIC_SYSREG(3, 0, 12, 9, 3)
#define ICC_NMIAR1_EL1 VGIC_SYSREG(3, 0, 12, 9, 5)
#define ICC_DIR_EL1 VGIC_SYSREG(3, 0, 12, 11, 1)
#define ICC_RPR_EL1 VGIC_SYSREG(3, 0, 12, 11, 3)
#define ICC_SGI1R_EL1 VGIC_SYSREG(3, 0, 12, 11, 5)
#define ICC_ASGI1R_EL1 VGIC_SYSREG(3, 0, 12, 11, 6)
#define ICC_SGI0R_EL1 VGIC_SYSREG(3, 0, 12, 11, 7)
#define ICC_IAR1_EL1 VGIC_SYSREG(3, 0, 12, 12, 0)
#define ICC_EOIR1_EL1 VGIC_SYSREG(3, 0, 12, 12, 1)
#define ICC_HPPIR1_EL1 VGIC_SYSREG(3, 0, 12, 12, 2)
#define ICC_BPR1_EL1 VGIC_SYSREG(3, 0, 12, 12, 3)
#define ICC_CTLR_EL1 VGIC_SYSREG(3, 0, 12, 12, 4)
#define ICC_SRE_EL1 VGIC_SYSREG(3, 0, 12, 12, 5)
#define ICC_IGRPEN0_EL1 VGIC_SYSREG(3, 0, 12, 12, 6)
#define ICC_IGRPEN1_EL1 VGIC_SYSREG(3, 0, 12, 12, 7)
#define ICC_SRE_EL2 VGIC_SYSREG(3, 4, 12, 9, 5)
#define ICC_CTLR_EL3 VGIC_SYSREG(3, 6, 12, 12, 4)
#define ICC_SRE_EL3 VGIC_SYSREG(3, 6, 12, 12, 5)
#define ICC_IGRPEN1_EL3 VGIC_SYSREG(3, 6, 12, 12, 7)

/* CPU interface, AArch32 */
#define ICC_PMR VGIC_CP15(0, 4, 6, 0)
#define ICC_IAR0 VGIC_CP15(0, 12, 8, 0)
#define ICC_EOIR0 VGIC_CP15(0, 12, 8, 1)
#define ICC_HPPIR0 VGIC_CP15(0, 12, 8, 2)
#define ICC_BPR0 VGIC_CP15(0, 12, 8, 3)
#define ICC_AP0R0 VGIC_CP15(0, 12, 8, 4)
#define ICC_AP0R1 VGIC_CP15(0, 12, 8, 5)
#define ICC_AP0R2 VGIC_CP15(0, 12, 8, 6)
#define ICC_AP0R3 VGIC_CP15(0, 12, 8, 7)
#define ICC_AP1R0 VGIC_CP15(0, 12, 9, 0)
#define ICC_AP1R1 VGIC_CP15(0, 12, 9, 1)
#define ICC_AP1R2 VGIC_CP15(0, 12, 9, 2)
#define ICC_AP1R3 VGIC_CP15(0, 12, 9, 3)
#define ICC_DIR VGIC_CP15(0, 12, 11, 1)
#define ICC_RPR VGIC_CP15(0, 12, 11, 3)
#define ICC_SGI1R VGIC_CP15_64(0, 12)
#define ICC_ASGI1R VGIC_CP15_64(1, 12)
#define ICC_SGI0R VGIC_CP15_64(2, 12)
#define ICC_IAR1 VGIC_CP15(0, 12, 12, 0)
#define ICC_EOIR1 VGIC_CP15(0, 12, 12, 1)
#define ICC_HPPIR1 VGIC_CP15(0, 12, 12, 2)
#define ICC_BPR1 VGIC_CP15(0, 12, 12, 3)
#define ICC_CTLR VGIC_CP15(0, 12, 12, 4)
#define ICC_SRE VGIC_CP15(0, 12, 12, 5)
#define ICC_IGRPEN0 VGIC_CP15(0, 12, 12, 6)
#define ICC_IGRPEN1 VGIC_CP15(0, 12, 12, 7)
#define ICC_HSRE VGIC_CP15(4, 12, 9, 5)
#define ICC_MCTLR VGIC_CP15(6, 12, 12, 4)
#define ICC_MSRE VGIC_CP15(6, 12, 12, 5)
#define ICC_MGRPEN1 VGIC_CP15(6, 12, 12, 7)

/* Virtual CPU interface control, AArch64; ICH_LR_EL2(n) is ICH_LR<n>_EL2 */
#define ICH_AP0R0_EL2 VGIC_SYSREG(3, 4, 12, 8, 0)
#define ICH_AP0R1_EL2 VGIC_SYSREG(3, 4, 12, 8, 1)
#define ICH_AP0R2_EL2 VGIC_SYSREG(3, 4, 12, 8, 2)
#define ICH_AP0R3_EL2 VGIC_SYSREG(3, 4, 12, 8, 3)
#define ICH_AP1R0_EL2 VGIC_SYSREG(3, 4, 12, 9, 0)
#define ICH_AP1R1_EL2 VGIC_SYSREG(3, 4, 12, 9, 1)
#define ICH_AP1R2_EL2 VGIC_SYSREG(3, 4, 12, 9, 2)
#define ICH_AP1R3_EL2 VGIC_SYSREG(3, 4, 12, 9, 3)
#define ICH_HCR_EL2 VGIC_SYSREG(3, 4, 12, 11, 0)
#define ICH_VTR_EL2 VGIC_SYSREG(3, 4, 12, 11, 1)
#define ICH_MISR_EL2 VGIC_SYSREG(3, 4, 12, 11, 2)
#define ICH_EISR_EL2 VGIC_SYSREG(3, 4, 12, 11, 3)
#define ICH_ELRSR_EL2 VGIC_SYSREG(3, 4, 12, 11, 5)
#define ICH_VMCR_EL2 VGIC_SYSREG(3, 4, 12, 11, 7)
#define ICH_LR_EL2(n) VGIC_SYSREG(3, 4, 12, 12 + (n) / 8, (n) % 8)

/* Virtual CPU interface control, AArch32: ICH_LR(n) is the lower half of a list register,
 * ICH_LRC(n) the upper one */
#define ICH_AP0R0 VGIC_CP15(4, 12, 8, 0)
#define ICH_AP0R1 VGIC_CP15(4, 12, 8, 1)
#define ICH_AP0R2 VGIC_CP15(4, 12, 8, 2)
#define ICH_AP0R3 VGIC_CP15(4, 12, 8, 3)
#define ICH_AP1R0 VGIC_CP15(4, 12, 9, 0)
#define ICH_AP1R1 VGIC_CP15(4, 12, 9, 1)
#define ICH_AP1R2 VGIC_CP15(4, 12, 9, 2)
#define ICH_AP1R3 VGIC_CP15(4, 12, 9, 3)
#define ICH_HCR VGIC_CP15(4, 12, 11, 0)
#define ICH_VTR VGIC_CP15(4, 12, 11, 1)
#define ICH_MISR VGIC_CP15(4, 12, 11, 2)
#define ICH_EISR VGIC_CP15(4, 12, 11, 3)
#define ICH_ELRSR VGIC_CP15(4, 12, 11, 5)
#define ICH_VMCR VGIC_CP15(4, 12, 11, 7)
#define ICH_LR(n) VGIC_CP15(4, 12, 12 + (n) / 8, (n) % 8)
#define ICH_LRC(n) VGIC_CP15(4, 12, 14 + (n) / 8, (n) % 8)

#endif
