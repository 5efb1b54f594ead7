/* SPDX-License-Identifier: GPL-2.0-only */
/* Which slab caches grew between two moments. */
#ifndef KMS_DIAGNOSE_GROWTH_H
#define KMS_DIAGNOSE_GROWTH_H

#include "diagnose/cache_kind.h"
#include "diagnose/observation.h"

/* All caches of one name, of which there may be several. */
struct kms_growth {
	const char *name;
	enum kms_cache_kind kind;
	const char *noun;	/* what its objects are, or NULL */
	bool reclaimable;	/* its objects, when memory is short */
	uint64_t size;		/* bytes of an object */
	uint64_t total_bytes;	/* now */
	uint64_t nr_objects;	/* in use now; KMS_UNKNOWN: not counted */
	int64_t bytes;		/* more than before; of dentries and inodes also
				 * what went into slots that were free
				 */
	bool objects_known;
	int64_t objects;	/* more in use than before */
};

struct kms_growths {
	struct kms_growth *growth;	/* the largest first */
	size_t nr;
};

/* Compare all caches of newer with older; false when memory is out. */
bool kms_growths_find(struct kms_growths *growths,
		      const struct kms_moment *older,
		      const struct kms_moment *newer);

/* The growth of a cache; NULL where it was not there. */
const struct kms_growth *kms_growths_of(const struct kms_growths *growths,
					const char *name);

void kms_growths_free(struct kms_growths *growths);

#endif /* KMS_DIAGNOSE_GROWTH_H */
