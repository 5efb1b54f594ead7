/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people write them. */
#ifndef KMS_LIB_WORDS_H
#define KMS_LIB_WORDS_H

#include <stdint.h>

#define KMS_WORDS_MAX 32

/* A number as text, by value: words.text can be an argument of printf. */
struct kms_words {
	char text[KMS_WORDS_MAX];
};

/* "27.3 MiB" */
struct kms_words kms_words_bytes(uint64_t bytes);

/* "3 hours", "1 minute", "2 days", "less than a minute" */
struct kms_words kms_words_span(uint64_t seconds);

/* "42 %", "4.2 %" or "less than 0.1 %", of a number out of 1000 */
struct kms_words kms_words_share(uint64_t permille);

#endif /* KMS_LIB_WORDS_H */
