/* SPDX-License-Identifier: GPL-2.0-only */
/* Which slab caches grew between two points in time. */
#ifndef KS_GROWTH_H
#define KS_GROWTH_H

#include "diagnose/cache_kind.h"
#include "diagnose/look.h"

/* All caches of one name, of which there may be several. */
struct ks_growth {
	const char *name;
	enum ks_cache_kind kind;
	const char *noun;	/* what its objects are, or NULL */
	bool reclaimable;	/* its objects, when memory is short */
	uint32_t size;		/* bytes of an object */
	uint64_t total_bytes;	/* now */
	uint64_t nr_objects;	/* in use now, KS_UNKNOWN where not counted */
	int64_t bytes;		/* more than before; of dentries and inodes also
				 * what went into slots that were free
				 */
	bool objects_known;
	int64_t objects;	/* more in use than before */
};

struct ks_growths {
	struct ks_growth *growth;	/* the largest first */
	size_t nr;
};

/* All caches of newer, against older; false when memory is out. */
bool ks_growths_find(struct ks_growths *growths,
		     const struct ks_look_at *older,
		     const struct ks_look_at *newer);

/* What a cache grew by; NULL where it was not there. */
const struct ks_growth *ks_growths_of(const struct ks_growths *growths,
				      const char *name);

void ks_growths_free(struct ks_growths *growths);

#endif /* KS_GROWTH_H */
