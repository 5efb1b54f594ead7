// SPDX-License-Identifier: GPL-2.0-only
/* What the objects of a slab cache are, by its name. */
#include <stddef.h>
#include <string.h>

#include "diagnose/cache_kind.h"
#include "lib/array.h"

/*
 * Inodes of files that the kernel can read again.  Compare whole names:
 * sock_inode_cache and inotify_inode_mark hold no such inodes.
 */
static const char * const file_inodes[] = {
	"afs_inode_cache", "bch2_inode_info", "bcachefs_inode",
	"btrfs_inode", "ceph_inode_info", "cifs_inode_cache",
	"coda_inode_cache", "ecryptfs_inode_cache", "erofs_inode",
	"exfat_inode_cache", "ext2_inode_cache", "ext3_inode_cache",
	"ext4_inode_cache", "f2fs_inode_cache", "fat_inode_cache",
	"fuse_inode", "gfs2_inode", "hfs_inode_cache", "hfsplus_icache",
	"hpfs_inode_cache", "isofs_inode_cache", "jffs2_i", "jfs_ip",
	"minix_inode_cache", "nfs_inode_cache", "nilfs2_inode_cache",
	"ntfs_big_inode_cache", "ntfs_inode_cache", "ocfs2_inode_cache",
	"orangefs_inode_cache", "ovl_inode", "proc_inode_cache",
	"reiser_inode_cache", "romfs_inode_cache", "smb_inode_cache",
	"squashfs_inode_cache", "ubifs_inode_slab", "udf_inode_cache",
	"ufs_inode_cache", "v9fs_inode_cache", "vboxsf_inode_cache",
	"xfs_inode", "zonefs_inode_cache",
};

/* Caches that are not what they claim. */
static const struct {
	const char *name;
	enum kms_cache_kind kind;
	const char *noun;
} known[] = {
	/*
	 * They claim to be reclaimable, but their objects are in use, or go
	 * only with their users.
	 */
	{ "shmem_inode_cache", KMS_CACHE_MEMORY_INODE, "files in tmpfs" },
	{ "hugetlbfs_inode_cache", KMS_CACHE_MEMORY_INODE,
	  "files in hugetlbfs" },
	{ "sock_inode_cache", KMS_CACHE_UNRECLAIMABLE, "sockets" },
	{ "inode_cache", KMS_CACHE_UNRECLAIMABLE,
	  "inodes of pipes, sysfs and the like" },
	{ "mqueue_inode_cache", KMS_CACHE_UNRECLAIMABLE, "message queues" },
	{ "bdev_cache", KMS_CACHE_UNRECLAIMABLE, "block devices" },
	{ "rpc_inode_cache", KMS_CACHE_UNRECLAIMABLE, "RPC pipes" },
	{ "inotify_inode_mark", KMS_CACHE_UNRECLAIMABLE, "inotify watches" },
	{ "dnotify_mark", KMS_CACHE_UNRECLAIMABLE, "dnotify watches" },
	{ "fanotify_mark", KMS_CACHE_UNRECLAIMABLE, "fanotify marks" },

	/*
	 * These objects go with the inode, page or buffer that each belongs
	 * to. They claim nothing, but leak no more than files do.
	 */
	{ "lsm_inode_cache", KMS_CACHE_RECLAIMABLE,
	  "security labels of inodes" },
	{ "selinux_inode_security", KMS_CACHE_RECLAIMABLE,
	  "security labels of inodes" },
	{ "iint_cache", KMS_CACHE_RECLAIMABLE,
	  "integrity records of inodes" },
	{ "ima_iint_cache", KMS_CACHE_RECLAIMABLE,
	  "integrity records of inodes" },
	{ "evm_iint_cache", KMS_CACHE_RECLAIMABLE,
	  "integrity records of inodes" },
	{ "fscrypt_inode_info", KMS_CACHE_RECLAIMABLE,
	  "keys of encrypted inodes" },
	{ "fscrypt_info", KMS_CACHE_RECLAIMABLE,
	  "keys of encrypted inodes" },
	{ "fsverity_info", KMS_CACHE_RECLAIMABLE,
	  "hash trees of inodes" },
	{ "jbd2_journal_head", KMS_CACHE_RECLAIMABLE,
	  "journal heads of buffers" },
};

enum kms_cache_kind kms_cache_kind_of(const char *name, bool reclaimable,
				      const char **noun)
{
	size_t i;

	*noun = NULL;
	if (!strcmp(name, "dentry"))
		return KMS_CACHE_DENTRY;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, known[i].name))
			continue;
		*noun = known[i].noun;
		return known[i].kind;
	}
	*noun = "inodes";
	for (i = 0; i < ARRAY_SIZE(file_inodes); i++)
		if (!strcmp(name, file_inodes[i]))
			return KMS_CACHE_INODE;
	*noun = NULL;
	return reclaimable ? KMS_CACHE_RECLAIMABLE : KMS_CACHE_UNRECLAIMABLE;
}
