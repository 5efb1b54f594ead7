// SPDX-License-Identifier: GPL-2.0-only
/* The findings of a diagnosis. */
#include <string.h>

#include "diagnose/finding.h"

const char kms_not_examined[] =
	"swap, and cgroup limits";

const char *kms_finding_name(enum kms_finding_kind kind)
{
	static const char * const names[] = {
		[KMS_FINDING_NEGATIVE_DENTRIES] = "negative_dentries",
		[KMS_FINDING_POSITIVE_DENTRIES] = "positive_dentries",
		[KMS_FINDING_INODES] = "inodes",
		[KMS_FINDING_RECLAIMABLE_SLAB] = "reclaimable_slab",
		[KMS_FINDING_UNRECLAIMABLE_SLAB] = "unreclaimable_slab",
		[KMS_FINDING_LARGE_KMALLOC] = "large_kmalloc",
		[KMS_FINDING_PAGES] = "pages",
		[KMS_FINDING_UNACCOUNTED] = "unaccounted",
		[KMS_FINDING_STOCK] = "stock",
		[KMS_FINDING_FRAGMENTATION] = "fragmentation",
		[KMS_FINDING_PROCESS_MEMORY] = "process_memory",
		[KMS_FINDING_SHARED_MEMORY] = "shared_memory",
		[KMS_FINDING_HUGE_PAGES] = "huge_pages",
		[KMS_FINDING_NODE_FULL] = "node_full",
		[KMS_FINDING_PRESSURE] = "pressure",
		[KMS_FINDING_ZOMBIES] = "zombies",
	};

	return names[kind];
}

const char *kms_sure_name(enum kms_sure sure)
{
	static const char * const names[] = {
		[KMS_POSSIBLE] = "possible",
		[KMS_LIKELY] = "likely",
		[KMS_CERTAIN] = "certain",
	};

	return names[sure];
}

const char *kms_severity_name(enum kms_severity severity)
{
	static const char * const names[] = {
		[KMS_OK_SEVERITY] = "ok",
		[KMS_NOTICE] = "notice",
		[KMS_WARNING] = "warning",
		[KMS_CRITICAL] = "critical",
	};

	return names[severity];
}

const char *kms_freed_by_name(enum kms_freed_by freed_by)
{
	static const char * const names[] = {
		[KMS_FREED_UNKNOWN] = NULL,
		[KMS_FREED_BY_CLOSE] = "close",
		[KMS_FREED_BY_READ] = "read",
		[KMS_FREED_BY_REAP] = "reap",
		[KMS_FREED_BY_EXIT] = "exit",
		[KMS_FREED_BY_REMOVAL] = "removal",
		[KMS_FREED_BY_RECLAIM] = "reclaim",
		[KMS_FREED_BY_REBOOT] = "reboot",
	};

	return names[freed_by];
}

bool kms_finding_has_slab(const struct kms_finding *finding)
{
	switch (finding->kind) {
	case KMS_FINDING_LARGE_KMALLOC:
	case KMS_FINDING_PAGES:
	case KMS_FINDING_UNACCOUNTED:
	case KMS_FINDING_FRAGMENTATION:
	case KMS_FINDING_PROCESS_MEMORY:
	case KMS_FINDING_SHARED_MEMORY:
	case KMS_FINDING_HUGE_PAGES:
	case KMS_FINDING_NODE_FULL:
	case KMS_FINDING_ZOMBIES:
		return false;
	default:
		return finding->cache;
	}
}

struct kms_finding *kms_finding_add(struct kms_verdict *verdict,
				    enum kms_finding_kind kind)
{
	struct kms_finding *finding;

	if (verdict->nr_findings == KMS_MAX_FINDINGS)
		return NULL;
	finding = &verdict->finding[verdict->nr_findings++];
	*finding = (struct kms_finding){
		.kind = kind,
		.total_bytes = KMS_UNKNOWN,
		.memory_permille = KMS_UNKNOWN,
		.nr_objects = KMS_UNKNOWN,
		.growth_bytes = KMS_UNKNOWN,
		.bytes_per_second = KMS_UNKNOWN,
		.objects_per_second = KMS_UNKNOWN,
		.share_permille = KMS_UNKNOWN,
		.attributed_permille = KMS_UNKNOWN,
		.reclaimable_bytes = KMS_UNKNOWN,
		.full_seconds = KMS_UNKNOWN,
	};
	return finding;
}

void kms_finding_remove(struct kms_verdict *verdict,
			struct kms_finding *finding)
{
	size_t after = &verdict->finding[verdict->nr_findings] - finding - 1;

	memmove(finding, finding + 1, after * sizeof(*finding));
	verdict->nr_findings--;
}

void kms_part_add(struct kms_finding *finding, const struct kms_finding *from)
{
	if (finding->nr_parts == KMS_MAX_PARTS)
		return;
	finding->part[finding->nr_parts++] = (struct kms_found_part){
		.name = from->cache ?: kms_finding_name(from->kind),
		.total_bytes = from->total_bytes,
		.bytes_per_second = from->bytes_per_second,
	};
}

const char *kms_allocator_module(const struct kms_found_allocator *allocator,
				 struct kms_strings *strings)
{
	static const char own[] = "[kmemscope]";
	const char *start, *end;
	size_t i;

	if (!allocator->context || strstr(allocator->context, "irq"))
		return NULL;
	for (i = 0; i < allocator->nr_frames; i++) {
		start = strrchr(allocator->frame[i], '[');
		end = start ? strchr(start, ']') : NULL;
		if (end && end - start > 1 && strncmp(start, own, strlen(own)))
			return kms_strings_add(strings, "%.*s",
					       (int)(end - start - 1),
					       start + 1);
	}
	return NULL;
}

struct kms_found_holder kms_holder_new(const char *resource)
{
	return (struct kms_found_holder){
		.pid = KMS_UNKNOWN,
		.uid = KMS_UNKNOWN,
		.resource = resource,
		.total_bytes = KMS_UNKNOWN,
		.growth_bytes = KMS_UNKNOWN_SIGNED,
		.nr = KMS_UNKNOWN,
		.growth_nr = KMS_UNKNOWN_SIGNED,
		.nr_alike = 1,
		.share_permille = KMS_UNKNOWN,
	};
}

struct kms_found_holder *kms_holder_add(struct kms_finding *finding)
{
	struct kms_found_holder *holder;

	if (finding->nr_holders == KMS_MAX_HOLDERS)
		return NULL;
	holder = &finding->holder[finding->nr_holders++];
	*holder = kms_holder_new(NULL);
	return holder;
}

void kms_remedy_add(struct kms_finding *finding, struct kms_remedy remedy)
{
	if (finding->nr_remedies < KMS_MAX_REMEDIES)
		finding->remedy[finding->nr_remedies++] = remedy;
}
