/* SPDX-License-Identifier: GPL-2.0-only */
/* How many elements an array has. */
#ifndef KMS_LIB_ARRAY_H
#define KMS_LIB_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif /* KMS_LIB_ARRAY_H */
