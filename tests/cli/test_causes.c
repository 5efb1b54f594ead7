// SPDX-License-Identifier: GPL-2.0-only
/* One cause, one finding: what is merged, who holds it, and what is not. */
#include "holder_sample.h"

static void sockets_never_closed(void **state)
{
	const struct kms_finding *found;

	(void)state;
	start();
	tcp_caches(15880);
	opener(3623, "curlew", KMS_FILE_SOCKET, 151, 16031);
	judge();
	found = one("sockets");
	assert_int_equal(found->nr_holders, 1);
	assert_string_equal(found->holder[0].name, "curlew");
	assert_int_equal(found->holder[0].nr, 16031);
	assert_int_equal(found->nr_parts, 3);
	assert_false(found->reclaimable);
	assert_false(found->reclaimable);
	/* The sum of its parts: (2368 + 832 + 256) * 1588 */
	assert_in_range(found->bytes_per_second, 5488000, 5488300);
	assert_int_equal(found->nr_directories, 0);
	expect_words("curlew (process 3623) has 16031 TCP sockets, 1588 more a second");
	expect_words("kill 3623");
	expect_words("is freed when curlew closes them or exits");
	expect_no_words("report it with these stacks");
	expect_no_words(" in /");
}

/* Connections come and go: nobody has more open files than before. */
static void sockets_of_nobody(void **state)
{
	const struct kms_finding *found;

	(void)state;
	start();
	tcp_caches(15880);
	opener(3623, "curlew", KMS_FILE_SOCKET, 151, 152);
	judge();
	found = one("sockets");
	assert_int_equal(found->nr_holders, 0);
	expect_no_words("kill");
	expect_no_words("curlew");
}

/* A leak of another beside them keeps its own finding. */
static void sockets_beside_a_leak(void **state)
{
	const struct kms_finding *found;
	struct kms_trace *trace;

	(void)state;
	trace = leak(990);
	whole_moments();
	tcp_caches(15880);
	opener(3623, "curlew", KMS_FILE_SOCKET, 151, 16031);
	allocator(trace, "context=task name=thief uid=0 pid=7 stack=1", 1000);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=drv_get+0x1/0x2%%20[drv]");
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	found = of_cause("kernel_leak");
	assert_non_null(found);
	assert_string_equal(found->cache, "kmalloc-256");
	assert_int_equal(found->nr_holders, 0);
	assert_int_equal(of_cause("sockets")->nr_parts, 2);
}

/* Who may not be ended gets no command. */
static void spared_holder(void **state)
{
	(void)state;
	start();
	tcp_caches(15880);
	opener(3623, "sshd", KMS_FILE_SOCKET, 151, 16031)->spared = true;
	judge();
	one("sockets");
	expect_no_words("kill");
	expect_words("ending it may harm the host");
}

/* The sender allocates; the receiver does not read. */
static void queue_nobody_reads(void **state)
{
	const struct kms_finding *found;
	struct kms_trace *trace;

	(void)state;
	start();
	cache("skbuff_small_head", 0, 704, FROM_NONE(30000));
	cache("skbuff_head_cache", 0, 256, FROM_NONE(30000));
	trace = trace_add("skbuff_small_head", 990);
	allocator(trace, "context=task name=whimbrel-send uid=0 pid=184",
		  1000);
	trace->facts[0].alive = true;
	old_process(182, "avocet-stuck");
	old_process(184, "whimbrel-send");
	socket_add(501, 182, KMS_SOCKET_UDP, 36 * MIB, 0);
	socket_add(502, 184, KMS_SOCKET_UDP, 0, 0);
	sockstats(100, 100 + 9000);
	judge();
	found = one("socket_queues");
	assert_int_equal(found->nr_holders, 1);
	assert_int_equal(found->holder[0].pid, 182);
	expect_words("avocet-stuck (process 182) does not read: 36.0 MiB in 1 socket");
	expect_words("kill 182");
	expect_no_words("kill 184");
	/* Who allocates is told, and is not the one to stop. */
	expect_words("whimbrel-send");
}

/* The same buffers, but no socket holds them: they leak in the kernel. */
static void buffers_in_no_queue(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("skbuff_head_cache", 0, 256, FROM_NONE(100000));
	trace = trace_add("skbuff_head_cache", 990);
	allocator(trace, "context=softirq stack=1", 1000);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=wwan_rx+0x1/0x2%%20[xmm7360]");
	old_process(182, "avocet");
	socket_add(501, 182, KMS_SOCKET_UDP, 4096, 0);
	sockstats(100, 100);
	judge();
	assert_int_equal(one("kernel_leak")->nr_holders, 0);
	expect_words("no socket holds these network buffers: 4.0 KiB waits");
	expect_words("only a reboot frees it");
	expect_no_words("avocet");
}

/* TCP data is in pages that no counter has. */
static void tcp_queue_in_pages(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(1000, 5000, 15000));
	whole_moments();
	old_process(3623, "curlew");
	socket_add(501, 3623, KMS_SOCKET_TCP, 36 * MIB, 0);
	socket_add(502, 3623, KMS_SOCKET_TCP, 0, 18 * MIB);
	sockstats(100, 100 + 13000);
	judge();
	one("socket_queues");
	expect_words("curlew (process 3623) does not read: 36.0 MiB in 1 socket");
	expect_no_words("drivers");
}

static void pages_without_a_queue(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(1000, 5000, 15000));
	whole_moments();
	old_process(3623, "curlew");
	socket_add(501, 3623, KMS_SOCKET_TCP, 36 * MIB, 0);
	/* It waits since long ago. */
	sockstats(9000, 9000);
	judge();
	one("unaccounted");
	expect_no_words("curlew");
}

static void eventfds(void **state)
{
	const struct kms_finding *found;

	(void)state;
	start();
	cache("filp", 0, 256, FROM_NONE(20000));
	cache("dentry", 1, 192, FROM_NONE(20000));
	cache("kmalloc-cg-64", 0, 64, FROM_NONE(20000));
	dentry_states(50000, 1000, 70000, 1000);
	/* What little the walks see is of /proc. */
	walked(KMS_WALK_BEFORE, 1000, 40000, 1000);
	directory(KMS_WALK_BEFORE, 5, "/proc", 0, 100);
	walked(KMS_WALK_AFTER, 1000, 40200, 1000);
	directory(KMS_WALK_AFTER, 5, "/proc", 0, 300);
	opener(500, "heron", KMS_FILE_EVENTFD, 10, 20010);
	judge();
	found = one("event_files");
	assert_string_equal(found->holder[0].resource, "eventfds");
	assert_int_equal(found->nr_directories, 0);
	expect_words("heron (process 500) has 20010 eventfds, 2000 more a second");
	expect_no_words("/proc (");
}

static void open_files(void **state)
{
	(void)state;
	start();
	cache("filp", 0, 256, FROM_NONE(40000));
	opener(500, "godwit", KMS_FILE_ON_DISK, 10, 40010);
	judge();
	assert_int_equal(one("files")->nr_holders, 1);
	expect_words("godwit (process 500) has 40010 open files");
}

static void pipes(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(1000, 10000, 33000));
	whole_moments();
	cache("filp", 0, 256, FROM_NONE(4000));
	cache("inode_cache", 1, 600, FROM_NONE(2000));
	opener(500, "knot", KMS_FILE_PIPE, 10, 4010);
	judge();
	/* Two descriptors are one pipe. */
	assert_int_equal(one("pipes")->holder[0].nr, 2005);
	expect_words("knot (process 500) has 2005 pipes, 200 more a second");
}

/* Pages that grow beside a process with many pipes, which opens none. */
static void pages_beside_pipes(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(1000, 10000, 33000));
	whole_moments();
	opener(500, "knot", KMS_FILE_PIPE, 4010, 4010);
	judge();
	one("unaccounted");
	expect_no_words("knot");
}

static void threads(void **state)
{
	const struct kms_finding *found;

	(void)state;
	start();
	cache("task_struct", 0, 9000, FROM_NONE(2000));
	cache("signal_cache", 0, 1152, FROM_NONE(20));
	cache("vmap_area", 0, 64, FROM_NONE(20000));
	old_process(300, "plover");
	obs.host[KMS_HOST_AFTER].processes.process[0].nr_threads = 2001;
	judge();
	found = one("threads");
	assert_int_equal(found->holder[0].nr, 2001);
	expect_words("plover (process 300) has 2001 threads, 200 more a second");
	expect_words("is freed when plover releases them or exits");
}

static void zombies(void **state)
{
	uint32_t pid;

	(void)state;
	start();
	cache("task_struct", 0, 9000, FROM_NONE(900));
	cache("signal_cache", 0, 1152, FROM_NONE(900));
	cache("pid", 0, 192, FROM_NONE(900));
	old_process(77, "badd");
	for (pid = 1000; pid < 1900; pid++)
		process_at(KMS_HOST_AFTER, pid, 77, "child", 1, true);
	judge();
	assert_int_equal(one("zombies")->holder[0].nr, 900);
	expect_words("badd (process 77) does not reap its children: 900 zombies, 90 more a second");
	expect_no_words("report it with these stacks");
}

static void cgroups_never_removed(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("kmalloc-4k", 0, 4096, FROM_NONE(500));
	cache("kernfs_node_cache", 0, 128, FROM_NONE(30000));
	cache("kmalloc-2k", 0, 2048, FROM_NONE(1000));
	trace = trace_add("kmalloc-4k", 990);
	allocator(trace, "context=task name=mkdir parent_1=sh uid=0 pid=7 stack=1", 500);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=mem_cgroup_css_alloc+0x1/0x2");
	obs.host[KMS_HOST_BEFORE].cgroups = (struct kms_cgroup_counts){ true, 100, 0 };
	obs.host[KMS_HOST_AFTER].cgroups = (struct kms_cgroup_counts){ true, 600, 0 };
	judge();
	assert_int_equal(one("cgroups")->nr_parts, 3);
	expect_words("600 cgroups stay, 50 more a second");
	expect_words("made by mkdir");
	expect_words("the end of their maker may not be enough");
	expect_no_words("report it with these stacks");
}

/* The same caches without any new cgroup. */
static void no_cgroups(void **state)
{
	(void)state;
	start();
	cache("kmalloc-4k", 0, 4096, FROM_NONE(500));
	obs.host[KMS_HOST_BEFORE].cgroups = (struct kms_cgroup_counts){ true, 100, 0 };
	obs.host[KMS_HOST_AFTER].cgroups = (struct kms_cgroup_counts){ true, 101, 0 };
	judge();
	one("other_slab");
}

static void dying_cgroups(void **state)
{
	(void)state;
	start();
	cache("kmalloc-2k", 0, 2048, FROM_NONE(1000));
	obs.host[KMS_HOST_BEFORE].cgroups = (struct kms_cgroup_counts){ true, 100, 0 };
	obs.host[KMS_HOST_AFTER].cgroups = (struct kms_cgroup_counts){ true, 100, 300 };
	judge();
	one("cgroups");
	expect_words("300 removed cgroups stay, 30 more a second");
}

static void network_namespaces(void **state)
{
	(void)state;
	start();
	cache("net_namespace", 0, 4352, FROM_NONE(60));
	cache("kmalloc-cg-4k", 0, 4096, FROM_NONE(900));
	cache("kmalloc-cg-2k", 0, 2048, FROM_NONE(900));
	cache("proc_dir_entry", 0, 192, FROM_NONE(9000));
	cache("proc_inode_cache", 1, 680, FROM_NONE(2000));
	cache("dentry", 1, 192, FROM_NONE(9000));
	cache("sock_inode_cache", 1, 832, FROM_NONE(900));
	dentry_states(50000, 1000, 59000, 1000);
	judge();
	assert_in_range(one("network_namespaces")->nr_parts, 5, 7);
	expect_words("1060 network namespaces stay, 6 more a second");
	expect_no_words("sock_inode_cache grows");
}

static void watches(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("inotify_inode_mark", 0, 80, FROM_NONE(100000));
	trace = trace_add("inotify_inode_mark", 990);
	allocator(trace, "context=task name=rail uid=0 pid=500", 1000);
	trace->facts[0].alive = true;
	old_process(500, "rail");
	judge();
	assert_int_equal(one("watches")->nr_holders, 1);
	expect_words("rail (process 500) adds 9900 inotify watches a second");
	expect_words("kill 500");
}

static void timers_and_mappings(void **state)
{
	struct kms_trace *trace;
	const struct kms_finding *found;

	(void)state;
	start();
	cache("posix_timers_cache", 0, 288, FROM_NONE(20000));
	cache("vm_area_struct", 0, 176, FROM_NONE(40000));
	cache("maple_node", 0, 256, FROM_NONE(8000));
	trace = trace_add("posix_timers_cache", 990);
	allocator(trace, "context=task name=rail uid=0 pid=500", 1000);
	trace->facts[0].alive = true;
	old_process(500, "rail");
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	found = of_cause("timers");
	assert_non_null(found);
	assert_int_equal(found->nr_holders, 1);
	found = of_cause("mappings");
	assert_non_null(found);
	assert_int_equal(found->nr_parts, 2);
	assert_int_equal(found->nr_holders, 0);
}

static void bpf_maps(void **state)
{
	struct kms_holder_facts *facts;
	size_t i;

	(void)state;
	start();
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		obs.moment[i].nodes.record[1].kernel_stack_pages = 1000;
		obs.moment[i].nodes.record[1].vmalloc_pages =
			(const uint64_t[]){ 5000, 8000, 15000 }[i];
	}
	facts = opener(520, "heron", KMS_FILE_BPF_MAP, 5, 45);
	facts->kinds.bpf_bytes = 40 * MIB;
	judge();
	assert_int_equal(one("bpf")->holder[0].total_bytes, 40 * MIB);
	expect_words("heron (process 520) has 45 BPF maps, 4 more a second");
}

static void vmalloc_of_others(void **state)
{
	struct kms_holder_facts *facts;
	size_t i;

	(void)state;
	start();
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		obs.moment[i].nodes.record[1].kernel_stack_pages = 1000;
		obs.moment[i].nodes.record[1].vmalloc_pages =
			(const uint64_t[]){ 5000, 8000, 15000 }[i];
	}
	/* Small maps explain nothing. */
	facts = opener(520, "heron", KMS_FILE_BPF_MAP, 5, 45);
	facts->kinds.bpf_bytes = MIB;
	judge();
	one("vmalloc");
	expect_no_words("heron");
}

/* A backup: one finding, benign, with its place and no command. */
static void scan_of_files(void **state)
{
	const struct kms_finding *found;

	(void)state;
	start();
	cache("ext4_inode_cache", 1, 1096, FROM_NONE(9000));
	cache("dentry", 1, 192, FROM_NONE(9000));
	cache("buffer_head", 1, 104, FROM_NONE(20000));
	cache("lsm_inode_cache", 0, 72, FROM_NONE(9000));
	dentry_states(50000, 1000, 59000, 1000);
	judge();
	found = one("file_scan");
	assert_true(found->reclaimable);
	assert_true(found->severity <= KMS_NOTICE);
	expect_no_words("kill");
}

static void negative_lookups(void **state)
{
	(void)state;
	start();
	cache("dentry", 1, 192, FROM_NONE(90000));
	dentry_states(50000, 1000, 140000, 91000);
	judge();
	one("negative_lookups");
}

/* Two caches that one driver fills at one rate are one leak. */
static void leak_in_two_caches(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("kmalloc-2k", 0, 2048, FROM_NONE(9000));
	cache("drv_skb", 0, 256, FROM_NONE(9000));
	trace = trace_add("kmalloc-2k", 990);
	allocator(trace, "context=softirq stack=1", 1000);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=drv_rx+0x1/0x2");
	trace = trace_add("drv_skb", 990);
	allocator(trace, "context=softirq stack=1", 1000);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=drv_rx+0x1/0x2");
	judge();
	assert_int_equal(one("kernel_leak")->nr_parts, 2);
	expect_words("2 caches of unreclaimable objects grow by 2.0 MiB/s, made by [softirq]");
}

static void leaks_of_two(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("kmalloc-2k", 0, 2048, FROM_NONE(9000));
	cache("drv_skb", 0, 256, FROM_NONE(9000));
	trace = trace_add("kmalloc-2k", 990);
	allocator(trace, "context=task name=one uid=0 pid=7", 1000);
	trace = trace_add("drv_skb", 990);
	allocator(trace, "context=task name=two uid=0 pid=8", 1000);
	judge();
	assert_int_equal(verdict.nr_findings, 2);
}

/* 20 objects a second are too few for the floor, but all of one process. */
static void slow_leak(void **state)
{
	struct kms_trace *trace;
	const struct kms_finding *found;

	(void)state;
	start();
	cache("posix_timers_cache", 0, 288, EACH(1000, 1060, 1200));
	trace = trace_add("posix_timers_cache", 990);
	trace->total.nr_allocs = 40;
	trace->total.nr_frees = 0;
	allocator(trace, "context=task name=snipe uid=0 pid=500", 40);
	judge();
	found = one("timers");
	assert_int_equal(found->sure, KMS_POSSIBLE);
	assert_int_equal(found->objects_per_second, 20);
	expect_words("gets 20 objects a second from snipe that stay");
}

/* What comes and goes is no leak, nor is a burst, nor what many do. */
static void no_slow_leak(void **state)
{
	struct kms_trace *trace;

	(void)state;
	start();
	cache("kmalloc-64", 0, 64, EACH(1000, 1060, 1200));
	trace = trace_add("kmalloc-64", 990);
	trace->total.nr_allocs = 40;
	trace->total.nr_frees = 30;
	allocator(trace, "context=task name=snipe uid=0 pid=500", 10);
	cache("kmalloc-96", 0, 96, EACH(1000, 1000, 1200));
	trace = trace_add("kmalloc-96", 990);
	trace->total.nr_allocs = 40;
	trace->total.nr_frees = 0;
	allocator(trace, "context=task name=snipe uid=0 pid=500", 40);
	cache("kmalloc-192", 0, 192, EACH(1000, 1060, 1200));
	trace = trace_add("kmalloc-192", 990);
	trace->total.nr_allocs = 40;
	trace->total.nr_frees = 0;
	allocator(trace, "context=task name=snipe uid=0 pid=500", 20);
	allocator(trace, "context=task name=teal uid=0 pid=501", 20);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

/* A large cache says its age, and who adds to it. */
static void stock_of_a_slow_leak(void **state)
{
	struct kms_trace *trace;

	(void)state;
	memory(4194304, 2000000, 50000, NULL);
	whole_moments();
	obs.moment[KMS_MOMENT_FIRST].boottime_ns = 499990 * SECOND;
	obs.moment[KMS_MOMENT_MIDDLE].boottime_ns = 499993 * SECOND;
	obs.moment[KMS_MOMENT_LAST].boottime_ns = 500000 * SECOND;
	cache("ebitmap_node", 0, 64, EACH(100000000, 100000010, 100000041));
	trace = trace_add("ebitmap_node", 990);
	trace->total.nr_allocs = 9;
	trace->total.nr_frees = 0;
	allocator(trace, "context=task name=sshd uid=0 pid=500", 9);
	judge();
	assert_int_equal(only(KMS_FINDING_STOCK)->nr_allocators, 1);
	expect_words("6.0 GiB since boot 6 days ago is 12.5 KiB/s on average");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sockets_never_closed), TEST(sockets_of_nobody),
		TEST(sockets_beside_a_leak), TEST(spared_holder),
		TEST(queue_nobody_reads), TEST(buffers_in_no_queue),
		TEST(tcp_queue_in_pages), TEST(pages_without_a_queue),
		TEST(eventfds), TEST(open_files), TEST(pipes),
		TEST(pages_beside_pipes), TEST(threads), TEST(zombies),
		TEST(cgroups_never_removed), TEST(no_cgroups),
		TEST(dying_cgroups), TEST(network_namespaces), TEST(watches),
		TEST(timers_and_mappings), TEST(bpf_maps),
		TEST(vmalloc_of_others), TEST(scan_of_files),
		TEST(negative_lookups), TEST(leak_in_two_caches),
		TEST(leaks_of_two), TEST(slow_leak), TEST(no_slow_leak),
		TEST(stock_of_a_slow_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
