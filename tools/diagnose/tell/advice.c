// SPDX-License-Identifier: GPL-2.0-only
/* Remedies of a verdict, under construction. */
#include "diagnose/tell/advice.h"

void kms_remedy_give(struct kms_advice *a, struct kms_finding *finding,
		     struct kms_remedy remedy)
{
	if (remedy.argv.nr) {
		remedy.command = kms_argv_line(&remedy.argv, a->strings);
		if (!remedy.command)
			remedy.text = kms_strings_add(a->strings,
						      "%s (no command: a name in it cannot be quoted)",
						      remedy.text);
	}
	kms_remedy_add(finding, remedy);
}
