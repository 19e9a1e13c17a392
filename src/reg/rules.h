/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest can do wrong. The names are stable: hosts match on them. docs/guest-errors.md
 * explains each. */
#ifndef VGIC_REG_RULES_H
#define VGIC_REG_RULES_H

#define VGIC_RULES(X)                                                                              \
    X(ACCESS_SIZE, "access-size", "the register cannot be accessed in this size or alignment")     \
    X(RESERVED, "reserved", "nothing is there")                                                    \
    X(READ_ONLY, "read-only", "write to a read-only register")                                     \
    X(WRITE_ONLY, "write-only", "read of a write-only register")                                   \
    X(UNMODELLED, "unmodelled", "the register exists in the architecture but not in this model")   \
    X(SECURE, "secure", "Non-secure access to a Secure register")                                  \
    X(NO_INTERRUPT, "no-interrupt", "bits of interrupts that do not exist were written")           \
    X(TRIGGER_ENABLED, "trigger-enabled", "the trigger of an enabled interrupt was changed")       \
    X(ARE_CLEARED, "are-cleared", "affinity routing cannot be switched off")                       \
    X(DS_ENABLED, "ds-enabled", "GICD_CTLR.DS was set while a group was enabled")                  \
    X(ROUTE_NOWHERE, "route-nowhere", "no PE has this affinity")                                   \
    X(ROUTE_ONE_OF_N, "route-one-of-n", "1-of-N distribution is not supported here")               \
    X(MESSAGE_TARGET, "message-target", "the message names no SPI that it may change")             \
    X(EOI_SPECIAL, "eoi-special", "end of a special INTID")                                        \
    X(EOI_IDLE, "eoi-idle", "end of interrupt while nothing is active")                            \
    X(EOI_GROUP, "eoi-group", "end of interrupt in a group that the running priority is not of")   \
    X(DIR_EOIMODE, "dir-eoimode", "deactivation while EOImode is 0")                               \
    X(DIR_TARGET, "dir-target",                                                                    \
      "deactivation of an interrupt that does not exist or has no active state")                   \
    X(DIR_INACTIVE, "dir-inactive", "deactivation of an interrupt that is not active")             \
    X(DIR_DENIED, "dir-denied", "deactivation of an interrupt of another Security state")          \
    X(LR_DUPLICATE, "lr-duplicate", "two list registers hold the same interrupt")                  \
    X(LR_SPECIAL, "lr-special", "a list register holds a special INTID")                           \
    X(LR_HW_STATE, "lr-hw-state", "a list register with HW set cannot be active and pending")      \
    X(LR_HW_PINTID, "lr-hw-pintid", "the physical interrupt of a list register is no PPI or SPI")  \
    X(SGI_NO_TARGET, "sgi-no-target", "the SGI names a PE that does not exist")                    \
    X(SGI_DENIED, "sgi-denied", "a target does not allow this SGI in its group")                   \
    X(ASLEEP, "asleep", "CPU interface used while GICR_WAKER.ProcessorSleep is 1")                 \
    X(LPI_DISABLED, "lpi-disabled", "an LPI for a PE whose GICR_CTLR.EnableLPIs is 0")             \
    X(LPI_RANGE, "lpi-range", "no LPI, or one beyond GICR_PROPBASER.IDbits")                       \
    X(LPI_LIMIT, "lpi-limit", "more LPIs than the host allows")                                    \
    X(LPI_TABLE, "lpi-table", "memory of an LPI table cannot be accessed")                         \
    X(LPI_BASE_ENABLED, "lpi-base-enabled", "an LPI table was changed while EnableLPIs is 1")      \
    X(LPI_IDBITS, "lpi-idbits", "LPIs enabled with an IDbits that the GIC does not have")          \
    X(LPI_DIRECT, "lpi-direct", "SETLPIR and CLRLPIR need GICR_TYPER.DirectLPI")                   \
    X(IRQ_TYPE, "irq-type", "the instruction does not take interrupts of this type")               \
    X(IRQ_RANGE, "irq-range", "no interrupt has this ID")                                          \
    X(IRQ_DOMAIN, "irq-domain", "the interrupt belongs to another domain")                         \
    X(IST_INVALID, "ist-invalid", "an LPI while its table is not valid")                           \
    X(IST_ENTRY, "ist-entry", "the entry of level 1 for an LPI is not valid")                      \
    X(IST_BUS, "ist-bus", "memory of a table of LPIs cannot be accessed")                          \
    X(IST_VALID, "ist-valid", "the table of LPIs was changed while it is valid")                   \
    X(IST_MAP, "ist-map", "no table with two levels that is valid covers this ID")                 \
    X(IRS_SELECT, "irs-select", "nothing that exists is selected")                                 \
    X(ITS_BASE_ENABLED, "its-base-enabled",                                                        \
      "a table or the queue was changed while the ITS works")                                      \
    X(ITS_ENABLE, "its-enable", "the ITS was enabled without its queue or a table")                \
    X(ITS_CWRITER, "its-cwriter", "GITS_CWRITER beyond the queue")                                 \
    X(ITS_BUS, "its-bus", "memory of the queue or of a table cannot be accessed")                  \
    X(ITS_UNKNOWN_COMMAND, "its-unknown-command", "no such command")                               \
    X(ITS_DEVICE, "its-device", "a DeviceID that is out of range or not mapped")                   \
    X(ITS_ITT_SIZE, "its-itt-size", "more EventID bits than GITS_TYPER.ID_bits")                   \
    X(ITS_EVENT, "its-event", "an EventID that is out of range or not mapped")                     \
    X(ITS_INTID, "its-intid", "an INTID that is no LPI")                                           \
    X(ITS_COLLECTION, "its-collection", "a collection that is out of range or not mapped")         \
    X(ITS_RDBASE, "its-rdbase", "an RDbase that names no Redistributor")                           \
    X(ITS_REMAPPED, "its-remapped", "the event is mapped already")                                 \
    X(ITS_DISABLED, "its-disabled", "an MSI while the ITS is disabled")                            \
    X(ITS_MSI, "its-msi", "an MSI that the tables do not translate")                               \
    X(IWB_WIRE, "iwb-wire", "no such wire, or another domain's, or no such domain")

typedef enum VgicRule {
    VGIC_RULE_NONE = 0,
#define VGIC_RULE_ENUM_(id, name, text) VGIC_RULE_##id,
    VGIC_RULES(VGIC_RULE_ENUM_)
#undef VGIC_RULE_ENUM_
} VgicRule;

const char *vgic_rule_name(VgicRule rule);
const char *vgic_rule_text(VgicRule rule);

#endif
