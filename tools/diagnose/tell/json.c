// SPDX-License-Identifier: GPL-2.0-only
/* A verdict as JSON: what is not known has no key. */
#include <json-c/json.h>

#include "diagnose/tell/text.h"
#include "output/output.h"

/* An object under construction; once it failed, it takes nothing more. */
struct object {
	json_object *json;
	bool failed;
};

static struct object object_new(void)
{
	struct object object = { .json = json_object_new_object() };

	object.failed = !object.json;
	return object;
}

static void json_add(struct object *object, const char *name,
		     json_object *value)
{
	if (object->failed || !value ||
	    json_object_object_add(object->json, name, value)) {
		json_object_put(value);
		object->failed = true;
	}
}

static void number_add(struct object *object, const char *name, uint64_t number)
{
	if (number != KMS_UNKNOWN)
		json_add(object, name, json_object_new_uint64(number));
}

/* In percent, with one decimal. */
static void percent_add(struct object *object, const char *name,
			uint64_t permille)
{
	char text[32];

	if (permille == KMS_UNKNOWN)
		return;
	snprintf(text, sizeof(text), "%llu.%llu",
		 (unsigned long long)permille / 10,
		 (unsigned long long)permille % 10);
	json_add(object, name,
		 json_object_new_double_s(permille / 10.0, text));
}

static void text_add(struct object *object, const char *name, const char *text)
{
	if (text)
		json_add(object, name, json_object_new_string(text));
}

static void flag_add(struct object *object, const char *name, bool flag)
{
	json_add(object, name, json_object_new_boolean(flag));
}

static json_object *array_add(struct object *object, const char *name)
{
	json_object *array = json_object_new_array();

	json_add(object, name, array);
	return object->failed ? NULL : array;
}

static void item_add(struct object *object, json_object *array,
		     json_object *item)
{
	if (object->failed || !item || json_object_array_add(array, item)) {
		json_object_put(item);
		object->failed = true;
	}
}

static void object_item_add(struct object *object, json_object *array,
			    struct object *item)
{
	object->failed |= item->failed;
	item_add(object, array, item->json);
}

static void texts_add(struct object *object, const char *name,
		      const char * const *text, size_t nr)
{
	json_object *array = array_add(object, name);
	size_t i;

	for (i = 0; array && i < nr; i++)
		item_add(object, array, json_object_new_string(text[i]));
}

static void directory_add(struct object *finding, json_object *array,
			  const struct kms_found_directory *directory)
{
	struct object object = object_new();

	text_add(&object, "path", directory->path);
	flag_add(&object, "mounted", directory->mounted);
	flag_add(&object, "deleted", directory->deleted);
	text_add(&object, "fs_type", directory->fs_type);
	text_add(&object, "device", directory->device);
	number_add(&object, "inode", directory->inode);
	number_add(&object, "nr_negative", directory->nr_negative);
	number_add(&object, "nr_positive", directory->nr_positive);
	number_add(&object, "total_bytes", directory->total_bytes);
	percent_add(&object, "share_percent", directory->share_permille);
	number_add(&object, "dentries_per_second", directory->growth_per_second);
	text_add(&object, "pattern", directory->pattern);
	text_add(&object, "example", directory->example);
	number_add(&object, "nr_names", directory->nr_names);
	number_add(&object, "nr_names_covered", directory->nr_covered);
	text_add(&object, "overlay", directory->overlay);
	number_add(&object, "nr_namespaces", directory->nr_namespaces);
	text_add(&object, "container", directory->container);
	text_add(&object, "container_path", directory->container_path);
	if (directory->container_path)
		number_add(&object, "container_pid", directory->container_pid);
	object_item_add(finding, array, &object);
}

static void allocator_add(struct object *finding, json_object *array,
			  const struct kms_found_allocator *allocator)
{
	struct object object = object_new();

	text_add(&object, "context", allocator->context);
	text_add(&object, "name", allocator->name);
	text_add(&object, "work", allocator->work);
	if (allocator->nr_alike > 1)
		number_add(&object, "nr_alike", allocator->nr_alike);
	texts_add(&object, "parents", allocator->parent, allocator->nr_parents);
	text_add(&object, "cgroup", allocator->cgroup);
	text_add(&object, "container", allocator->container);
	text_add(&object, "service", allocator->service);
	number_add(&object, "uid", allocator->uid);
	number_add(&object, "pid", allocator->pid);
	if (allocator->pid != KMS_UNKNOWN)
		flag_add(&object, "alive", allocator->alive);
	if (allocator->facts && allocator->facts->nr_alike)
		number_add(&object, "nr_processes", allocator->facts->nr_alike);
	if (allocator->starter) {
		text_add(&object, "starter", allocator->starter);
		number_add(&object, "starter_pid", allocator->starter_pid);
	}
	number_add(&object, "nr_allocs", allocator->nr_allocs);
	number_add(&object, "allocs_per_second", allocator->per_second);
	number_add(&object, "nr_outstanding", allocator->nr_outstanding);
	percent_add(&object, "share_percent", allocator->share_permille);
	percent_add(&object, "traced_percent", allocator->traced_permille);
	if (allocator->nr_frames)
		texts_add(&object, "stack", allocator->frame, allocator->nr_frames);
	object_item_add(finding, array, &object);
}

static void signed_add(struct object *object, const char *name, int64_t number)
{
	if (number != KMS_UNKNOWN_SIGNED)
		json_add(object, name, json_object_new_int64(number));
}

static void holder_add(struct object *finding, json_object *array,
		       const struct kms_found_holder *holder)
{
	struct object object = object_new();

	text_add(&object, "name", holder->name);
	number_add(&object, "pid", holder->pid);
	number_add(&object, "uid", holder->uid);
	text_add(&object, "resource", holder->resource);
	number_add(&object, "total_bytes", holder->total_bytes);
	signed_add(&object, "growth_bytes", holder->growth_bytes);
	number_add(&object, "nr", holder->nr);
	signed_add(&object, "growth_nr", holder->growth_nr);
	if (holder->nr_alike > 1)
		number_add(&object, "nr_processes", holder->nr_alike);
	percent_add(&object, "share_percent", holder->share_permille);
	text_add(&object, "cgroup", holder->cgroup);
	text_add(&object, "service", holder->service);
	object_item_add(finding, array, &object);
}

static void part_add(struct object *finding, json_object *array,
		     const struct kms_found_part *part)
{
	struct object object = object_new();

	text_add(&object, "name", part->name);
	number_add(&object, "total_bytes", part->total_bytes);
	number_add(&object, "bytes_per_second", part->bytes_per_second);
	object_item_add(finding, array, &object);
}

static void remedy_add(struct object *finding, json_object *array,
		       const struct kms_remedy *remedy)
{
	struct object object = object_new();

	text_add(&object, "when", remedy->when == KMS_NOW ? "now" : "later");
	text_add(&object, "text", remedy->text);
	text_add(&object, "cost", remedy->cost);
	text_add(&object, "command", remedy->command);
	if (remedy->argv.nr && kms_argv_is_text(&remedy->argv)) {
		texts_add(&object, "argv", remedy->argv.word, remedy->argv.nr);
		text_add(&object, "into", remedy->argv.into);
	}
	text_add(&object, "effect", remedy->effect);
	number_add(&object, "frees_bytes", remedy->frees_bytes);
	object_item_add(finding, array, &object);
}

static void node_add(struct object *finding, json_object *array,
		     const struct kms_found_node *node)
{
	struct object object = object_new();

	number_add(&object, "node", node->node);
	number_add(&object, "total_bytes", node->total_bytes);
	json_add(&object, "growth_bytes",
		 json_object_new_int64(node->growth_bytes));
	object_item_add(finding, array, &object);
}

static void numbers_add(struct object *object,
			const struct kms_finding *finding)
{
	number_add(object, "total_bytes", finding->total_bytes);
	percent_add(object, "memory_percent", finding->memory_permille);
	number_add(object, "nr_objects", finding->nr_objects);
	number_add(object, "growth_bytes", finding->growth_bytes);
	number_add(object, "bytes_per_second", finding->bytes_per_second);
	number_add(object, "objects_per_second", finding->objects_per_second);
	percent_add(object, "share_percent", finding->share_permille);
	percent_add(object, "attributed_percent",
		    finding->attributed_permille);
	number_add(object, "reclaimable_bytes", finding->reclaimable_bytes);
	number_add(object, "full_seconds", finding->full_seconds);
}

static struct object finding_object(const struct kms_finding *finding)
{
	struct object object = object_new();
	json_object *array;
	size_t i;

	text_add(&object, "kind", kms_finding_name(finding->kind));
	text_add(&object, "cause", finding->cause);
	text_add(&object, "freed_by", kms_freed_by_name(finding->freed_by));
	text_add(&object, "summary", finding->summary);
	text_add(&object, "severity", kms_severity_name(finding->severity));
	text_add(&object, "why_severe", finding->why_severe);
	text_add(&object, "sure", kms_sure_name(finding->sure));
	text_add(&object, "why_sure", finding->why_sure);
	text_add(&object, "cache", finding->cache);
	if (finding->cache)
		flag_add(&object, "reclaimable", finding->reclaimable);
	numbers_add(&object, finding);
	array = array_add(&object, "nodes");
	for (i = 0; array && i < finding->nr_nodes; i++)
		node_add(&object, array, &finding->node[i]);
	array = array_add(&object, "directories");
	for (i = 0; array && i < finding->nr_directories; i++)
		directory_add(&object, array, &finding->directory[i]);
	array = array_add(&object, "allocators");
	for (i = 0; array && i < finding->nr_allocators; i++)
		allocator_add(&object, array, &finding->allocator[i]);
	array = array_add(&object, "holders");
	for (i = 0; array && i < finding->nr_holders; i++)
		holder_add(&object, array, &finding->holder[i]);
	array = array_add(&object, "parts");
	for (i = 0; array && i < finding->nr_parts; i++)
		part_add(&object, array, &finding->part[i]);
	texts_add(&object, "evidence", finding->evidence.line,
		  finding->evidence.nr);
	texts_add(&object, "unknown", finding->unknown.line,
		  finding->unknown.nr);
	array = array_add(&object, "remedies");
	for (i = 0; array && i < finding->nr_remedies; i++)
		remedy_add(&object, array, &finding->remedy[i]);
	return object;
}

static struct object memory_object(const struct kms_totals *totals)
{
	struct object object = object_new();

	number_add(&object, "managed_bytes", totals->managed);
	number_add(&object, "free_bytes", totals->free);
	number_add(&object, "available_bytes", totals->available);
	number_add(&object, "page_cache_bytes", totals->page_cache);
	number_add(&object, "pinned_cache_bytes", totals->pinned_cache);
	number_add(&object, "anon_bytes", totals->anon);
	number_add(&object, "shmem_bytes", totals->shmem);
	number_add(&object, "hugetlb_bytes", totals->hugetlb);
	number_add(&object, "slab_reclaimable_bytes",
		   totals->slab_reclaimable);
	number_add(&object, "slab_unreclaimable_bytes",
		   totals->slab_unreclaimable);
	number_add(&object, "large_kmalloc_bytes", totals->large_kmalloc);
	number_add(&object, "kernel_stack_bytes", totals->kernel_stacks);
	number_add(&object, "page_table_bytes", totals->page_tables);
	number_add(&object, "vmalloc_bytes", totals->vmalloc);
	number_add(&object, "percpu_bytes", totals->percpu);
	number_add(&object, "zsmalloc_bytes", totals->zsmalloc);
	number_add(&object, "gpu_bytes", totals->gpu);
	number_add(&object, "balloon_bytes", totals->balloon);
	if (totals->unaccounted_known)
		json_add(&object, "unaccounted_bytes",
			 json_object_new_int64(totals->unaccounted));
	number_add(&object, "unaccounted_error_bytes",
		   totals->unaccounted_error);
	if (totals->other_known)
		json_add(&object, "other_bytes",
			 json_object_new_int64(totals->other));
	return object;
}

static void floors_add(struct object *object, const struct kms_floors *floors)
{
	number_add(object, "unreclaimable_bytes_per_second",
		   floors->unreclaimable);
	number_add(object, "reclaimable_bytes_per_second",
		   floors->reclaimable);
	number_add(object, "pages_bytes_per_second", floors->pages);
	number_add(object, "unaccounted_bytes_per_second",
		   floors->unaccounted);
	number_add(object, "process_bytes_per_second", floors->processes);
	number_add(object, "shared_bytes_per_second", floors->shared);
}

/* Growth that goes unseen, and what no judge examines. */
static struct object limits_object(const struct kms_verdict *verdict)
{
	struct object object = object_new(), longer;

	floors_add(&object, &verdict->floors);
	text_add(&object, "not_examined", kms_not_examined);
	if (!verdict->longer_seconds)
		return object;
	longer = object_new();
	number_add(&longer, "seconds", verdict->longer_seconds);
	floors_add(&longer, &verdict->longer);
	object.failed |= longer.failed;
	json_add(&object, "with_longer_observation", longer.json);
	return object;
}

/* How much tasks waited for memory. */
static struct object pressure_object(const struct kms_found_pressure *pressure)
{
	struct object object = object_new();

	percent_add(&object, "some_percent", pressure->some_permille);
	percent_add(&object, "full_percent", pressure->full_permille);
	percent_add(&object, "some_avg10_percent",
		    pressure->some_avg10_permille);
	percent_add(&object, "full_avg10_percent",
		    pressure->full_avg10_permille);
	number_add(&object, "refaults_per_second", pressure->refaults);
	number_add(&object, "file_refaults_per_second",
		   pressure->refaults_file);
	number_add(&object, "anon_refaults_per_second",
		   pressure->refaults_anon);
	number_add(&object, "direct_reclaims_per_second", pressure->stalls);
	number_add(&object, "scanned_pages_per_second", pressure->scanned);
	number_add(&object, "swapped_in_pages_per_second",
		   pressure->swapped_in);
	number_add(&object, "swapped_out_pages_per_second",
		   pressure->swapped_out);
	number_add(&object, "nr_oom_kills", pressure->oom_kills);
	/* Without this count it is not judged. */
	if (pressure->scanned != KMS_UNKNOWN)
		flag_add(&object, "hurts", pressure->hurts);
	return object;
}

/* Print a member of the answer, and drop its value. */
static bool member_print(FILE *stream, const char *name, json_object *value,
			 bool failed)
{
	const int flags = JSON_C_TO_STRING_PRETTY |
			  JSON_C_TO_STRING_SPACED |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = NULL;

	if (value && !failed)
		text = json_object_to_json_string_ext(value, flags);
	if (text)
		fprintf(stream, ",\n \"%s\":%s", name, text);
	json_object_put(value);
	return text;
}

static bool body_print(FILE *stream, const struct kms_verdict *verdict)
{
	struct object memory = memory_object(&verdict->totals);
	struct object limits = limits_object(verdict);
	struct object pressure = pressure_object(&verdict->pressure);
	struct object list = object_new();
	json_object *array;
	bool complete;
	size_t i;

	complete = member_print(stream, "memory", memory.json, memory.failed);
	complete = member_print(stream, "unseen", limits.json,
				limits.failed) && complete;
	complete = member_print(stream, "pressure", pressure.json,
				pressure.failed) && complete;
	array = array_add(&list, "findings");
	for (i = 0; array && i < verdict->nr_findings; i++) {
		struct object finding = finding_object(&verdict->finding[i]);

		object_item_add(&list, array, &finding);
	}
	complete = complete && member_print(stream, "findings",
					    json_object_get(array),
					    list.failed);
	texts_add(&list, "missing",
		  (const char * const *)verdict->missing->text,
		  verdict->missing->nr);
	if (!list.failed)
		array = json_object_object_get(list.json, "missing");
	complete = complete && member_print(stream, "missing",
					    json_object_get(array),
					    list.failed);
	json_object_put(list.json);
	return complete;
}

enum kms_status kms_verdict_print_json(FILE *stream,
				       const struct kms_answer *answer,
				       const struct kms_verdict *verdict,
				       struct kms_error *err)
{
	enum kms_status status = kms_json_begin(stream, answer, err);

	if (status)
		return status;
	fprintf(stream, ",\n \"observed_ns\":%llu",
		(unsigned long long)verdict->ns);
	if (verdict->health != KMS_HEALTH_UNKNOWN)
		fprintf(stream, ",\n \"healthy\":%s",
			verdict->health == KMS_HEALTHY ? "true" : "false");
	fprintf(stream, ",\n \"severity\":\"%s\"",
		kms_severity_name(verdict->severity));
	if (!member_print(stream, "verdict",
			  json_object_new_string(verdict->summary), false) ||
	    !body_print(stream, verdict))
		return kms_fail_memory(err);
	kms_json_end(stream);
	return KMS_OK;
}
