/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the ITS: registers, commands, entries of its tables [6]; offsets are in
 * <vgic/registers.h>. */
#ifndef VGIC_DEFS_GITS_H
#define VGIC_DEFS_GITS_H

#include <vgic/registers.h>

#include "defs/field.h"

/** Bytes of an ITS without GICv4.1's vSGI frame: control and translation. */
#define GITS_FRAMES_SIZE 0x20000u

/* Registers */

#define gits_ctlr_LIST(X, R)                                                                       \
    X(R, Enabled, 0, 1)                                                                            \
    X(R, ImDe, 1, 1)                                                                               \
    X(R, ITS_Number, 4, 4)                                                                         \
    X(R, UMSIirq, 8, 1)                                                                            \
    X(R, Quiescent, 31, 1)
VGIC_FIELDS(gits_ctlr);

#define gits_typer_LIST(X, R)                                                                      \
    X(R, Physical, 0, 1)                                                                           \
    X(R, Virtual, 1, 1)                                                                            \
    X(R, CCT, 2, 1)                                                                                \
    X(R, ITT_entry_size, 4, 4)                                                                     \
    X(R, ID_bits, 8, 5)                                                                            \
    X(R, Devbits, 13, 5)                                                                           \
    X(R, SEIS, 18, 1)                                                                              \
    X(R, PTA, 19, 1)                                                                               \
    X(R, HCC, 24, 8)                                                                               \
    X(R, CIDbits, 32, 4)                                                                           \
    X(R, CIL, 36, 1)                                                                               \
    X(R, VMOVP, 37, 1)                                                                             \
    X(R, MPAM, 38, 1)                                                                              \
    X(R, VSGI, 39, 1)                                                                              \
    X(R, VMAPP, 40, 1)                                                                             \
    X(R, SVPET, 41, 2)                                                                             \
    X(R, nID, 43, 1)                                                                               \
    X(R, UMSI, 44, 1)                                                                              \
    X(R, UMSIirq, 45, 1)                                                                           \
    X(R, INV, 46, 1)
VGIC_FIELDS(gits_typer);

#define gits_statusr_LIST(X, R)                                                                    \
    X(R, RRD, 0, 1)                                                                                \
    X(R, WRD, 1, 1)                                                                                \
    X(R, RWOD, 2, 1)                                                                               \
    X(R, WROD, 3, 1)                                                                               \
    X(R, UMSI, 4, 1)                                                                               \
    X(R, Overflow, 5, 1)                                                                           \
    X(R, Syndrome, 6, 4)
VGIC_FIELDS(gits_statusr);

#define gits_umsir_LIST(X, R)                                                                      \
    X(R, EventID, 0, 32)                                                                           \
    X(R, DeviceID, 32, 32)
VGIC_FIELDS(gits_umsir);

#define gits_cbaser_LIST(X, R)                                                                     \
    X(R, Size, 0, 8)                                                                               \
    X(R, Shareability, 10, 2)                                                                      \
    X(R, Physical_Address, 12, 40)                                                                 \
    X(R, OuterCache, 53, 3)                                                                        \
    X(R, InnerCache, 59, 3)                                                                        \
    X(R, Valid, 63, 1)
VGIC_FIELDS(gits_cbaser);
/** What is stored of it: the queue begins at a multiple of 64 KiB. */
#define GITS_CBASER_FIELDS                                                                         \
    (VGIC_MASK(gits_cbaser, Size) | VGIC_MASK(gits_cbaser, Shareability) |                         \
     (VGIC_MASK(gits_cbaser, Physical_Address) & ~UINT64_C(0xF000)) |                              \
     VGIC_MASK(gits_cbaser, OuterCache) | VGIC_MASK(gits_cbaser, InnerCache) |                     \
     VGIC_MASK(gits_cbaser, Valid))

#define gits_cwriter_LIST(X, R)                                                                    \
    X(R, Retry, 0, 1)                                                                              \
    X(R, Offset, 5, 15)
VGIC_FIELDS(gits_cwriter);

#define gits_creadr_LIST(X, R)                                                                     \
    X(R, Stalled, 0, 1)                                                                            \
    X(R, Offset, 5, 15)
VGIC_FIELDS(gits_creadr);

#define gits_baser_LIST(X, R)                                                                      \
    X(R, Size, 0, 8)                                                                               \
    X(R, Page_Size, 8, 2)                                                                          \
    X(R, Shareability, 10, 2)                                                                      \
    X(R, Physical_Address, 12, 36)                                                                 \
    X(R, Entry_Size, 48, 5)                                                                        \
    X(R, OuterCache, 53, 3)                                                                        \
    X(R, Type, 56, 3)                                                                              \
    X(R, InnerCache, 59, 3)                                                                        \
    X(R, Indirect, 62, 1)                                                                          \
    X(R, Valid, 63, 1)
VGIC_FIELDS(gits_baser);
/** What is stored of it; Type and Entry_Size are constants, and Indirect may be RAZ/WI. */
#define GITS_BASER_FIELDS                                                                          \
    (VGIC_MASK(gits_baser, Size) | VGIC_MASK(gits_baser, Page_Size) |                              \
     VGIC_MASK(gits_baser, Shareability) | VGIC_MASK(gits_baser, Physical_Address) |               \
     VGIC_MASK(gits_baser, OuterCache) | VGIC_MASK(gits_baser, InnerCache) |                       \
     VGIC_MASK(gits_baser, Indirect) | VGIC_MASK(gits_baser, Valid))

enum {
    GITS_BASER_DEVICES = 1, /* GITS_BASER<n>.Type */
    GITS_BASER_COLLECTIONS = 4,
};

#define gits_translater_LIST(X, R) X(R, EventID, 0, 32)
VGIC_FIELDS(gits_translater);

/* Commands: 32 bytes, four doublewords; a field's list names the doubleword that it is in [6.4]. */

enum {
    GITS_COMMAND_SIZE = 32,
    GITS_MOVI = 0x01,
    GITS_INT = 0x03,
    GITS_CLEAR = 0x04,
    GITS_SYNC = 0x05,
    GITS_MAPD = 0x08,
    GITS_MAPC = 0x09,
    GITS_MAPTI = 0x0A,
    GITS_MAPI = 0x0B,
    GITS_INV = 0x0C,
    GITS_INVALL = 0x0D,
    GITS_MOVALL = 0x0E,
    GITS_DISCARD = 0x0F,
};

#define gits_dw0_LIST(X, R)                                                                        \
    X(R, Opcode, 0, 8)                                                                             \
    X(R, DeviceID, 32, 32)
VGIC_FIELDS(gits_dw0);

#define gits_dw1_LIST(X, R)                                                                        \
    X(R, Size, 0, 5)                                                                               \
    X(R, EventID, 0, 32)                                                                           \
    X(R, pINTID, 32, 32)
VGIC_FIELDS(gits_dw1);

#define gits_dw2_LIST(X, R)                                                                        \
    X(R, ICID, 0, 16)                                                                              \
    X(R, ITT_addr, 8, 44)                                                                          \
    X(R, RDbase, 16, 36)                                                                           \
    X(R, V, 63, 1)
VGIC_FIELDS(gits_dw2);

#define gits_dw3_LIST(X, R) X(R, RDbase2, 16, 36)
VGIC_FIELDS(gits_dw3);

/*
 * Entries of the tables in guest memory. The architecture leaves them to the ITS; these are the
 * entries of KVM's in-kernel ITS, ABI revision 0, so that either reads the other's tables.
 */

enum {
    GITS_ENTRY_SIZE = 8,
};

/* Level 1 of an indirect table: the architecture's own. */
#define gits_l1_LIST(X, R)                                                                         \
    X(R, Physical_Address, 12, 40)                                                                 \
    X(R, Valid, 63, 1)
VGIC_FIELDS(gits_l1);

#define gits_dte_LIST(X, R)                                                                        \
    X(R, Size, 0, 5)                                                                               \
    X(R, ITT_addr, 5, 44)                                                                          \
    X(R, Next, 49, 14)                                                                             \
    X(R, Valid, 63, 1)
VGIC_FIELDS(gits_dte);

/* Valid if pINTID is not 0. */
#define gits_ite_LIST(X, R)                                                                        \
    X(R, ICID, 0, 16)                                                                              \
    X(R, pINTID, 16, 32)                                                                           \
    X(R, Next, 48, 16)
VGIC_FIELDS(gits_ite);

#define gits_cte_LIST(X, R)                                                                        \
    X(R, ICID, 0, 16)                                                                              \
    X(R, RDbase, 16, 36)                                                                           \
    X(R, Valid, 63, 1)
VGIC_FIELDS(gits_cte);

#endif
