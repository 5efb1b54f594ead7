// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of /proc/PID/mountinfo, and paths of directories in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/mountinfo.h"
#include "lib/text.h"

/* ID PARENT DEVICE ROOT POINT ..., with one blank between them. */
enum {
	FIELD_DEVICE = 2,
	FIELD_ROOT,
	FIELD_POINT,
	NR_FIELDS,
};

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' &&
	       s[2] >= '0' && s[2] <= '7';
}

char *kms_mountinfo_text(const char *field, size_t len)
{
	char *bytes = malloc(len + 1), *end = bytes, *text;
	size_t i;

	if (!bytes)
		return NULL;
	for (i = 0; i < len; i++) {
		if (field[i] == '\\' && len - i > 3 && is_octal(field + i + 1)) {
			*end++ = (char)((field[i + 1] - '0') << 6 |
					(field[i + 2] - '0') << 3 |
					(field[i + 3] - '0'));
			i += 3;
		} else {
			*end++ = field[i];
		}
	}
	*end = '\0';
	text = kms_text_escape(bytes, end - bytes);
	free(bytes);
	return text;
}

static void mount_free(struct kms_mount *mount)
{
	free(mount->device);
	free(mount->root);
	free(mount->point);
	free(mount->overlay);
}

static bool is_wanted(const struct kms_devices *devices, const char *device,
		      size_t len)
{
	size_t i;

	for (i = 0; i < devices->nr; i++)
		if (!strncmp(devices->device[i], device, len) &&
		    !devices->device[i][len])
			return true;
	return false;
}

/*
 * The options of an overlay: "... - overlay SOURCE OPTIONS". NULL if it is no
 * overlay; if memory is out, *failed is set as well.
 */
static char *overlay_options(const char *line, size_t len, bool *failed)
{
	static const char type[] = " - overlay ";
	const char *found = memmem(line, len, type, sizeof(type) - 1);
	const char *end = line + len;
	char *options;

	if (!found)
		return NULL;
	found += sizeof(type) - 1;
	found = memchr(found, ' ', end - found);
	if (!found)
		return NULL;
	options = strndup(found + 1, end - found - 1);
	*failed |= !options;
	return options;
}

static bool mount_add(struct kms_mountinfo *mounts, const char **field,
		      const size_t *length, const char *rest,
		      const char *end, bool wanted)
{
	bool failed = false;
	struct kms_mount *more, mount = { 0 };

	more = realloc(mounts->mount, (mounts->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	mounts->mount = more;
	mount.point = kms_mountinfo_text(field[FIELD_POINT],
					 length[FIELD_POINT]);
	if (wanted) {
		mount.device = kms_mountinfo_text(field[FIELD_DEVICE],
						  length[FIELD_DEVICE]);
		mount.root = kms_mountinfo_text(field[FIELD_ROOT],
						length[FIELD_ROOT]);
		mount.overlay = overlay_options(rest, end - rest, &failed);
	}
	if (failed || !mount.point || (wanted && (!mount.device || !mount.root))) {
		mount_free(&mount);
		return false;
	}
	more[mounts->nr++] = mount;
	return true;
}

static bool line_parse(struct kms_mountinfo *mounts, const char *line,
		       size_t len, const struct kms_devices *devices)
{
	const char *field[NR_FIELDS], *end = line + len;
	size_t length[NR_FIELDS], i;
	bool wanted;

	for (i = 0; i < NR_FIELDS; i++) {
		const char *blank = memchr(line, ' ', end - line);

		if (!blank)
			return true;
		field[i] = line;
		length[i] = blank - line;
		line = blank + 1;
	}
	if (*field[FIELD_POINT] != '/')
		return true;
	/* No path leads to a root such as "net:[4026531840]". */
	wanted = *field[FIELD_ROOT] == '/' &&
		 is_wanted(devices, field[FIELD_DEVICE], length[FIELD_DEVICE]);
	/* Mounts before the first requested one cannot cover it. */
	if (!wanted && !mounts->nr)
		return true;
	return mount_add(mounts, field, length, line - 1, end, wanted);
}

bool kms_mountinfo_parse(struct kms_mountinfo *mounts, const char *text,
			 const struct kms_devices *devices)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (!line_parse(mounts, text, len, devices))
			return false;
	}
	return true;
}

/* The rest of path below the folder: "", "/...", or NULL if it is not. */
static const char *path_below(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	if (!strcmp(folder, "/"))
		return strcmp(path, "/") ? path : "";
	if (strncmp(path, folder, len) || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

/* A later mount may cover the path, or a parent of it. */
static bool is_covered(const struct kms_mountinfo *mounts, size_t number,
		       const char *path)
{
	size_t i;

	for (i = number + 1; i < mounts->nr; i++)
		if (path_below(mounts->mount[i].point, path))
			return true;
	return false;
}

static char *path_at(const struct kms_mount *mount, const char *rest)
{
	const char *point = mount->point;
	char *path;

	if (!strcmp(point, "/"))
		point = "";
	if (!*point && !*rest)
		rest = "/";
	return asprintf(&path, "%s%s", point, rest) < 0 ? NULL : path;
}

char *kms_mountinfo_path(const struct kms_mountinfo *mounts, const char *device,
			 const char *path, bool *failed)
{
	char *covered = NULL, *found;
	const char *rest;
	size_t i;

	for (i = 0; i < mounts->nr; i++) {
		const struct kms_mount *mount = &mounts->mount[i];

		if (!mount->device || strcmp(mount->device, device))
			continue;
		rest = path_below(mount->root, path);
		if (!rest)
			continue;
		found = path_at(mount, rest);
		if (!found) {
			*failed = true;
			break;
		}
		if (!is_covered(mounts, i, found)) {
			free(covered);
			return found;
		}
		/* Processes may still have it open. */
		if (covered)
			free(found);
		else
			covered = found;
	}
	return covered;
}

/* The rest of the path below a layer; NULL if it is not in it. */
static const char *path_below_layer(const char *layer, size_t len,
				    const char *path, bool *failed)
{
	char *text = kms_mountinfo_text(layer, len), *bytes, *real;
	const char *rest;

	if (!text) {
		*failed = true;
		return NULL;
	}
	rest = *text == '/' ? path_below(text, path) : NULL;
	/* Docker names its layers by links. */
	bytes = rest ? NULL : kms_text_unescape(text);
	real = bytes && *bytes == '/' ? realpath(bytes, NULL) : NULL;
	free(text);
	text = real ? kms_text_escape(real, strlen(real)) : NULL;
	if (text)
		rest = path_below(text, path);
	free(text);
	free(real);
	free(bytes);
	return rest;
}

/* The same for all layers in the options. */
static const char *path_below_layers(const char *options, const char *path,
				     bool *failed)
{
	const char *rest = NULL, *value;
	size_t len, part;

	for (; !rest && *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		value = memchr(options, '=', len);
		if (!value || (strncmp(options, "upperdir=", 9) &&
			       strncmp(options, "lowerdir", 8)))
			continue;
		/* lowerdir has several layers, with ':' between them. */
		for (value++; !rest && value < options + len;
		     value += part + (value + part < options + len)) {
			part = strcspn(value, ":,");
			rest = part ? path_below_layer(value, part, path, failed) :
				      NULL;
		}
	}
	return rest;
}

char *kms_mountinfo_overlay(const struct kms_mountinfo *mounts,
			    const char *path, bool *failed)
{
	const char *rest;
	char *found;
	size_t i;

	for (i = 0; i < mounts->nr; i++) {
		const struct kms_mount *mount = &mounts->mount[i];

		/* Of an overlay that is mounted in part the layer is unknown. */
		if (!mount->overlay || strcmp(mount->root, "/"))
			continue;
		rest = path_below_layers(mount->overlay, path, failed);
		if (!rest)
			continue;
		found = path_at(mount, rest);
		*failed |= !found;
		return found;
	}
	return NULL;
}

void kms_mountinfo_free(struct kms_mountinfo *mounts)
{
	while (mounts->nr)
		mount_free(&mounts->mount[--mounts->nr]);
	free(mounts->mount);
	mounts->mount = NULL;
}
