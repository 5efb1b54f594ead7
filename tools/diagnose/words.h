/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers in plain words. */
#ifndef KS_WORDS_H
#define KS_WORDS_H

#include <stdint.h>

#define KS_WORDS_MAX 32

/* A number as text, by value: words.text is an argument for printf. */
struct ks_words {
	char text[KS_WORDS_MAX];
};

/* "27.3 MiB" */
struct ks_words ks_words_bytes(uint64_t bytes);

/* "3 h", "2 days", "less than a minute" */
struct ks_words ks_words_span(uint64_t seconds);

/* "42 %", or below ten "4.2 %", of a number out of 1000 */
struct ks_words ks_words_share(uint64_t permille);

#endif /* KS_WORDS_H */
