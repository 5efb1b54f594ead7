// SPDX-License-Identifier: GPL-2.0-only
/* The causes of growth as data: what grows together, and who shows it. */
#include <string.h>

#include "diagnose/judge/cause_table.h"
#include "lib/array.h"

#define KIB 1024
#define BIT(kind) (1u << (kind))

/* Security labels of inodes, by security module. */
#define LABELS "lsm_inode_cache", "selinux_inode_security", "lsm_file_cache"

/* What a process and its threads take. */
#define TASKS "signal_cache", "sighand_cache", "cred*", "pid*", "kmalloc-*", \
	"vmap_area", "files_cache", "fs_cache", "mm_struct", "task_*", \
	"taskstats", "kernel_stack", "vm_area_struct", "maple_node", \
	"anon_vma*", "vma_lock", "uts_namespace", "nsproxy", "filp", \
	"page_table", "vmalloc", "percpu", "numa_*", "lsm_*", "uprobe*"

const struct kms_cause kms_causes[] = {
	{
		.name = "network_namespaces", .noun = "network namespaces",
		.witness = KMS_WITNESS_OBJECTS,
		.freed_by = KMS_FREED_BY_REMOVAL,
		.is_strong = true, .bytes_each = 1024 * KIB,
		.lead = { "net_namespace" },
		.with = { "kmalloc-*", "proc_dir_entry", "proc_inode_cache",
			  "kernfs_node_cache", "dentry", "inode_cache",
			  "sock_inode_cache", "TCP*", "UDP*", "RAW*", "PING*",
			  "UNIX*", LABELS, "ip_dst_cache", "ip6_dst_cache",
			  "ip_fib_*", "fib6_*", "inet_peer_cache",
			  "radix_tree_node", "mnt_cache", "nsproxy",
			  "percpu", "vmalloc", "large_kmalloc", "unaccounted" },
		.frame = { "copy_net_ns", "setup_net", "ops_init" },
	},
	{
		.name = "cgroups", .noun = "cgroups",
		.witness = KMS_WITNESS_CGROUPS,
		.freed_by = KMS_FREED_BY_REMOVAL,
		.needs_holder = true, .is_strong = true,
		.bytes_each = 512 * KIB,
		.lead = { "kernfs_node_cache", "kmalloc-*", "percpu",
			  "mem_cgroup*", "dentry", "inode_cache" },
		.with = { "kmalloc-*", "kernfs_node_cache", "percpu",
			  "mem_cgroup*", "cgroup*", "dentry", "inode_cache",
			  "vmalloc", "radix_tree_node", "unaccounted",
			  "kernfs_iattrs_cache", LABELS, "large_kmalloc" },
		.frame = { "cgroup_mkdir", "mem_cgroup_css_alloc",
			   "css_create", "cgroup_apply_control_enable" },
	},
	{
		.name = "socket_queues", .noun = "sockets with unread data",
		.witness = KMS_WITNESS_QUEUES,
		.freed_by = KMS_FREED_BY_READ,
		.needs_holder = true, .bytes_each = 256 * KIB,
		.lead = { "skbuff_*", "unaccounted" },
		.with = { "skbuff_*", "kmalloc-*", "unaccounted",
			  "large_kmalloc" },
		.frame = { "__alloc_skb", "kmalloc_reserve",
			   "pskb_expand_head", "sock_alloc_send_pskb",
			   "alloc_skb_with_frags", "__napi_alloc_skb",
			   "napi_alloc_skb" },
	},
	{
		.name = "zombies", .noun = "zombies",
		.witness = KMS_WITNESS_ZOMBIES,
		.freed_by = KMS_FREED_BY_REAP,
		.needs_holder = true, .bytes_each = 64 * KIB,
		.lead = { "task_struct", "signal_cache", "pid" },
		.with = { "task_struct", TASKS },
	},
	{
		.name = "threads", .noun = "threads",
		.witness = KMS_WITNESS_THREADS,
		.freed_by = KMS_FREED_BY_EXIT, .bytes_each = 256 * KIB,
		.lead = { "task_struct", "kernel_stack" },
		.with = { "task_struct", TASKS },
		.frame = { "copy_process" },
	},
	{
		.name = "sockets", .noun = "sockets",
		.witness = KMS_WITNESS_FILES,
		.kinds = BIT(KMS_FILE_SOCKET),
		.freed_by = KMS_FREED_BY_CLOSE, .bytes_each = 4 * KIB,
		.lead = { "sock_inode_cache", "TCP", "TCPv6", "UDP", "UDPv6",
			  "UDP-*", "UDPLITE*", "UNIX", "UNIX-*", "PING*",
			  "RAW", "RAWv6", "PACKET", "NETLINK", "MPTCP*",
			  "SCTP*", "request_sock_*", "tw_sock_*" },
		.with = { "filp", "dentry", "inode_cache", "kmalloc-*", LABELS,
			  "eventpoll_*", "ip_dst_cache", "inet_peer_cache",
			  "tcp_bind*", "dccp*" },
		.frame = { "sock_alloc", "sk_prot_alloc", "sk_alloc" },
	},
	{
		.name = "watches", .noun = "inotify watches",
		.witness = KMS_WITNESS_ALLOCATOR,
		.freed_by = KMS_FREED_BY_CLOSE,
		.has_directory = true, .bytes_each = 4 * KIB,
		.lead = { "inotify_inode_mark", "fanotify_mark",
			  "dnotify_mark", "dnotify_struct" },
		.with = { "fsnotify_*", "kmalloc-*", "dentry", LABELS,
			  "ext4_inode_cache", "xfs_inode", "btrfs_inode",
			  "shmem_inode_cache", "ovl_inode", "kernfs_*",
			  "proc_inode_cache", "inode_cache" },
		.frame = { "inotify_add_watch", "fanotify_mark" },
	},
	{
		.name = "event_files", .noun = "event files",
		.witness = KMS_WITNESS_FILES,
		.kinds = BIT(KMS_FILE_EVENTFD) | BIT(KMS_FILE_EPOLL) |
			 BIT(KMS_FILE_TIMERFD) | BIT(KMS_FILE_SIGNALFD) |
			 BIT(KMS_FILE_INOTIFY) | BIT(KMS_FILE_FANOTIFY) |
			 BIT(KMS_FILE_IO_URING) | BIT(KMS_FILE_PERF),
		.freed_by = KMS_FREED_BY_CLOSE, .needs_holder = true,
		.bytes_each = 64 * KIB,
		.lead = { "filp", "eventpoll_*", "ep_head", "io_kiocb" },
		.with = { "filp", "eventpoll_*", "ep_head", "dentry",
			  "kmalloc-*", LABELS, "inode_cache", "io_kiocb",
			  "perf_event", "unaccounted", "percpu", "vmalloc" },
	},
	{
		.name = "pipes", .noun = "pipes",
		.witness = KMS_WITNESS_FILES, .kinds = BIT(KMS_FILE_PIPE),
		.freed_by = KMS_FREED_BY_CLOSE, .needs_holder = true,
		.bytes_each = 1024 * KIB,
		.lead = { "filp", "inode_cache", "unaccounted" },
		.with = { "filp", "inode_cache", "dentry", "kmalloc-*", LABELS,
			  "unaccounted" },
	},
	{
		.name = "bpf", .noun = "BPF maps",
		.witness = KMS_WITNESS_BPF,
		.kinds = BIT(KMS_FILE_BPF_MAP) | BIT(KMS_FILE_BPF),
		.freed_by = KMS_FREED_BY_CLOSE, .needs_holder = true,
		.lead = { "vmalloc", "percpu", "unaccounted", "kmalloc-*",
			  "large_kmalloc", "bpf_*" },
		.with = { "vmalloc", "percpu", "unaccounted", "kmalloc-*",
			  "large_kmalloc", "bpf_*", "filp", "vmap_area",
			  "dentry" },
	},
	{
		.name = "files", .noun = "open files",
		.witness = KMS_WITNESS_FILES,
		.kinds = BIT(KMS_FILE_ON_DISK) | BIT(KMS_FILE_MEMFD) |
			 BIT(KMS_FILE_OTHER),
		.freed_by = KMS_FREED_BY_CLOSE, .has_directory = true,
		.bytes_each = 8 * KIB,
		.lead = { "filp" },
		.with = { "dentry", "kmalloc-*", LABELS, "inode_cache",
			  "ext4_inode_cache", "xfs_inode", "btrfs_inode",
			  "shmem_inode_cache", "ovl_inode", "file_lock_cache",
			  "proc_inode_cache" },
		.frame = { "alloc_empty_file" },
	},
	{
		.name = "mappings", .noun = "mappings",
		.witness = KMS_WITNESS_ALLOCATOR,
		.freed_by = KMS_FREED_BY_EXIT, .bytes_each = 8 * KIB,
		.lead = { "vm_area_struct", "maple_node", "anon_vma*" },
		.with = { "vm_area_struct", "maple_node", "anon_vma*",
			  "vma_lock", "page_table" },
	},
	{
		.name = "timers", .noun = "timers",
		.witness = KMS_WITNESS_ALLOCATOR,
		.freed_by = KMS_FREED_BY_EXIT, .bytes_each = 2 * KIB,
		.lead = { "posix_timers_cache" },
		.with = { "kmalloc-*", "sigqueue" },
	},
	{
		.name = "files_made", .noun = "files in memory",
		.freed_by = KMS_FREED_BY_REMOVAL,
		.has_directory = true, .bytes_each = 8 * KIB,
		.lead = { "shmem_inode_cache", "hugetlbfs_inode_cache" },
		.with = { "dentry", "kmalloc-*", LABELS, "radix_tree_node",
			  "maple_node" },
	},
	{
		.name = "file_scan", .noun = "files",
		.freed_by = KMS_FREED_BY_RECLAIM,
		.has_directory = true, .reclaimable = true,
		.bytes_each = 256 * KIB,
		.lead = { "buffer_head" },
		/* Inodes of any file system, and what belongs to them */
		.with = { "*" },
	},
	{ 0 },
};

bool kms_cause_fits(const char * const *patterns, size_t max,
		    const char *name)
{
	size_t i, len;

	for (i = 0; i < max && patterns[i]; i++) {
		len = strlen(patterns[i]);
		if (patterns[i][len - 1] == '*' ?
		    !strncmp(patterns[i], name, len - 1) :
		    !strcmp(patterns[i], name))
			return true;
	}
	return false;
}

const char *kms_cause_noun(const struct kms_cause *cause, const char *lead)
{
	static const struct {
		const char *lead;
		const char *noun;
	} nouns[] = {
		{ "TCP", "TCP sockets" }, { "TCPv6", "TCP sockets" },
		{ "UDP", "UDP sockets" }, { "UDPv6", "UDP sockets" },
		{ "UNIX", "Unix sockets" }, { "UNIX-STREAM", "Unix sockets" },
		{ "RAW", "raw sockets" }, { "RAWv6", "raw sockets" },
		{ "fanotify_mark", "fanotify marks" },
		{ "dnotify_mark", "dnotify watches" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nouns); i++)
		if (!strcmp(lead, nouns[i].lead))
			return nouns[i].noun;
	return cause->noun;
}
