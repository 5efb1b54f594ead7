// SPDX-License-Identifier: GPL-2.0-only
/* The processes that hold what grew, as the witness of a cause shows them. */

#include "diagnose/judge/growers.h"
#include "diagnose/judge/holders.h"

/* Those who have this part of the growth account for it. */
#define EXPLAINED_PERMILLE 500

/* Beside unread data of this share, what was not sent only waits for it. */
#define UNREAD_PERMILLE 200

#define BEFORE KMS_HOST_BEFORE
#define AFTER KMS_HOST_AFTER

static bool has_moments(const struct kms_case *c)
{
	return c->obs->host[BEFORE].boottime_ns &&
	       c->obs->host[AFTER].boottime_ns > c->obs->host[BEFORE].boottime_ns;
}

static const struct kms_process_memory *process_at(const struct kms_case *c,
						   size_t number, uint32_t pid)
{
	return kms_process_memories_find(&c->obs->host[number].processes, pid);
}

/* Name it by its process; false if that has gone. */
static bool holder_name(struct kms_case *c, struct kms_found_holder *holder,
			uint32_t pid)
{
	const struct kms_process_memory *process = process_at(c, AFTER, pid);
	const struct kms_holder_facts *facts = kms_holder_facts_of(c->obs, pid);

	if (!process)
		return false;
	holder->name = kms_process_words(c, process);
	holder->pid = pid;
	holder->uid = process->uid;
	/* Without facts nothing is proved. */
	holder->is_spared = !facts || facts->spared;
	if (!facts)
		return true;
	holder->cgroup = facts->cgroup;
	if (*facts->service.name && !*facts->service.other &&
	    !facts->service.is_user && !facts->container)
		holder->service = facts->service.name;
	return true;
}

/* Put one in its place by the growth of its number, then by its bytes. */
static void holder_put(struct kms_holders *holders,
		       const struct kms_found_holder *holder)
{
	size_t i = holders->nr;

	if (i == KMS_MAX_HOLDERS) {
		if (holders->holder[i - 1].growth_nr >= holder->growth_nr)
			return;
		i--;
	} else {
		holders->nr++;
	}
	for (; i && holders->holder[i - 1].growth_nr < holder->growth_nr; i--)
		holders->holder[i] = holders->holder[i - 1];
	holders->holder[i] = *holder;
}

/* Drop those with little, and say which part each has. */
static void shares_fill(struct kms_holders *holders, double whole)
{
	double sum = 0;
	size_t i, nr = 0;

	for (i = 0; i < holders->nr; i++) {
		struct kms_found_holder *holder = &holders->holder[i];

		sum += holder->growth_nr;
		holder->share_permille = whole > 0 ?
			kms_permille(holder->growth_nr, whole) : KMS_UNKNOWN;
		if (whole > 0 && holder->share_permille > 1000)
			holder->share_permille = 1000;
		if (!i || holder->share_permille >= KMS_NAMED_PERMILLE)
			nr = i + 1;
	}
	holders->nr = nr;
	holders->nr_grown = sum;
	holders->explains = nr && sum * 1000 >= whole * EXPLAINED_PERMILLE;
}

/* Kinds of files that have a name of their own in a sentence. */
static const char *kind_noun(const struct kms_grown *grown,
			     const struct kms_file_kinds *kinds)
{
	static const char * const nouns[KMS_NR_FILE_KINDS] = {
		[KMS_FILE_EVENTFD] = "eventfds",
		[KMS_FILE_EPOLL] = "epoll files",
		[KMS_FILE_TIMERFD] = "timerfds",
		[KMS_FILE_SIGNALFD] = "signalfds",
		[KMS_FILE_INOTIFY] = "inotify files",
		[KMS_FILE_FANOTIFY] = "fanotify files",
		[KMS_FILE_IO_URING] = "io_uring files",
		[KMS_FILE_PERF] = "perf event files",
		[KMS_FILE_MEMFD] = "memfds",
	};
	const char *noun = NULL;
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < KMS_NR_FILE_KINDS; i++) {
		if (!(grown->cause->kinds & 1u << i) || kinds->nr[i] <= most)
			continue;
		most = kinds->nr[i];
		noun = nouns[i];
	}
	return noun ?: grown->noun;
}

/* The files of these kinds, and of all. */
static uint64_t kinds_count(const struct kms_file_kinds *kinds,
			    unsigned int which, uint64_t *all)
{
	uint64_t nr = 0;
	size_t i;

	*all = 0;
	for (i = 0; i < KMS_NR_FILE_KINDS; i++) {
		*all += kinds->nr[i];
		if (which & 1u << i)
			nr += kinds->nr[i];
	}
	return nr;
}

/* Files that it has opened while observed; below 0: unknown, or fewer. */
static double files_grown(const struct kms_case *c, uint32_t pid)
{
	const struct kms_open_files *before = &c->obs->host[BEFORE].files;
	const struct kms_process_files *now =
		kms_open_files_find(&c->obs->host[AFTER].files, pid);
	const struct kms_process_files *old = kms_open_files_find(before, pid);

	if (!now || (!old && !before->whole))
		return -1;
	return (double)now->nr - (old ? old->nr : 0);
}

/* Two descriptors are one pipe. */
static unsigned int files_each(const struct kms_cause *cause)
{
	return cause->kinds == 1u << KMS_FILE_PIPE ? 2 : 1;
}

/*
 * Are the files that it opened of the kind that is sought?  They are of the one
 * of which it has the most; or may be, where the lead is of that kind alone.
 */
static bool are_of_kind(const struct kms_cause *cause, uint64_t nr,
			uint64_t all, double more)
{
	return 2 * nr >= all || (!cause->needs_holder && nr >= more);
}

static void files_find(struct kms_case *c, struct kms_holders *holders,
		       const struct kms_grown *grown)
{
	const struct kms_cause *cause = grown->cause;
	unsigned int each = files_each(cause);
	struct kms_found_holder holder;
	uint64_t nr, all;
	double more;
	size_t i;

	for (i = 0; i < c->obs->nr_holders; i++) {
		const struct kms_holder_facts *facts = &c->obs->holder[i];

		if (!facts->kinds_known)
			continue;
		nr = kinds_count(&facts->kinds, cause->kinds, &all);
		more = files_grown(c, facts->pid);
		if (more <= 0 || !are_of_kind(cause, nr, all, more))
			continue;
		holder = kms_holder_new(kind_noun(grown, &facts->kinds));
		holder.growth_nr = kms_host_growth(c, more);
		if (facts->kinds.whole)
			holder.nr = nr / each;
		if (holder.growth_nr > 0 && holder_name(c, &holder, facts->pid))
			holder_put(holders, &holder);
	}
	shares_fill(holders, grown->objects);
	for (i = 0; i < holders->nr; i++)
		holders->holder[i].growth_nr /= each;
	holders->nr_grown /= each;
	if (!grown->objects)
		holders->explains = holders->nr_grown * cause->bytes_each >=
				    grown->bytes / 2.0;
}

/* New maps are taken to be as large as the others. */
static void bpf_find(struct kms_case *c, struct kms_holders *holders,
		     const struct kms_grown *grown)
{
	double bytes = 0, more = 0;
	size_t i;

	files_find(c, holders, grown);
	for (i = 0; i < holders->nr; i++) {
		struct kms_found_holder *holder = &holders->holder[i];
		const struct kms_holder_facts *facts =
			kms_holder_facts_of(c->obs, holder->pid);

		holder->total_bytes = facts->kinds.bpf_bytes;
		bytes += holder->total_bytes;
		if (holder->nr != KMS_UNKNOWN && holder->nr)
			more += (double)holder->total_bytes *
				holder->growth_nr / holder->nr;
	}
	holders->bytes = bytes;
	holders->explains = holders->nr && more >= grown->bytes / 2.0;
}

uint64_t kms_queued_bytes(const struct kms_observation *obs)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < obs->sockets.nr; i++)
		bytes += obs->sockets.socket[i].received_bytes +
			 obs->sockets.socket[i].sent_bytes;
	return bytes;
}

/* By how much the memory of TCP and UDP grew; below 0: unknown, or less. */
static int64_t sockstat_grown(const struct kms_case *c)
{
	const struct kms_sockstat *before = &c->obs->host[BEFORE].sockstat;
	const struct kms_sockstat *after = &c->obs->host[AFTER].sockstat;

	if (!before->known || !after->known)
		return -1;
	return ((int64_t)(after->tcp_pages + after->udp_pages) -
		(int64_t)(before->tcp_pages + before->udp_pages)) *
	       c->obs->page_bytes;
}

/* What waits in the sockets of a process. */
static struct kms_found_holder queue_of(const struct kms_case *c, uint32_t pid,
					bool unread)
{
	struct kms_found_holder holder =
		kms_holder_new(unread ? "sockets with unread data" :
					"sockets with data to send");
	size_t i;

	holder.nr = 0;
	holder.total_bytes = 0;
	for (i = 0; i < c->obs->sockets.nr; i++) {
		const struct kms_socket *socket = &c->obs->sockets.socket[i];
		uint64_t bytes = unread ? socket->received_bytes :
					  socket->sent_bytes;

		if (socket->pid != pid || !bytes)
			continue;
		holder.nr++;
		holder.total_bytes += bytes;
	}
	/* They are sorted by this. */
	holder.growth_nr = holder.total_bytes;
	return holder;
}

static bool is_unread(const struct kms_observation *obs, uint64_t *all)
{
	uint64_t unread = 0, unsent = 0;
	size_t i;

	for (i = 0; i < obs->sockets.nr; i++) {
		unread += obs->sockets.socket[i].received_bytes;
		unsent += obs->sockets.socket[i].sent_bytes;
	}
	*all = unread + unsent;
	return unread * 1000 >= *all * UNREAD_PERMILLE;
}

/*
 * The memory of TCP and UDP is counted; that of others is not, so there all
 * that waits has to be at least what grew.
 */
static bool queues_explain(const struct kms_case *c,
			   const struct kms_grown *grown, uint64_t queued)
{
	int64_t counted = sockstat_grown(c);
	uint64_t half = grown->bytes / 2, other = 0;
	size_t i;

	if (counted >= 0 && (uint64_t)counted >= half)
		return queued >= half / 2;
	for (i = 0; i < c->obs->sockets.nr; i++) {
		const struct kms_socket *socket = &c->obs->sockets.socket[i];

		if (socket->family != KMS_SOCKET_TCP &&
		    socket->family != KMS_SOCKET_UDP)
			other += socket->received_bytes + socket->sent_bytes;
	}
	return other >= (uint64_t)grown->bytes;
}

static void queues_find(struct kms_case *c, struct kms_holders *holders,
			const struct kms_grown *grown)
{
	struct kms_found_holder holder;
	uint64_t all;
	size_t i;

	holders->unread = is_unread(c->obs, &all);
	holders->bytes = all;
	for (i = 0; i < c->obs->nr_holders; i++) {
		holder = queue_of(c, c->obs->holder[i].pid, holders->unread);
		if (holder.total_bytes &&
		    holder_name(c, &holder, c->obs->holder[i].pid))
			holder_put(holders, &holder);
	}
	shares_fill(holders, all);
	for (i = 0; i < holders->nr; i++)
		holders->holder[i].growth_nr = KMS_UNKNOWN_SIGNED;
	holders->nr_grown = 0;
	holders->explains = all && queues_explain(c, grown, all);
}

static void threads_find(struct kms_case *c, struct kms_holders *holders,
			 const struct kms_grown *grown)
{
	const struct kms_process_memories *after =
		&c->obs->host[AFTER].processes;
	bool whole = c->obs->host[BEFORE].processes.whole;
	struct kms_found_holder holder;
	int64_t more;
	size_t i;

	for (i = 0; i < after->nr; i++) {
		const struct kms_process_memory *now = &after->process[i];
		const struct kms_process_memory *old =
			process_at(c, BEFORE, now->pid);

		if (now->zombie || (!old && !whole))
			continue;
		more = (int64_t)now->nr_threads - (old ? old->nr_threads : 0);
		holder = kms_holder_new("threads");
		holder.nr = now->nr_threads;
		holder.growth_nr = kms_host_growth(c, more);
		if (holder.growth_nr > 1 && holder_name(c, &holder, now->pid))
			holder_put(holders, &holder);
	}
	shares_fill(holders, grown->objects);
}

/* By parents that are candidates: they were chosen by their children. */
static void children_find(struct kms_case *c, struct kms_holders *holders,
			  const struct kms_grown *grown, bool zombies)
{
	struct kms_found_holder holder;
	int64_t before, after;
	uint32_t pid;
	size_t i;

	*holders = (struct kms_holders){ .nr_now = KMS_UNKNOWN,
					 .bytes = KMS_UNKNOWN };
	for (i = 0; i < c->obs->nr_holders; i++) {
		pid = c->obs->holder[i].pid;
		before = kms_process_children(&c->obs->host[BEFORE].processes,
					      pid, zombies);
		after = kms_process_children(&c->obs->host[AFTER].processes,
					     pid, zombies);
		holder = kms_holder_new(zombies ? "zombies" : "child processes");
		holder.nr = after;
		holder.growth_nr = kms_host_growth(c, after - before);
		if (holder.growth_nr > 1 && holder_name(c, &holder, pid))
			holder_put(holders, &holder);
	}
	shares_fill(holders, grown->objects);
}

static void allocators_find(struct kms_case *c, struct kms_holders *holders,
			    const struct kms_grown *grown)
{
	const struct kms_finding *finding = grown->finding;
	struct kms_found_holder holder;
	size_t i;

	for (i = 0; finding && i < finding->nr_allocators; i++) {
		const struct kms_found_allocator *allocator =
			&finding->allocator[i];

		if (!allocator->alive || allocator->nr_alike > 1 ||
		    allocator->pid > UINT32_MAX ||
		    allocator->share_permille == KMS_UNKNOWN)
			continue;
		holder = kms_holder_new(grown->noun);
		holder.growth_nr = grown->objects *
				   allocator->share_permille / 1000;
		if (holder.growth_nr > 0 &&
		    holder_name(c, &holder, allocator->pid))
			holder_put(holders, &holder);
	}
	shares_fill(holders, grown->objects);
}

static void cgroups_find(struct kms_case *c, struct kms_holders *holders)
{
	const struct kms_cgroup_counts *before = &c->obs->host[BEFORE].cgroups;
	const struct kms_cgroup_counts *after = &c->obs->host[AFTER].cgroups;

	if (!before->known || !after->known)
		return;
	holders->nr_now = after->nr + after->nr_dying;
	holders->nr_grown = kms_host_growth(c, holders->nr_now - before->nr -
						before->nr_dying);
	holders->explains = holders->nr_grown >= c->ns / 1e9 / 2;
}

void kms_holders_find(struct kms_case *c, struct kms_holders *holders,
		      const struct kms_grown *grown)
{
	*holders = (struct kms_holders){ .nr_now = KMS_UNKNOWN,
					 .bytes = KMS_UNKNOWN };
	if (!has_moments(c))
		return;
	switch (grown->cause->witness) {
	case KMS_WITNESS_FILES:
		files_find(c, holders, grown);
		break;
	case KMS_WITNESS_BPF:
		bpf_find(c, holders, grown);
		break;
	case KMS_WITNESS_QUEUES:
		queues_find(c, holders, grown);
		break;
	case KMS_WITNESS_THREADS:
		threads_find(c, holders, grown);
		if (!holders->explains)
			children_find(c, holders, grown, false);
		break;
	case KMS_WITNESS_ZOMBIES:
		children_find(c, holders, grown, true);
		break;
	case KMS_WITNESS_ALLOCATOR:
		allocators_find(c, holders, grown);
		break;
	case KMS_WITNESS_CGROUPS:
		cgroups_find(c, holders);
		break;
	default:
		break;
	}
}
