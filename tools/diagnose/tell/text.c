// SPDX-License-Identifier: GPL-2.0-only
/* What a diagnosis found, in plain words. */
#include <ctype.h>
#include <string.h>

#include "diagnose/observation.h"
#include "diagnose/tell/text.h"
#include "lib/words.h"

#define WIDTH 79

/* A smaller part of memory has no word of its own: half a percent. */
#define PART_LEAST 200

/*
 * Print text wrapped at WIDTH: the first line behind what is printed already,
 * at column; others indented.  A word that is longer gets a line of its own:
 * commands and paths are not cut.
 */
static void wrapped_print(FILE *stream, const char *text, size_t column,
			  size_t indent)
{
	bool first = true;
	size_t len;

	for (; *text; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		if (!first && column + 1 + len > WIDTH) {
			fprintf(stream, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			fputc(' ', stream);
			column++;
		}
		fprintf(stream, "%.*s", (int)len, text);
		column += len;
		first = false;
	}
	fputc('\n', stream);
}

/* A text that begins a line: its first letter may be a name's, then it stays. */
static void heading_print(FILE *stream, const char *number, const char *text)
{
	size_t len = strlen(number);

	fprintf(stream, "%s%c", number, toupper((unsigned char)*text));
	wrapped_print(stream, text + 1, len + 1, len);
}

static void lines_print(FILE *stream, const char *title,
			const struct kms_lines *lines)
{
	size_t i;

	if (!lines->nr)
		return;
	fprintf(stream, "   %s\n", title);
	for (i = 0; i < lines->nr; i++) {
		fputs("   - ", stream);
		wrapped_print(stream, lines->line[i], 5, 5);
	}
}

static void place_print(FILE *stream, const struct kms_found_place *place)
{
	fprintf(stream, "   - %s  %s", kms_words_share(place->share_permille).text,
		place->path ?: "a directory whose path is unknown");
	if (place->deleted)
		fputs(", which is deleted", stream);
	else if (!place->mounted && place->path)
		fputs(", seen from its file system's root", stream);
	fprintf(stream, " (%s on %s)\n", place->fs_type ?: "?", place->device);
	if (place->nr_negative != KMS_UNKNOWN &&
	    place->nr_positive != KMS_UNKNOWN) {
		fprintf(stream, "     %llu negative and %llu positive dentries",
			(unsigned long long)place->nr_negative,
			(unsigned long long)place->nr_positive);
		if (place->growth_per_second != KMS_UNKNOWN)
			fprintf(stream, ", growing by %llu/s",
				(unsigned long long)place->growth_per_second);
		fputc('\n', stream);
	}
	if (place->pattern)
		fprintf(stream, "     names like %s: %s (%llu of %llu sampled)\n",
			place->example, place->pattern,
			(unsigned long long)place->nr_covered,
			(unsigned long long)place->nr_names);
	else if (place->example)
		fprintf(stream, "     names like %s, of no common pattern\n",
			place->example);
	if (place->container_path)
		fprintf(stream, "     %s in %s, process %llu\n",
			place->container_path,
			place->container ?: "another mount namespace",
			(unsigned long long)place->container_pid);
	if (place->overlay)
		fprintf(stream, "     a layer of the overlay at %s: these are the same lookups\n",
			place->overlay);
	if (place->nr_namespaces > 1)
		fprintf(stream, "     %llu mount namespaces have other paths for it\n",
			(unsigned long long)place->nr_namespaces);
}

static void creator_name_print(FILE *stream,
			       const struct kms_found_creator *creator)
{
	bool is_kthread = creator->context &&
			  !strcmp(creator->context, "kthread");
	size_t i;

	if (!creator->name)
		fprintf(stream, "[%s]", creator->context ?: "unknown");
	else if (is_kthread && creator->work)
		fprintf(stream, "[%s: %s]", creator->name, creator->work);
	else if (is_kthread)
		fprintf(stream, "[%s]", creator->name);
	else
		fputs(creator->name, stream);
	for (i = 0; i < creator->nr_parents; i++)
		fprintf(stream, " <- %s", creator->parent[i]);
}

static void creator_share_print(FILE *stream, const struct kms_finding *finding,
				const struct kms_found_creator *creator)
{
	if (finding->attributed && creator->share_permille != KMS_UNKNOWN) {
		fputs(kms_words_share(creator->share_permille).text, stream);
		return;
	}
	fprintf(stream, "%s of what was traced",
		kms_words_share(creator->traced_permille).text);
	if (creator->share_permille != KMS_UNKNOWN)
		fprintf(stream, " (%s of the growth)",
			kms_words_share(creator->share_permille).text);
}

static void creator_print(FILE *stream, const struct kms_finding *finding,
			  const struct kms_found_creator *creator)
{
	size_t i;

	fputs("   - ", stream);
	creator_share_print(stream, finding, creator);
	fputs("  ", stream);
	creator_name_print(stream, creator);
	fputs("\n     ", stream);
	if (creator->per_second != KMS_UNKNOWN)
		fprintf(stream, "%llu objects/s",
			(unsigned long long)creator->per_second);
	if (creator->nr_alike > 1)
		fprintf(stream, ", %llu allocators of such names",
			(unsigned long long)creator->nr_alike);
	if (creator->uid != KMS_UNKNOWN)
		fprintf(stream, ", uid %llu",
			(unsigned long long)creator->uid);
	if (creator->pid != KMS_UNKNOWN)
		fprintf(stream, ", %s %llu",
			creator->alive ? "process" : "last seen as process",
			(unsigned long long)creator->pid);
	if (creator->who && creator->who->nr_alike > 1)
		fprintf(stream, ", one of %zu such", creator->who->nr_alike);
	if (creator->cgroup)
		fprintf(stream, ", cgroup %s", creator->cgroup);
	if (creator->container)
		fprintf(stream, ", %s", creator->container);
	fputc('\n', stream);
	for (i = 0; i < creator->nr_frames; i++)
		fprintf(stream, "       %s\n", creator->frame[i]);
}

/* "In about 3 h less than 10 % of memory will be available" */
static void full_print(FILE *stream, const struct kms_finding *finding)
{
	uint64_t full = finding->full_seconds;

	if (full == KMS_UNKNOWN || finding->sure == KMS_POSSIBLE)
		return;
	if (full)
		fprintf(stream,
			"   At this rate less than 10 %% of memory will be available in %s%s.\n",
			full < 60 ? "" : "about ", kms_words_span(full).text);
	else
		fputs("   Less than 10 % of memory is available now.\n", stream);
}

static void nodes_print(FILE *stream, const struct kms_finding *finding)
{
	size_t i;

	/* One node says what the sum says. */
	if (finding->nr_nodes < 2)
		return;
	fputs("   By node\n", stream);
	for (i = 0; i < finding->nr_nodes; i++) {
		const struct kms_found_node *node = &finding->node[i];
		int64_t grown = node->growth_bytes;

		fprintf(stream, "   - node %llu: %s, %s%s\n",
			(unsigned long long)node->node,
			kms_words_bytes(node->total_bytes).text,
			grown < 0 ? "-" : "+",
			kms_words_bytes(grown < 0 ? -grown : grown).text);
	}
	if (finding->nr_more_nodes)
		fprintf(stream, "   - %zu more nodes\n",
			finding->nr_more_nodes);
}

static void remedy_print(FILE *stream, const struct kms_remedy *remedy)
{
	fprintf(stream, "   - %s: ", remedy->when == KMS_NOW ? "now" : "later");
	wrapped_print(stream, remedy->text, remedy->when == KMS_NOW ? 10 : 12, 5);
	if (remedy->cost) {
		fputs("     Caution: ", stream);
		wrapped_print(stream, remedy->cost, 14, 5);
	}
	if (remedy->command)
		fprintf(stream, "       %s\n", remedy->command);
}

static void finding_print(FILE *stream, const struct kms_finding *finding,
			  size_t number)
{
	char text[16];
	size_t i;

	snprintf(text, sizeof(text), "%zu. ", number);
	heading_print(stream, text, finding->summary);
	if (finding->benign)
		fputs("   Information only: the kernel frees this memory when it is needed.\n",
		      stream);
	fprintf(stream, "   %c%s: ", toupper((unsigned char)
					     *kms_sure_name(finding->sure)),
		kms_sure_name(finding->sure) + 1);
	wrapped_print(stream, finding->why_sure,
		      5 + strlen(kms_sure_name(finding->sure)), 3);
	full_print(stream, finding);
	if (finding->nr_places)
		fputs("   Where\n", stream);
	for (i = 0; i < finding->nr_places; i++)
		place_print(stream, &finding->place[i]);
	if (finding->nr_creators)
		fputs("   Who\n", stream);
	for (i = 0; i < finding->nr_creators; i++)
		creator_print(stream, finding, &finding->creator[i]);
	nodes_print(stream, finding);
	lines_print(stream, "Evidence", &finding->evidence);
	lines_print(stream, "Unknown", &finding->unknown);
	if (finding->nr_remedies)
		fputs("   What to do\n", stream);
	for (i = 0; i < finding->nr_remedies; i++)
		remedy_print(stream, &finding->remedy[i]);
	fputc('\n', stream);
}

/* A part of memory; what is too small for a word goes with the rest. */
static void part_print(FILE *stream, const char *name, uint64_t bytes,
		       uint64_t least, int64_t *other)
{
	if (bytes == KMS_UNKNOWN)
		return;
	if (bytes < least)
		*other += bytes;
	else
		fprintf(stream, ", %s %s", kms_words_bytes(bytes).text, name);
}

static void signed_print(FILE *stream, const char *name, int64_t bytes)
{
	fprintf(stream, ", %s%s %s", bytes < 0 ? "-" : "",
		kms_words_bytes(bytes < 0 ? -bytes : bytes).text, name);
}

/* All of it adds up to the memory that is managed. */
static void totals_write(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_totals *totals = &verdict->totals;
	uint64_t least = totals->managed / PART_LEAST;
	int64_t other = totals->other;

	fprintf(stream, "Memory: %s: %s free",
		kms_words_bytes(totals->managed).text,
		kms_words_bytes(totals->free).text);
	part_print(stream, "page cache", totals->page_cache, 0, &other);
	part_print(stream, "anonymous", totals->anon, 0, &other);
	part_print(stream, "shared", totals->shmem, least, &other);
	part_print(stream, "huge pages", totals->hugetlb, least, &other);
	part_print(stream, "reclaimable slab", totals->slab_reclaimable, 0,
		   &other);
	part_print(stream, "other slab", totals->slab_unreclaimable, 0, &other);
	part_print(stream, "kernel stacks", totals->kernel_stacks, least,
		   &other);
	part_print(stream, "page tables", totals->page_tables, least, &other);
	part_print(stream, "vmalloc", totals->vmalloc, least, &other);
	part_print(stream, "per-CPU", totals->percpu, least, &other);
	if (totals->unaccounted_known)
		signed_print(stream, "unaccounted", totals->unaccounted);
	if (totals->unaccounted_known &&
	    totals->unaccounted_error != KMS_UNKNOWN)
		fprintf(stream, " (+- %s)",
			kms_words_bytes(totals->unaccounted_error).text);
	signed_print(stream, "other", other);
	fprintf(stream, " (observed for %.1f s)", verdict->ns / 1e9);
}

static void totals_print(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_totals *totals = &verdict->totals;
	char text[1024];
	FILE *memory;

	if (totals->managed == KMS_UNKNOWN || totals->free == KMS_UNKNOWN)
		return;
	memory = fmemopen(text, sizeof(text), "w");
	if (!memory)
		return;
	totals_write(memory, verdict);
	fclose(memory);
	wrapped_print(stream, text, 0, 0);
}

static void floor_print(FILE *stream, const char *what, uint64_t floor)
{
	if (floor == KMS_UNKNOWN)
		return;
	fprintf(stream, "- growth of %s by less than %s/s\n", what,
		kms_words_bytes(floor).text);
}

/* What an all-clear does not cover. */
static void limits_print(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_floors *floors = &verdict->floors;

	if (verdict->health == KMS_UNHEALTHY)
		return;
	fputs("Not seen\n", stream);
	floor_print(stream, "unreclaimable slab caches", floors->unreclaimable);
	floor_print(stream, "reclaimable slab caches", floors->reclaimable);
	floor_print(stream, "other kernel memory", floors->pages);
	floor_print(stream, "unaccounted memory", floors->unaccounted);
	fputs("- ", stream);
	wrapped_print(stream, kms_not_examined, 2, 2);
}

static void missing_print(FILE *stream, const struct kms_verdict *verdict)
{
	size_t i;

	if (!verdict->missing->nr)
		return;
	fputs("Not examined\n", stream);
	for (i = 0; i < verdict->missing->nr; i++) {
		fputs("- ", stream);
		wrapped_print(stream, verdict->missing->text[i], 2, 2);
	}
}

void kms_verdict_print(FILE *stream, const struct kms_verdict *verdict)
{
	size_t i;

	fputs("Verdict: ", stream);
	wrapped_print(stream, verdict->summary, 9, 0);
	totals_print(stream, verdict);
	fputc('\n', stream);
	for (i = 0; i < verdict->nr_findings; i++)
		finding_print(stream, &verdict->finding[i], i + 1);
	limits_print(stream, verdict);
	missing_print(stream, verdict);
}

void kms_verdict_print_remedies(FILE *stream, const struct kms_verdict *verdict)
{
	size_t i, j;

	fputs("# None of these commands has been run.\n", stream);
	for (i = 0; i < verdict->nr_findings; i++) {
		const struct kms_finding *finding = &verdict->finding[i];

		fprintf(stream, "\n# %zu. %s\n", i + 1, finding->summary);
		for (j = 0; j < finding->nr_remedies; j++) {
			const struct kms_remedy *remedy = &finding->remedy[j];

			fprintf(stream, "# %s: %s\n# effect: %s\n",
				remedy->when == KMS_NOW ? "now" : "later",
				remedy->text, remedy->effect);
			if (remedy->cost)
				fprintf(stream, "# caution: %s\n", remedy->cost);
			if (remedy->command)
				fprintf(stream, "%s\n", remedy->command);
		}
	}
	if (!verdict->nr_findings)
		fprintf(stream, "# %s\n", verdict->summary);
}
