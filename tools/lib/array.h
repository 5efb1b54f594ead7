/* SPDX-License-Identifier: GPL-2.0-only */
/* How many elements an array has. */
#ifndef KS_ARRAY_H
#define KS_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif /* KS_ARRAY_H */
