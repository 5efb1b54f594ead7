// SPDX-License-Identifier: GPL-2.0-only
/* What a diagnosis found, in plain words. */
#include <ctype.h>
#include <string.h>

#include "diagnose/look.h"
#include "diagnose/words.h"
#include "out/verdict.h"

#define WIDTH 79

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
			const struct ks_lines *lines)
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

static void place_print(FILE *stream, const struct ks_found_place *place)
{
	fprintf(stream, "   - %s  %s", ks_words_share(place->share_permille).text,
		place->path ?: "a directory whose path is not known");
	if (place->deleted)
		fputs(", which is deleted", stream);
	else if (!place->mounted && place->path)
		fputs(", seen from its file system's root", stream);
	fprintf(stream, " (%s on %s)\n", place->fs_type ?: "?", place->device);
	if (place->nr_negative != KS_UNKNOWN &&
	    place->nr_positive != KS_UNKNOWN) {
		fprintf(stream, "     %llu names that do not exist, %llu that do",
			(unsigned long long)place->nr_negative,
			(unsigned long long)place->nr_positive);
		if (place->growth_per_second != KS_UNKNOWN)
			fprintf(stream, ", %llu more a second",
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

static void creator_print(FILE *stream, const struct ks_found_creator *creator)
{
	size_t i;

	fprintf(stream, "   - %s  ",
		ks_words_share(creator->share_permille).text);
	if (!creator->name)
		fprintf(stream, "[%s]", creator->context ?: "unknown");
	else if (creator->context && !strcmp(creator->context, "kthread"))
		fprintf(stream, "[%s]", creator->name);
	else
		fputs(creator->name, stream);
	for (i = 0; i < creator->nr_parents; i++)
		fprintf(stream, " <- %s", creator->parent[i]);
	fputs("\n     ", stream);
	if (creator->per_second != KS_UNKNOWN)
		fprintf(stream, "%llu objects a second",
			(unsigned long long)creator->per_second);
	if (creator->uid != KS_UNKNOWN)
		fprintf(stream, ", uid %llu",
			(unsigned long long)creator->uid);
	if (creator->pid != KS_UNKNOWN)
		fprintf(stream, ", %s %llu",
			creator->alive ? "process" : "the last was process",
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

/* "90 % of memory are in use in about 3 h" */
static void full_print(FILE *stream, const struct ks_finding *finding)
{
	uint64_t full = finding->full_seconds;
	uint64_t later = finding->full_seconds_reclaim;

	if (full == KS_UNKNOWN)
		return;
	if (full)
		fprintf(stream, "   At this rate 90 %% of memory are in use in %s%s",
			full < 60 ? "" : "about ", ks_words_span(full).text);
	else
		fputs("   90 % of memory are in use now", stream);
	if (later != KS_UNKNOWN && later > full)
		fprintf(stream, ";\n   in %s%s if all is given back that can be",
			later < 60 ? "" : "about ", ks_words_span(later).text);
	fputs(".\n", stream);
}

static void remedy_print(FILE *stream, const struct ks_remedy *remedy)
{
	fprintf(stream, "   - %s: ", remedy->when == KS_NOW ? "now" : "later");
	wrapped_print(stream, remedy->text, remedy->when == KS_NOW ? 10 : 12, 5);
	if (remedy->cost) {
		fputs("     But ", stream);
		wrapped_print(stream, remedy->cost, 9, 5);
	}
	if (remedy->command)
		fprintf(stream, "       %s\n", remedy->command);
}

static void finding_print(FILE *stream, const struct ks_finding *finding,
			  size_t number)
{
	char text[16];
	size_t i;

	snprintf(text, sizeof(text), "%zu. ", number);
	heading_print(stream, text, finding->summary);
	fprintf(stream, "   %c%s: ", toupper((unsigned char)
					     *ks_sure_name(finding->sure)),
		ks_sure_name(finding->sure) + 1);
	wrapped_print(stream, finding->why_sure,
		      5 + strlen(ks_sure_name(finding->sure)), 3);
	full_print(stream, finding);
	if (finding->nr_places)
		fputs("   Where\n", stream);
	for (i = 0; i < finding->nr_places; i++)
		place_print(stream, &finding->place[i]);
	if (finding->nr_creators)
		fputs("   Who\n", stream);
	for (i = 0; i < finding->nr_creators; i++)
		creator_print(stream, &finding->creator[i]);
	lines_print(stream, "Evidence", &finding->evidence);
	lines_print(stream, "Not known", &finding->unknown);
	if (finding->nr_remedies)
		fputs("   What to do\n", stream);
	for (i = 0; i < finding->nr_remedies; i++)
		remedy_print(stream, &finding->remedy[i]);
	fputc('\n', stream);
}

static void totals_print(FILE *stream, const struct ks_verdict *verdict)
{
	const struct ks_totals *totals = &verdict->totals;

	if (totals->managed == KS_UNKNOWN || totals->free == KS_UNKNOWN)
		return;
	fprintf(stream, "Of %s of memory %s are free",
		ks_words_bytes(totals->managed).text,
		ks_words_bytes(totals->free).text);
	if (totals->page_cache != KS_UNKNOWN)
		fprintf(stream, ", %s page cache",
			ks_words_bytes(totals->page_cache).text);
	if (totals->slab_reclaimable != KS_UNKNOWN &&
	    totals->slab_unreclaimable != KS_UNKNOWN)
		fprintf(stream, ",\n%s slab (%s of it reclaimable)",
			ks_words_bytes(totals->slab_reclaimable +
				       totals->slab_unreclaimable).text,
			ks_words_bytes(totals->slab_reclaimable).text);
	if (totals->unaccounted_known &&
	    totals->unaccounted_error != KS_UNKNOWN)
		fprintf(stream, ", %s%s unaccounted (+- %s)",
			totals->unaccounted < 0 ? "-" : "",
			ks_words_bytes(totals->unaccounted < 0 ?
				-totals->unaccounted :
				totals->unaccounted).text,
			ks_words_bytes(totals->unaccounted_error).text);
	fprintf(stream, "; seen for %.1f s.\n", verdict->ns / 1e9);
}

static void missing_print(FILE *stream, const struct ks_verdict *verdict)
{
	size_t i;

	if (!verdict->missing->nr)
		return;
	fputs("Could not be looked at\n", stream);
	for (i = 0; i < verdict->missing->nr; i++) {
		fputs("- ", stream);
		wrapped_print(stream, verdict->missing->text[i], 2, 2);
	}
}

void ks_verdict_print(FILE *stream, const struct ks_verdict *verdict)
{
	size_t i;

	fputs("Verdict: ", stream);
	wrapped_print(stream, verdict->summary, 9, 0);
	totals_print(stream, verdict);
	if (verdict->nr_findings || verdict->missing->nr)
		fputc('\n', stream);
	for (i = 0; i < verdict->nr_findings; i++)
		finding_print(stream, &verdict->finding[i], i + 1);
	missing_print(stream, verdict);
}

void ks_verdict_print_remedies(FILE *stream, const struct ks_verdict *verdict)
{
	size_t i, j;

	fputs("# Nothing of this was run.\n", stream);
	for (i = 0; i < verdict->nr_findings; i++) {
		const struct ks_finding *finding = &verdict->finding[i];

		fprintf(stream, "\n# %zu. %s\n", i + 1, finding->summary);
		for (j = 0; j < finding->nr_remedies; j++) {
			const struct ks_remedy *remedy = &finding->remedy[j];

			fprintf(stream, "# %s: %s\n# effect: %s\n",
				remedy->when == KS_NOW ? "now" : "later",
				remedy->text, remedy->effect);
			if (remedy->cost)
				fprintf(stream, "# but: %s\n", remedy->cost);
			if (remedy->command)
				fprintf(stream, "%s\n", remedy->command);
		}
	}
	if (!verdict->nr_findings)
		fprintf(stream, "# %s\n", verdict->summary);
}
