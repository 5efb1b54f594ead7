# SPDX-License-Identifier: GPL-2.0-only
#
# kbuild reads Kbuild, not this file: here are the targets for people.
#
#   make            build the module for the running kernel, and the reader
#   make demo       a fresh Debian machine to a diagnosis, in a guest
#   make test       what a newcomer should see pass; make check: the inner loop
#   make matrix     every other test: all kernels, checkers, what tries at random
#   make scenarios  sick and healthy hosts before diagnose; NAMES="a b" for some
#   make soak       fuzzing, failing allocations and races, SOAK=10 times as long
#   make bench      kmemscope beside its peers, in one table of ratios
#   make install    the reader and the module, built by hand
#   make dkms-install	the reader, and the module for this and coming kernels

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
# Where kbuild works: on a copy, so that several kernels do not mix.
O ?= $(CURDIR)/build/$(KVER)

# kbuild changes folders, so a relative one would be another's.
override O := $(abspath $(O))
# A command to put before kbuild's make, to run it in a chroot for one.
KBUILD_WRAP ?=

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
DKMS_SOURCE = $(DESTDIR)/usr/src/kmemscope-$(VERSION)

all: module reader

ifdef KMEMSCOPE_STUB
$(error KMEMSCOPE_STUB is for dkms alone: a stub is no kmemscope)
endif

# One kbuild at a time in each copy: guests may ask for it side by side. Our O
# would reach kbuild, too, and means its own folder there.
define kbuild
	@mkdir -p $(O)
	@[ -e $(KDIR)/Makefile ] || { echo "make: no kernel headers in $(KDIR):" \
		"install linux-headers-$(KVER), or give KDIR=" >&2; exit 1; }
	@cp -ru $(1) $(O)/
	+@flock $(O)/.lock $(KBUILD_WRAP) $(MAKE) -C $(KDIR) O=$(KDIR) M=$(O)$(2) \
		$(KBUILD_FLAGS) modules
endef

module:
	$(call kbuild,Kbuild dkms.conf module)

fixture:
	@mkdir -p $(O)/tests
	@cp -ru tests/fixture $(O)/tests/
	$(call kbuild,dkms.conf,/tests/fixture)

reader:
	@$(MAKE) -C tools BUILD=$(CURDIR)/build/tools

demo:
	@tests/demo

test matrix check soak:
	@tests/run $@

scenarios:
	@tests/deps
	@tests/scenarios/run $(NAMES)

# BENCH=--write keeps the table in tests/bench/RESULTS.md.
bench:
	@tests/bench/run $(BENCH)

# Debian packages that building and testing need.
deps:
	@tests/deps

install: module reader
	install -D -m 0644 $(O)/module/kmemscope.ko \
		$(DESTDIR)/lib/modules/$(KVER)/updates/kmemscope.ko
	$(MAKE) -C tools BUILD=$(CURDIR)/build/tools install
	$(if $(DESTDIR),,depmod $(KVER))

dkms-install: reader
	$(MAKE) -C tools BUILD=$(CURDIR)/build/tools install
	mkdir -p $(DKMS_SOURCE)
	cp -r Kbuild dkms.conf module LICENSE $(DKMS_SOURCE)/
	$(if $(DESTDIR),,dkms install -m kmemscope -v $(VERSION))

clean:
	rm -rf build

.PHONY: all module fixture reader demo test matrix check soak scenarios bench deps install dkms-install clean
