/* SPDX-License-Identifier: GPL-2.0-only */
/* Why nobody answers to the module's name. */
#ifndef KS_ABSENT_H
#define KS_ABSENT_H

#include "lib/error.h"

enum ks_status ks_absent_explain(struct ks_error *err);

#endif /* KS_ABSENT_H */
