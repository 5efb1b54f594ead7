/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink channel to the module. */
#ifndef KS_NL_H
#define KS_NL_H

#include "lib/error.h"
#include "lib/request.h"

struct ks_nl;

/* Connect; KS_UNSUPPORTED, with what to do, where the module is not there. */
enum ks_status ks_nl_open(struct ks_nl **nl, struct ks_error *err);

/* A NULL is fine. */
void ks_nl_close(struct ks_nl *nl);

/*
 * Append all records that match.  A dump that the kernel marks as interrupted
 * is asked for again; when it never came through whole, its last rows stay and
 * KS_PARTIAL is returned.
 */
enum ks_status ks_nl_dump(struct ks_nl *nl, const struct ks_request *request,
			  struct ks_rows *rows, struct ks_error *err);

/* Have one command carried out, and append what it answers. */
enum ks_status ks_nl_do(struct ks_nl *nl, const struct ks_request *request,
			struct ks_rows *rows, struct ks_error *err);

#endif /* KS_NL_H */
