// SPDX-License-Identifier: GPL-2.0-only
/* A verdict in plain words. */
#include <ctype.h>
#include <string.h>

#include "diagnose/tell/text.h"
#include "lib/words.h"

#define WIDTH 79

/* Frames of who allocates for others; a verdict is to fit a screen. */
#define MAX_SIDE_FRAMES 4

/* Parts that are named; the others are small. */
#define MAX_NAMED_PARTS 6

/* A part of memory below 1/200 goes with the rest. */
#define MIN_PART 200

static size_t word_length(const char *text)
{
	size_t len = strcspn(text, " ");

	/* A number stays with its unit. */
	while (len && isdigit((unsigned char)text[len - 1]) && text[len])
		len += 1 + strcspn(text + len + 1, " ");
	return len;
}

/*
 * Print text wrapped at WIDTH: the first line from column on, the others
 * indented.  Longer words get a line of their own: paths are not cut.
 */
static void wrapped_print(FILE *stream, const char *text, size_t column,
			  size_t indent)
{
	bool first = true;
	size_t len;

	for (; *text; text += len + (text[len] == ' ')) {
		len = word_length(text);
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

/* Print a sentence behind its number.  It may begin with a name, as it is. */
static void heading_print(FILE *stream, const char *number, const char *text)
{
	size_t len = strlen(number);

	fputs(number, stream);
	wrapped_print(stream, text, len, len);
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

static void count_print(FILE *stream, const char *format, uint64_t number)
{
	if (number != KMS_UNKNOWN)
		fprintf(stream, format, (unsigned long long)number);
}

static void names_print(FILE *stream,
			const struct kms_found_directory *directory)
{
	if (directory->pattern)
		fprintf(stream, "     names like %s: %s (%llu of %llu sampled)\n",
			directory->example, directory->pattern,
			(unsigned long long)directory->nr_covered,
			(unsigned long long)directory->nr_names);
	else if (directory->example)
		fprintf(stream, "     names like %s, without a common pattern\n",
			directory->example);
}

static void counts_print(FILE *stream,
			 const struct kms_found_directory *directory)
{
	if (directory->nr_negative == KMS_UNKNOWN ||
	    directory->nr_positive == KMS_UNKNOWN)
		return;
	fprintf(stream, "     %llu negative and %llu positive dentries",
		(unsigned long long)directory->nr_negative,
		(unsigned long long)directory->nr_positive);
	count_print(stream, ", growing by %llu/s",
		    directory->growth_per_second);
	fputc('\n', stream);
}

static void directory_print(FILE *stream,
			    const struct kms_found_directory *directory)
{
	fprintf(stream, "   - %s  %s",
		kms_words_share(directory->share_permille).text,
		directory->path ?: "a directory whose path is unknown");
	if (directory->deleted)
		fputs(", which is deleted", stream);
	else if (!directory->mounted && directory->path)
		fputs(", from the root of its file system", stream);
	fprintf(stream, " (%s on %s)\n", directory->fs_type ?: "?",
		directory->device);
	counts_print(stream, directory);
	names_print(stream, directory);
	if (directory->container_path)
		fprintf(stream, "     %s in %s, process %llu\n",
			directory->container_path,
			directory->container ?: "another mount namespace",
			(unsigned long long)directory->container_pid);
	if (directory->overlay)
		fprintf(stream, "     a layer of the overlay at %s: these are the same lookups\n",
			directory->overlay);
	if (directory->nr_namespaces > 1)
		fprintf(stream, "     %llu mount namespaces have other paths for it\n",
			(unsigned long long)directory->nr_namespaces);
}

static void allocator_print(FILE *stream,
			    const struct kms_found_allocator *allocator,
			    size_t max_frames)
{
	size_t i;

	fprintf(stream, "   - %s  %s\n     ", allocator->share,
		allocator->chain);
	count_print(stream, "%llu objects/s", allocator->per_second);
	if (allocator->nr_alike > 1)
		count_print(stream, ", %llu allocators with such names",
			    allocator->nr_alike);
	count_print(stream, ", uid %llu", allocator->uid);
	count_print(stream, allocator->alive ? ", process %llu" :
		    ", last seen as process %llu", allocator->pid);
	if (allocator->facts && allocator->facts->nr_alike > 1)
		fprintf(stream, ", one of %zu such processes",
			allocator->facts->nr_alike);
	if (allocator->cgroup)
		fprintf(stream, ", cgroup %s", allocator->cgroup);
	if (allocator->container)
		fprintf(stream, ", %s", allocator->container);
	fputc('\n', stream);
	for (i = 0; i < allocator->nr_frames && i < max_frames; i++)
		fprintf(stream, "       %s\n", allocator->frame[i]);
	if (i < allocator->nr_frames)
		fprintf(stream, "       and %zu more functions, see --json\n",
			allocator->nr_frames - i);
}

/* "curlew (process 3623): 16031 TCP sockets, 36 MiB, 1588/s more" */
static void holder_print(FILE *stream, const struct kms_found_holder *holder,
			 double seconds)
{
	int64_t grown = holder->growth_bytes;

	fprintf(stream, "   - %s", holder->name ?: "an unknown process");
	if (holder->nr_alike > 1)
		count_print(stream, ", %llu processes of this name",
			    holder->nr_alike);
	else
		count_print(stream, " (process %llu)", holder->pid);
	fputs(":", stream);
	count_print(stream, " %llu", holder->nr);
	if (holder->resource)
		fprintf(stream, " %s", holder->resource);
	if (holder->total_bytes != KMS_UNKNOWN)
		fprintf(stream, ", %s",
			kms_words_bytes(holder->total_bytes).text);
	if (grown != KMS_UNKNOWN_SIGNED && grown > 0 && seconds > 0)
		fprintf(stream, ", growing by %s/s",
			kms_words_bytes(grown / seconds).text);
	else if (holder->growth_nr != KMS_UNKNOWN_SIGNED &&
		 holder->growth_nr > 0 && seconds > 0)
		fprintf(stream, ", %.0f/s more", holder->growth_nr / seconds);
	if (holder->cgroup)
		fprintf(stream, ", cgroup %s", holder->cgroup);
	fputc('\n', stream);
}

/* All in one paragraph, the largest first. */
static void parts_print(FILE *stream, const struct kms_finding *finding)
{
	size_t nr = finding->nr_parts, i;
	char text[1024];
	FILE *memory;

	if (nr < 2)
		return;
	memory = fmemopen(text, sizeof(text), "w");
	if (!memory)
		return;
	for (i = 0; i < nr && i < MAX_NAMED_PARTS; i++)
		fprintf(memory, "%s%s %s/s", i ? ", " : "",
			finding->part[i].name,
			kms_words_bytes(finding->part[i].bytes_per_second).text);
	if (i < nr)
		fprintf(memory, ", and %zu more", nr - i);
	fclose(memory);
	fputs("   Parts: ", stream);
	wrapped_print(stream, text, 10, 3);
}

/* "At this rate memory use reaches 90 % in about 3 minutes." */
static void full_print(FILE *stream, const struct kms_finding *finding)
{
	uint64_t full = finding->full_seconds;

	/* That of a node is in the headline. */
	if (full == KMS_UNKNOWN || finding->kind == KMS_FINDING_NODE_FULL)
		return;
	if (full)
		fprintf(stream,
			"   At this rate memory use reaches 90 %% in %s%s.\n",
			full < 60 ? "" : "about ", kms_words_span(full).text);
	else
		fputs("   Memory use is above 90 % now.\n", stream);
}

static void nodes_print(FILE *stream, const struct kms_finding *finding)
{
	size_t i;

	/* A single node has the same numbers as the host. */
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
	wrapped_print(stream, remedy->text,
		      remedy->when == KMS_NOW ? 10 : 12, 5);
	if (remedy->cost) {
		fputs("     Caution: ", stream);
		wrapped_print(stream, remedy->cost, 14, 5);
	}
	if (remedy->command)
		fprintf(stream, "       %s\n", remedy->command);
}

/* "Warning, certain: it grew throughout", and why it is a warning. */
static void sure_print(FILE *stream, const struct kms_finding *finding)
{
	const char *severity = kms_severity_name(finding->severity);
	const char *sure = kms_sure_name(finding->sure);
	int len;

	len = fprintf(stream, "   %c%s, %s: ", toupper((unsigned char)*severity),
		      severity + 1, sure);
	wrapped_print(stream, finding->why_sure, len, 3);
	if (!finding->why_severe)
		return;
	fprintf(stream, "   %c", toupper((unsigned char)*finding->why_severe));
	wrapped_print(stream, finding->why_severe + 1, 4, 3);
}

static void finding_print(FILE *stream, const struct kms_finding *finding,
			  size_t number, double seconds)
{
	char text[16];
	size_t i;

	snprintf(text, sizeof(text), "%zu. ", number);
	heading_print(stream, text, finding->summary);
	sure_print(stream, finding);
	full_print(stream, finding);
	if (finding->nr_holders)
		fputs("   Who holds it\n", stream);
	for (i = 0; i < finding->nr_holders; i++)
		holder_print(stream, &finding->holder[i], seconds);
	if (finding->nr_directories)
		fputs("   Where\n", stream);
	for (i = 0; i < finding->nr_directories; i++)
		directory_print(stream, &finding->directory[i]);
	if (finding->nr_allocators)
		fputs("   Who allocates\n", stream);
	for (i = 0; i < finding->nr_allocators; i++)
		allocator_print(stream, &finding->allocator[i],
				finding->nr_holders ? MAX_SIDE_FRAMES :
				KMS_MAX_FRAMES);
	parts_print(stream, finding);
	nodes_print(stream, finding);
	lines_print(stream, "Evidence", &finding->evidence);
	lines_print(stream, "Unknown", &finding->unknown);
	if (finding->nr_remedies)
		fputs("   What to do\n", stream);
	for (i = 0; i < finding->nr_remedies; i++)
		remedy_print(stream, &finding->remedy[i]);
	fputc('\n', stream);
}

/* Print a part of memory, or add it to the rest if it is small. */
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

/* All parts add up to the memory that is managed. */
static void totals_write(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_totals *totals = &verdict->totals;
	uint64_t least = totals->managed / MIN_PART;
	int64_t other = totals->other;

	fprintf(stream, "Memory of %s: %s free",
		kms_words_bytes(totals->managed).text,
		kms_words_bytes(totals->free).text);
	part_print(stream, "page cache", totals->page_cache, 0, &other);
	part_print(stream, "page cache that cannot be reclaimed",
		   totals->pinned_cache, least, &other);
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
	part_print(stream, "compressed", totals->zsmalloc, least, &other);
	part_print(stream, "GPU", totals->gpu, least, &other);
	part_print(stream, "balloon", totals->balloon, least, &other);
	if (totals->unaccounted_known)
		signed_print(stream, "unaccounted", totals->unaccounted);
	if (totals->unaccounted_known &&
	    totals->unaccounted_error != KMS_UNKNOWN)
		fprintf(stream, " (+/- %s)",
			kms_words_bytes(totals->unaccounted_error).text);
	signed_print(stream, "other", other);
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

static void pressure_print(FILE *stream, const struct kms_verdict *verdict)
{
	const char *words = verdict->pressure.words;

	if (!words)
		return;
	fputs("Memory is short: ", stream);
	wrapped_print(stream, words, 17, 0);
}

static void floor_print(FILE *stream, const char *what, uint64_t floor)
{
	if (floor == KMS_UNKNOWN)
		return;
	fprintf(stream, "- growth of %s by less than %s/s\n", what,
		kms_words_bytes(floor).text);
}

/* What a longer observation would see, if that is known. */
static void longer_print(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_floors *floors = &verdict->longer;
	char text[256];

	if (!verdict->longer_seconds ||
	    floors->unreclaimable == KMS_UNKNOWN ||
	    floors->pages == KMS_UNKNOWN)
		return;
	snprintf(text, sizeof(text),
		 "slower growth: \"kmemscope diagnose --seconds %llu\" sees %s/s of unreclaimable slab caches and %s/s of other kernel memory",
		 (unsigned long long)verdict->longer_seconds,
		 kms_words_bytes(floors->unreclaimable).text,
		 kms_words_bytes(floors->pages).text);
	fputs("- ", stream);
	wrapped_print(stream, text, 2, 2);
}

/* What an all-clear does not rule out. */
static void limits_print(FILE *stream, const struct kms_verdict *verdict)
{
	const struct kms_floors *floors = &verdict->floors;

	if (verdict->health == KMS_UNHEALTHY)
		return;
	fputs("Not ruled out\n", stream);
	floor_print(stream, "unreclaimable slab caches", floors->unreclaimable);
	floor_print(stream, "reclaimable slab caches", floors->reclaimable);
	floor_print(stream, "other kernel memory", floors->pages);
	floor_print(stream, "unaccounted memory", floors->unaccounted);
	floor_print(stream, "memory of processes", floors->processes);
	floor_print(stream, "shared memory", floors->shared);
	longer_print(stream, verdict);
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
	pressure_print(stream, verdict);
	fprintf(stream, "Observed for %.1f s.\n\n", verdict->ns / 1e9);
	for (i = 0; i < verdict->nr_findings; i++)
		finding_print(stream, &verdict->finding[i], i + 1,
			      verdict->ns / 1e9);
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
