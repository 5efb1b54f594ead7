/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The collector that traces who allocates from one slab cache.
 */
#ifndef KS_TRACE_TRACE_H
#define KS_TRACE_TRACE_H

extern const struct ks_collector ks_collector_trace;

#endif /* KS_TRACE_TRACE_H */
