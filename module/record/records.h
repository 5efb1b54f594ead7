/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records: one flat struct for each attribute set of spec/kmemscope.yaml,
 * one member for each of its attributes. What a member means, and when it is
 * unset, stands there. A member is u32, u64, s64 or char[].
 */
#ifndef KS_RECORD_RECORDS_H
#define KS_RECORD_RECORDS_H

#include <linux/types.h>

/*
 * The kernel bounds no cache's name. The longest of Debian's 6.12 has 27
 * characters; what is longer than this is cut.
 */
#define KS_NAME_SIZE	96
#define KS_ZONE_SIZE	16
#define KS_LIST_SIZE	256
#define KS_REASON_SIZE	128
#define KS_DEVICE_SIZE	16	/* "4095:1048575" */
#define KS_FS_TYPE_SIZE	32
#define KS_PATH_SIZE	1024
#define KS_COMM_SIZE	16	/* TASK_COMM_LEN */
#define KS_FILE_SIZE	256	/* NAME_MAX and a 0 */

struct ks_status_record {
	char version[32];
	char kernel[65];
	u32 enabled;
	char collectors_on[KS_LIST_SIZE];
	char collectors_off[KS_LIST_SIZE];
	u32 canary_nr_objects;
	u32 canary_nr_found;
	u32 canary_nr_nodes;
	u32 canary_nr_cpus;
	u64 list_lock_longest_ns;
	u32 list_lock_most_entries;
	u64 zone_lock_longest_ns;
	u32 zone_lock_most_entries;
	u64 slab_mutex_longest_ns;
	u32 slab_mutex_most_entries;
	u32 holds_preemptible;
	u64 contended_total;
	u64 memory_bytes;
	u64 memory_peak_bytes;
	u64 memory_limit_bytes;
	char exact_off[KS_REASON_SIZE];
};

struct ks_collector_record {
	char name[KS_ZONE_SIZE];
	char state[4];
	u64 collects_total;
	u64 last_ns;
	u64 longest_ns;
	char reason[KS_REASON_SIZE];
};

struct ks_job_record {
	u32 id;
	char kind[32];
	char state[8];
	u32 progress_permille;
	u64 elapsed_ns;
	char reason[KS_REASON_SIZE];
	u64 budget_ns;
	char cache[KS_NAME_SIZE];
	u64 duration_ns;
};

struct ks_slab_record {
	char name[KS_NAME_SIZE];
	u32 nr_aliases;
	u32 object_size;
	u32 size;
	u32 order;
	u32 objects_per_slab;
	u32 reclaimable;
	u32 accounted;
	u64 nr_slabs;
	u64 nr_objects;
	u64 nr_partial_slabs;
	u64 nr_active_objects;
	u64 nr_inuse_objects;
	u32 approximate;
	u32 coverage_permille;
	u64 total_bytes;
	u64 active_bytes;
	u64 wasted_bytes;
	char wasted_basis[8];
	u64 nr_cached_objects;
	u64 inuse_error_objects;
	char inuse_basis[8];
};

struct ks_slab_node_record {
	char name[KS_NAME_SIZE];
	u32 node;
	u64 nr_slabs;
	u64 nr_objects;
	u64 nr_partial_slabs;
	u64 nr_active_objects;
	u32 approximate;
	u32 coverage_permille;
	u64 total_bytes;
	u64 active_bytes;
	u64 wasted_bytes;
	char wasted_basis[8];
};

struct ks_zone_record {
	u32 node;
	char zone[KS_ZONE_SIZE];
	u64 spanned_pages;
	u64 present_pages;
	u64 managed_pages;
	u64 free_pages;
	u64 min_pages;
	u64 low_pages;
	u64 high_pages;
	u64 pcp_pages;
	char lowmem_reserve_pages[128];
	u32 largest_free_order;
	u32 contiguous;
};

struct ks_buddy_record {
	u32 node;
	char zone[KS_ZONE_SIZE];
	u32 order;
	u64 nr_free;
	u64 free_bytes;
	s64 unusable_index;
	s64 extfrag_index;
};

struct ks_migratetype_record {
	u32 node;
	char zone[KS_ZONE_SIZE];
	char migratetype[KS_ZONE_SIZE];
	u32 order;
	u64 nr_free;
	u32 approximate;
};

struct ks_node_record {
	u32 node;
	char cpus[KS_LIST_SIZE];
	char distances[KS_LIST_SIZE];
	u64 spanned_pages;
	u64 present_pages;
	u64 managed_pages;
	u64 free_pages;
	u64 pcp_pages;
	u64 file_pages;
	u64 anon_pages;
	u64 shmem_pages;
	u64 lru_pages;
	u64 isolated_pages;
	u64 slab_reclaimable_pages;
	u64 slab_unreclaimable_pages;
	u64 kernel_stack_pages;
	u64 page_table_pages;
	u64 secondary_page_table_pages;
	u64 mlocked_pages;
	u64 dirty_pages;
	u64 writeback_pages;
	u64 hugetlb_pages;
	u64 zsmalloc_pages;
	u64 balloon_pages;
	u64 gpu_pages;
	u64 vmalloc_pages;
	u64 percpu_pages;
	s64 unaccounted_pages;
	u64 unaccounted_error_pages;
	u64 memmap_pages;
	u64 writeback_temp_pages;
};

struct ks_counter_record {
	u32 node;
	char zone[KS_ZONE_SIZE];
	char name[48];
	u64 value;
};

struct ks_dentry_record {
	u64 nr_dentries;
	u64 nr_unused;
	u64 nr_unused_negative;
	u64 nr_hashed;
	u64 nr_unhashed;
	u64 nr_negative;
	u64 nr_positive;
	u64 nr_lru;
	u64 nr_lru_negative;
	u64 total_bytes;
	u32 dentry_size;
	u32 approximate;
	u32 coverage_permille;
	u64 nr_buckets;
	u64 nr_walked;
	u64 walk_ns;
};

struct ks_dentry_superblock_record {
	char device[KS_DEVICE_SIZE];
	char fs_type[KS_FS_TYPE_SIZE];
	u64 nr_dentries;
	u64 nr_negative;
	u64 nr_positive;
	u64 nr_lru;
	u64 nr_lru_negative;
	u64 total_bytes;
	u32 share_permille;
	u32 approximate;
	u32 coverage_permille;
};

struct ks_dentry_directory_record {
	char device[KS_DEVICE_SIZE];
	u64 inode;
	u32 generation;
	char fs_type[KS_FS_TYPE_SIZE];
	char path[KS_PATH_SIZE];
	u64 nr_dentries;
	u64 nr_negative;
	u64 nr_positive;
	u64 nr_lru;
	u64 total_bytes;
	u32 share_permille;
	u32 approximate;
	u32 coverage_permille;
};

struct ks_dentry_name_record {
	char device[KS_DEVICE_SIZE];
	u64 inode;
	u32 generation;
	char name[KS_FILE_SIZE];
	u32 negative;
};

struct ks_trace_record {
	char cache[KS_NAME_SIZE];
	u32 size;
	u64 duration_ns;
	u64 nr_allocs;
	u64 nr_frees;
	s64 nr_grown;
	u64 grown_error;
	u32 explained_permille;
	u32 sample_rate;
	u64 nr_dropped;
	u64 nr_lost_samples;
	u32 nr_allocators;
	char ended[12];
};

struct ks_trace_allocator_record {
	u32 id;
	char context[8];
	char name[KS_COMM_SIZE];
	char parent_1[KS_COMM_SIZE];
	char parent_2[KS_COMM_SIZE];
	char parent_3[KS_COMM_SIZE];
	char parent_4[KS_COMM_SIZE];
	u64 cgroup_id;
	u32 uid;
	u32 pid;
	u32 stack;
	u64 nr_allocs;
	u64 allocs_per_second;
	u64 total_bytes;
	u32 share_permille;
	u64 nr_outstanding;
	u64 outstanding_error;
	u32 parent_pid;
	u64 start_ns;
	u32 nr_processes;
	u32 processes_capped;
};

struct ks_trace_stack_record {
	u32 stack;
	u32 depth;
	char symbol[128];
};

#endif /* KS_RECORD_RECORDS_H */
