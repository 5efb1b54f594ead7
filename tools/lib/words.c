// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as people write them. */
#include <stdio.h>

#include "lib/array.h"
#include "lib/words.h"

struct kms_words kms_words_bytes(uint64_t bytes)
{
	static const char * const units[] = {
		"KiB", "MiB", "GiB", "TiB", "PiB", "EiB",
	};
	struct kms_words words;
	double number = bytes;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(words.text, sizeof(words.text), "%u bytes",
			 (unsigned int)bytes);
		return words;
	}
	/* A number that rounds to 1024 belongs to the next unit. */
	for (number /= 1024; number >= 1023.95 && unit + 1 < ARRAY_SIZE(units);
	     number /= 1024)
		unit++;
	snprintf(words.text, sizeof(words.text), "%.*f %s", number < 100 ? 1 : 0,
		 number, units[unit]);
	return words;
}

static struct kms_words count_words(uint64_t nr, const char *unit)
{
	struct kms_words words;

	snprintf(words.text, sizeof(words.text), "%llu %s%s",
		 (unsigned long long)nr, unit, nr == 1 ? "" : "s");
	return words;
}

struct kms_words kms_words_span(uint64_t seconds)
{
	if (seconds < 60)
		return (struct kms_words){ "less than a minute" };
	if (seconds < 100 * 60)
		return count_words((seconds + 30) / 60, "minute");
	if (seconds < 48 * 3600)
		return count_words((seconds + 1800) / 3600, "hour");
	return count_words(seconds / 86400 + (seconds % 86400 >= 43200), "day");
}

struct kms_words kms_words_share(uint64_t permille)
{
	struct kms_words words;

	if (!permille)
		return (struct kms_words){ "less than 0.1 %" };
	if (permille < 100 && permille % 10)
		snprintf(words.text, sizeof(words.text), "%u.%u %%",
			 (unsigned int)permille / 10,
			 (unsigned int)permille % 10);
	else
		snprintf(words.text, sizeof(words.text), "%llu %%",
			 (unsigned long long)(permille / 10 +
					      (permille % 10 >= 5)));
	return words;
}
