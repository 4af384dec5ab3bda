# Almanac. `make help` lists the targets; everything is built under build/, each variant in a folder of its own.
#
#   core/*/*.c    -> libalmanac.a           app/*.c app/out/*.c -> almanac (a thin caller of the library)
#   app/cellcheck/*.c -> almanac-cellcheck  (the process in which `almanac cell check` runs a cell)
#   plugins/*.c   -> cells/<name>.so        schemas/*.sql, templates/cell/* -> embedded into the library
#   plugins/source_postgres.c -> sources/postgresql.so, where libpq is
#   examples/cells/*.c -> example-cells/<name>.so, with the flags of almanac.pc
#   tests/*/test_*.c -> almanac-tests       tests/plain/*.c     -> a program each
#   fuzz/fuzz_*.c -> objects, and a program each with VARIANT=fuzz
#
# One test: make test TEST_ARGS="--filter 'pool/*'". Warnings are errors with CI=1 or WERROR=1; V=1 shows the commands.

VARIANT ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.3.1

ifeq ($(origin CC),default)
CC := gcc
endif
OPTIMISE ?= -O3
ifneq ($(or $(CI),$(WERROR)),)
WERROR_FLAG := -Werror
endif
# Texts are cut to their buffers on purpose, by snprintf: gcc need not warn of it (and clang does not know how).
WARNINGS := -Wall -Wextra -Wno-format-truncation -Wno-unknown-warning-option -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 $(WERROR_FLAG)
HARDEN  := -fstack-protector-strong -D_FORTIFY_SOURCE=2
ifneq ($(V),1)
Q = @printf '  %-6s %s\n' '$(1)' '$@';
endif
LINK    := -Wl,-z,relro,-z,now,-z,noexecstack

# What a variant changes.
ifeq ($(VARIANT),asan)
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN   :=
SANITISE := -fsanitize=address,undefined -fno-sanitize-recover=all
else ifeq ($(VARIANT),tsan)
OPTIMISE := -O1 -g
HARDEN   :=
SANITISE := -fsanitize=thread
else ifeq ($(VARIANT),coverage)
OPTIMISE := -O0 -g
HARDEN   :=
SANITISE := --coverage -fprofile-update=atomic
else ifeq ($(VARIANT),fuzz)
WARNINGS += -Wno-pass-failed # nobody needs the loops vectorised here
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN   :=
SANITISE := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
else ifeq ($(VARIANT),debug)
OPTIMISE := -O1 -g
HARDEN   :=
endif

BUILD   := build/$(VARIANT)
CFLAGS  ?= -g
COMMON  := -std=c11 $(OPTIMISE) -fopenmp-simd -fno-math-errno -fno-trapping-math $(WARNINGS) $(CFLAGS) $(SANITISE) -MMD -MP
CORE    := $(COMMON) $(HARDEN) -D_GNU_SOURCE -fPIE -fvisibility=hidden -Icore -Iplugins \
	-DALM_VERSION='"$(VERSION)"'
CELL    := $(COMMON) -ffp-contract=fast -Iplugins -fPIC -fvisibility=hidden
# What almanac.pc gives to authors of cells. Without -fopenmp-simd and -O3 the loops stay scalar, without -fno-math-errno so do
# those that call sqrtf, and without -fno-trapping-math those that clamp, unless the processor has AVX-512; products and sums are fused
# where the processor can; nothing but the one symbol is seen outside.
# Not -ffast-math: it has not-a-number mean anything, and a library linked with it changes the mode of its whole process.
AUTHOR  := -O3 -fPIC -fvisibility=hidden -fopenmp-simd -ffp-contract=fast -fno-math-errno -fno-trapping-math
EXAMPLE := $(AUTHOR) -std=c11 -Iplugins $(OPTIMISE) -Wall -Wextra $(WERROR_FLAG) $(CFLAGS) $(SANITISE) -MMD -MP
LIBS    := -lsqlite3 -lcsv -ljansson -lz -lzstd -lnettle -lpthread -ldl -lm

# The matrix kernel, once for every instruction set of the family; which one runs is chosen at start.
ifneq ($(filter x86_64 amd64,$(shell $(CC) -dumpmachine | cut -d- -f1)),)
ISAS := base avx2 avx512
ARCHES := x86-64 x86-64-v3 x86-64-v4
else
ISAS := base
ARCHES := native
CORE += -DALM_ONLY_BASE
endif
ISA_base   :=
ISA_avx2   := -mavx2 -mfma
ISA_avx512 := -mavx512f -mavx512vl -mavx512dq -mavx512bw -mfma -mprefer-vector-width=512

KERNELS  := $(wildcard core/linalg/*_kernel.c)
CORE_SRC := $(filter-out $(KERNELS),$(wildcard core/*/*.c))
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o) $(foreach isa,$(ISAS),$(KERNELS:%.c=$(BUILD)/%.$(isa).o)) $(BUILD)/gen/schemas.o \
	$(BUILD)/gen/templates.o
APP_SRC  := $(wildcard app/*.c app/out/*.c)
APP_OBJ  := $(APP_SRC:%.c=$(BUILD)/%.o)
HELPER_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard app/cellcheck/*.c))
CELL_SRC := $(filter-out plugins/source_%.c,$(wildcard plugins/*.c))
CELLS    := $(CELL_SRC:plugins/%.c=$(BUILD)/cells/%.so)
# Sources of other databases, each where its library is.
SOURCES  := $(if $(shell pkg-config --exists libpq 2> /dev/null && echo yes),$(BUILD)/sources/postgresql.so)
EXAMPLE_CELLS := $(patsubst examples/cells/%.c,$(BUILD)/example-cells/%.so,$(wildcard examples/cells/*.c))
# Contracts that were released: a cell is made for each, and what lies where in each is compared with the header of today.
CONTRACTS := $(patsubst tests/abi/%/almanac_cell.h,%,$(wildcard tests/abi/*/almanac_cell.h))
TEST_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/plain/% tests/cells/% tests/torture/% tests/differential/% tests/preload/% tests/abi/cell.c tests/abi/fields.c, \
	$(wildcard tests/*/*.c))) $(patsubst %,$(BUILD)/tests/abi/fields_%.o,$(CONTRACTS) now)
TEST_CELLS := $(patsubst tests/cells/%.c,$(BUILD)/test-cells/%.so,$(wildcard tests/cells/*.c)) \
	$(CONTRACTS:%=$(BUILD)/test-cells/contract%.so)
PLAIN    := $(patsubst tests/plain/%.c,$(BUILD)/plain/%,$(wildcard tests/plain/*.c))
BENCH_PARTS := $(patsubst bench/%.h,$(BUILD)/bench/%.o,$(wildcard bench/*.h))
BENCH    := $(filter-out $(BENCH_PARTS:.o=),$(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c)))
FUZZ_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard fuzz/*.c))
FUZZERS  := $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/fuzz_*.c))
HEADERS  := $(wildcard core/*/*.h app/*.h app/out/*.h plugins/*.h)
FORMATTED := $(wildcard core/*/*.[ch] app/*.[ch] app/*/*.[ch] plugins/*.[ch] tests/*/*.[ch] bench/*.[ch] fuzz/*.[ch] \
	examples/cells/*.c templates/cell/*.c)

LIBRARY := $(BUILD)/libalmanac.a
PROGRAM := $(BUILD)/almanac
HELPER  := $(BUILD)/almanac-cellcheck
TESTS   := $(BUILD)/almanac-tests
TORTURED := $(BUILD)/almanac-torture
READER   := $(BUILD)/almanac-reader
PRELOADS := $(patsubst tests/preload/%.c,$(BUILD)/preload/%.so,$(wildcard tests/preload/*.c))

# A process that is shut off can neither be instrumented nor load a cell that is: where everything else is, the process
# that runs cells and the cells it is given are those of the release.
PLAIN_BUILD := $(if $(SANITISE),build/release,$(BUILD))

# What the tests need to know; they write nowhere but in the temporary folder.
ENVIRON = ALMANAC_PROGRAM=$(CURDIR)/$(PROGRAM) ALMANAC_CELL_PATH=$(CURDIR)/$(BUILD)/cells \
	ALMANAC_TEST_CELLS=$(CURDIR)/$(BUILD)/test-cells \
	ALMANAC_EXAMPLE_CELLS=$(CURDIR)/$(BUILD)/example-cells PKG_CONFIG_PATH=$(CURDIR)/$(BUILD)/pkgconfig \
	ALMANAC_PLAIN_CELLS=$(CURDIR)/$(PLAIN_BUILD)/cells ALMANAC_SOURCE_DIR=$(CURDIR)

# A leak is found when a test's process is over and has been counted as passed: findings go to files, which must stay
# empty.
FINDINGS = $(CURDIR)/$(BUILD)/finding
ifeq ($(VARIANT),asan)
ENVIRON += ASAN_OPTIONS=log_path=$(FINDINGS) UBSAN_OPTIONS=log_path=$(FINDINGS):print_stacktrace=1
endif

.PHONY: all test check check-cells asan valgrind tsan coverage bench lint format-check tidy cppcheck layering check-headers check-vectors \
	longest fmt demo install uninstall clean help tests-built check-exports FORCE
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules # one of them would link a program out of every foo.d.o

all: $(PROGRAM) $(HELPER) $(CELLS) $(SOURCES) $(BUILD)/pkgconfig/almanac.pc ## the program and its cells (default)

# ---------------------------------------------------------------- building

# Files that change when what they say does, so that objects are made anew. Where cells are installed concerns only one.
$(BUILD)/flags: export SAYS = $(CC) $(filter-out -Werror,$(CORE) $(CELL) $(EXAMPLE))
$(BUILD)/prefix: export SAYS = $(PREFIX)
$(BUILD)/flags $(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$SAYS" | cmp -s - $@ || printf '%s\n' "$$SAYS" > $@

$(CORE_OBJ) $(APP_OBJ) $(HELPER_OBJ) $(TEST_OBJ) $(PRELOADS) $(READER) $(CELLS) $(SOURCES) $(TEST_CELLS) $(EXAMPLE_CELLS) $(PLAIN) $(BENCH_PARTS) \
	$(BENCH) $(FUZZ_OBJ): $(BUILD)/flags
$(BUILD)/core/cell/search.o: $(BUILD)/prefix
$(BUILD)/core/cell/search.o: private CORE += -DALM_CELLS_DIR='"$(PREFIX)/lib/almanac/cells"'

define KERNEL_RULE
$(BUILD)/core/linalg/%_kernel.$(1).o: core/linalg/%_kernel.c
	@mkdir -p $$(@D)
	$$(call Q,CC)$$(CC) $$(CORE) $(ISA_$(1)) -ffp-contract=fast -DALM_ISA=$(1) -c $$< -o $$@
endef
$(foreach isa,$(ISAS),$(eval $(call KERNEL_RULE,$(isa))))

$(BUILD)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CORE) -c $< -o $@

$(BUILD)/app/%.o: app/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CORE) -Iapp -c $< -o $@

$(BUILD)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CORE) -Itests -c $< -o $@

$(BUILD)/gen/schemas.c: schemas/embed.sh $(wildcard schemas/*.sql)
	@mkdir -p $(@D)
	$(call Q,EMBED)sh schemas/embed.sh schemas/*.sql > $@

TEMPLATES := $(addprefix templates/cell/,cell.c Makefile README.md)
$(BUILD)/gen/templates.c: templates/embed.sh $(TEMPLATES)
	@mkdir -p $(@D)
	$(call Q,EMBED)sh templates/embed.sh $(TEMPLATES) > $@

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(call Q,CC)$(CC) $(CORE) -c $< -o $@

# pkg-config's file: for cells made against this tree as it is built, and as it will be installed.
PC = $(call Q,EMBED)sed -e 's|@PREFIX@|$(1)|' -e 's|@INCLUDE@|$(2)|' -e 's|@PROGRAM@|$(3)|' -e 's|@CELLS@|$(4)|' \
	-e 's|@ABI@|$(shell awk '/define ALMANAC_CELL_ABI/ {print $$3}' plugins/almanac_cell.h)|' \
	-e 's|@VERSION@|$(VERSION)|' -e 's|@FLAGS@|$(AUTHOR)|' plugins/almanac.pc.in > $@
$(BUILD)/pkgconfig/almanac.pc: plugins/almanac.pc.in plugins/almanac_cell.h Makefile
	@mkdir -p $(@D)
	$(call PC,$(CURDIR)/$(BUILD),$(CURDIR)/plugins,$${prefix}/almanac,$${prefix}/cells)
$(BUILD)/gen/almanac.pc: plugins/almanac.pc.in plugins/almanac_cell.h Makefile
	@mkdir -p $(@D)
	$(call PC,$${pcfiledir}/../..,$${prefix}/include,$${prefix}/bin/almanac,$${prefix}/lib/almanac/cells)

$(LIBRARY): $(CORE_OBJ)
	@rm -f $@
	$(call Q,AR)$(AR) rcs $@ $^

# An executable exports nothing; cells get all they need through the contract.
$(PROGRAM): $(APP_OBJ) $(LIBRARY)
	$(call Q,LINK)$(CC) $(SANITISE) -pie $(LINK) $(LDFLAGS) $^ $(LIBS) -o $@

# It alone is linked with the library that makes system call filters; what it does not use is not loaded.
ifeq ($(PLAIN_BUILD),$(BUILD))
$(HELPER): $(HELPER_OBJ) $(LIBRARY)
	$(call Q,LINK)$(CC) -pie $(LINK) $(LDFLAGS) $^ -Wl,--as-needed -lseccomp $(LIBS) -o $@
else
$(HELPER): FORCE
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory VARIANT=release all
	@ln -sf ../release/$(@F) $@
endif

$(BUILD)/cells/%.so: plugins/%.c
	@mkdir -p $(@D)
	$(call Q,CELL)$(CC) $(CELL) -MF $(BUILD)/cells/$*.d -shared $(LINK) -Wl,-z,defs $< -lm -o $@

$(BUILD)/sources/postgresql.so: plugins/source_postgres.c
	@mkdir -p $(@D)
	$(call Q,SOURCE)$(CC) $(COMMON) $(HARDEN) -D_GNU_SOURCE -Iplugins -fPIC -fvisibility=hidden $(shell pkg-config --cflags libpq) \
		-MF $(BUILD)/sources/postgresql.d -shared $(LINK) $(LDFLAGS) $< $(shell pkg-config --libs libpq) -o $@

$(BUILD)/test-cells/%.so: tests/cells/%.c
	@mkdir -p $(@D)
	$(call Q,CELL)$(CC) $(CELL) -MF $(BUILD)/test-cells/$*.d -shared $(LINK) $< -lm -o $@

$(BUILD)/test-cells/contract%.so: tests/abi/cell.c tests/abi/%/almanac_cell.h
	@mkdir -p $(@D)
	$(call Q,CELL)$(CC) -Itests/abi/$* -DCELL_NAME='"contract$*"' $(CELL) -MF $(BUILD)/test-cells/contract$*.d \
		-shared $(LINK) $< -lm -o $@

$(BUILD)/tests/abi/fields_now.o: private CORE += -DABI=$(lastword $(sort $(CONTRACTS)))
$(BUILD)/tests/abi/fields_%.o: tests/abi/fields.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) -Itests/abi/$* $(CORE) $(if $(filter-out now,$*),-DABI=$*) -DABI_NAME=$* -Itests -c $< -o $@

$(BUILD)/example-cells/%.so: examples/cells/%.c
	@mkdir -p $(@D)
	$(call Q,CELL)$(CC) $(EXAMPLE) -MF $(BUILD)/example-cells/$*.d -shared $(LINK) -Wl,-z,defs $< -lm -o $@

# The whole library is linked, so that a test also shows that it needs nothing of the app.
$(TESTS): $(TEST_OBJ) $(LIBRARY)
	$(call Q,LINK)$(CC) $(SANITISE) -pie $(TEST_OBJ) -Wl,--whole-archive $(LIBRARY) -Wl,--no-whole-archive $(LIBS) \
		-lseccomp -lcriterion -o $@

# The program with a disk and an allocator that fail when they are told to: for tests/torture only.
STARVED := malloc calloc realloc posix_memalign aligned_alloc strdup
$(TORTURED): $(APP_OBJ) $(BUILD)/tests/torture/shim.o $(BUILD)/tests/torture/starve.o $(LIBRARY)
	$(call Q,LINK)$(CC) $(SANITISE) -pie $(LINK) $(LDFLAGS) $(STARVED:%=-Wl,--wrap=%) $^ $(LIBS) -o $@

# The parsers alone, to be compared with others: for tests/differential only.
$(READER): tests/differential/reader.c $(LIBRARY)
	$(call Q,LINK)$(CC) $(CORE) -MF $@.d -MT $@ -pie $< $(LIBRARY) $(LIBS) -o $@

$(BUILD)/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) -std=c11 -O2 $(WARNINGS) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -MMD -MP -MF $(BUILD)/preload/$*.d $< -ldl -o $@

$(BUILD)/plain/%: tests/plain/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call Q,LINK)$(CC) $(CORE) -Itests -MF $@.d -MT $@ -pie $< $(LIBRARY) $(LIBS) -o $@

# Compiled in every build, so that they do not rot; linked with libFuzzer where VARIANT=fuzz.
$(BUILD)/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CORE) -c $< -o $@

$(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $(BUILD)/fuzz/input.o $(LIBRARY)
	$(call Q,LINK)$(CC) $(SANITISE) -fsanitize=fuzzer -pie $^ $(LIBS) -o $@

# What several benches share has a header; every other file of bench/ is a program.
$(BUILD)/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CORE) -c $< -o $@

$(BUILD)/bench/parts.a: $(BENCH_PARTS)
	@rm -f $@
	$(call Q,AR)$(AR) rcs $@ $^

# OpenBLAS is linked as a peer to measure against, and only here, by those that call it.
$(BUILD)/bench/%: bench/%.c $(BUILD)/bench/parts.a $(LIBRARY)
	@mkdir -p $(@D)
	$(call Q,LINK)$(CC) $(CORE) -MF $@.d -MT $@ -pie $< $(BUILD)/bench/parts.a $(LIBRARY) $(LIBS) \
		-Wl,--as-needed -lopenblas -o $@

# ---------------------------------------------------------------- testing

tests-built: all $(TESTS) $(TORTURED) $(READER) $(PRELOADS) $(TEST_CELLS) $(EXAMPLE_CELLS) $(PLAIN) $(FUZZ_OBJ)

test: tests-built check-exports ## every test
	@rm -f $(FINDINGS).*
	@for program in $(PLAIN); do echo "$$program"; $(ENVIRON) $$program || exit 1; done
	@$(if $(TEST_ARGS),true,$(COMPARING))
	@$(ENVIRON) $(TESTS) $(TEST_ARGS) || { cat $(FINDINGS).* 2> /dev/null; exit 1; }
	@$(if $(TEST_ARGS),true,$(TORTURING) --build $(BUILD))
	@! cat $(FINDINGS).* 2> /dev/null

# The parsers beside Python's csv and the C library's strtod.
COMPARING = PYTHONDONTWRITEBYTECODE=1 $(ENVIRON) python3 tests/differential/differential.py $(READER)
.PHONY: differential
differential: tests-built ## a million documents and ten million numbers beside independent parsers (three minutes)
	@$(COMPARING) --documents 1000000 --numbers 10000000 --corpus fuzz/corpus/fuzz_csv

# Harnesses that damage, kill and starve the program, and two checkers that look at what is left: docs/reliability.md.
TORTURING = PYTHONDONTWRITEBYTECODE=1 $(ENVIRON) python3 tests/torture/run.py $(if $(SANITISE),--sanitised)
.PHONY: torture torture-nightly
torture: tests-built ## every harness of reliability (an hour); TORTURE_ARGS=cron: only that
	@$(TORTURING) --build $(BUILD) --full $(TORTURE_ARGS)

torture-nightly: tests-built ## the same with twenty thousand kills (a night)
	@$(TORTURING) --build $(BUILD) --nightly $(TORTURE_ARGS)

check-exports: $(CELLS) $(EXAMPLE_CELLS)
	@for cell in $^; do \
		symbols=$$(nm -D --defined-only $$cell | awk '$$NF !~ /^__gcov|^mangle_path$$/ {printf "%s ", $$NF}'); \
		[ "$$symbols" = 'almanac_cell_v1 ' ] \
			|| { echo "$$cell must export almanac_cell_v1 and nothing else"; exit 1; }; done

check-cells: all $(EXAMPLE_CELLS) ## every good cell with fifty seeds of the checks: no false alarm (fifteen seconds)
	@printf '%s\n' $(CELLS) $(EXAMPLE_CELLS) | $(ENVIRON) xargs -P 2 -I @ sh -c \
		'report=$$($(PROGRAM) cell check @ --seeds 50) && echo "@: $$(echo "$$report" | tail -1)" \
			|| { echo "$$report"; exit 1; }'

check: test lint ## tests and lint

asan: ## every test under AddressSanitizer and UndefinedBehaviorSanitizer
	$(MAKE) VARIANT=asan test

# One that finds nothing is as good as its corpus: what it came upon stays in build/fuzz/corpus, and is begun with again.
FUZZ_SECONDS ?= 300
fuzz: ## each fuzzer for FUZZ_SECONDS, 300 by default (clang)
	$(MAKE) CC=clang VARIANT=fuzz run-fuzz

fuzz-quick: ## each fuzzer for ten seconds
	$(MAKE) CC=clang VARIANT=fuzz FUZZ_SECONDS=10 run-fuzz

.PHONY: fuzz fuzz-quick run-fuzz
run-fuzz: $(FUZZERS)
	@printf '%s\n' $(notdir $(FUZZERS)) | xargs -P 2 -I @ sh -c ' \
		mkdir -p $(BUILD)/corpus/@ && \
		$(BUILD)/fuzz/@ -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
			-artifact_prefix=$(BUILD)/@- $(BUILD)/corpus/@ fuzz/corpus/@ > $(BUILD)/@.txt 2>&1 \
		&& echo "@: $$(sed -n "s/^stat::number_of_executed_units: *//p" $(BUILD)/@.txt) inputs, no finding" \
		|| { tail -40 $(BUILD)/@.txt; exit 255; }'

tsan: ## the threaded programs under ThreadSanitizer
	$(MAKE) VARIANT=tsan run-tsan

.PHONY: run-tsan
run-tsan: $(CELLS) $(filter $(BUILD)/plain/tsan_%,$(PLAIN))
	@for program in $(filter $(BUILD)/plain/tsan_%,$(PLAIN)); do \
		echo "$$program"; $(ENVIRON) $$program || exit 1; done

# Left out: a program without rights cannot write its findings, one without standard output gets valgrind's own file
# there, Ctrl-C after a fifth of a second comes before valgrind has begun, a copied program is no longer found beside
# what valgrind runs, a filter of system calls knows nothing of valgrind's, and the kernel is asked about guards in a way
# that valgrind takes for a mistake. All of these run under `make asan`. The process that runs cells is not looked into:
# its sandbox would be in the way.
NOT_VALGRIND := a_database_that_may_only_be_read|a_closed_standard_output_*|control_c_ends_an_ingest_*|control_c_on_*|a_user_without_rights_*|a_file_that_may_not_be_read_*|a_folder_that_cannot_be_written_*|no_cell_is_run_where_*|a_cell_does_not_outlive_*|nothing_can_be_touched_*|a_buffer_of_nothing_*|an_input_can_be_read_*
valgrind: ## every test under valgrind (half an hour)
	$(MAKE) VARIANT=debug tests-built
	$(MAKE) VARIANT=debug run-valgrind

.PHONY: run-valgrind
run-valgrind:
	@rm -f $(FINDINGS).*
	@$(ENVIRON) valgrind --quiet --suppressions=$(CURDIR)/tests/valgrind.supp --trace-children=yes --trace-children-skip='*/sh,*/bash,*/almanac-cellcheck,*/postgresql/*' --leak-check=full \
		--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect --error-exitcode=99 \
		--log-file=$(FINDINGS).%p $(TESTS) --timeout 600 --filter '*/!($(NOT_VALGRIND))' $(TEST_ARGS)
	@! cat $(FINDINGS).* | grep .

# Here the program runs without rights, or on a disk that is full: it cannot write its counts.
NOT_COUNTED := a_database_that_may_only_be_read|a_user_without_rights_*|a_file_that_may_not_be_read_*|a_folder_that_cannot_be_written_*|on_a_full_disk_leaves_no_folder
# What runs in the process of a cell cannot write counts either; all that it does is seen by the tests of cell check.
UNCOUNTED_FILES := core/check/(child|sandbox|trap|registers)\.[ch]
coverage: ## line coverage of core/; fails under 90 %
	find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	$(MAKE) VARIANT=coverage test TEST_ARGS="--filter '*/!($(NOT_COUNTED))'"
	gcovr --root . --filter core/ --exclude '$(UNCOUNTED_FILES)' --object-directory build/coverage --exclude-throw-branches \
		--fail-under-line 90 --txt build/coverage/coverage.txt --print-summary

# ---------------------------------------------------------------- what reads the source

lint: format-check tidy cppcheck layering check-headers check-vectors longest ## everything that reads the source

format-check:
	@clang-format --dry-run --Werror $(FORMATTED)

fmt: ## format the source
	@clang-format -i $(FORMATTED)

# One file a process: clang-tidy 14 carries the state of va_list from one file to the next. Flags: compile_flags.txt
tidy:
	@printf '%s\n' $(CORE_SRC) $(KERNELS) $(APP_SRC) $(wildcard app/cellcheck/*.c plugins/*.c examples/cells/*.c) | \
		xargs -P 2 -n 1 clang-tidy --quiet --warnings-as-errors='*' 2>/dev/null

cppcheck:
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem -j 2 -Icore -Iplugins -Iapp -D_GNU_SOURCE -DALM_ISA=base \
		'-DALM_VERSION="0"' '-DALM_CELLS_DIR="/"' core app plugins examples/cells

# What a cell may include besides the contract: headers of C that need no system.
CELL_MAY := float\|limits\|math\|stdbool\|stddef\|stdint\|string
layering: ## includes go one way
	awk -f layering.awk core/LAYERS $(wildcard core/*/*.[ch])
	@! grep -n '#include' $(CELL_SRC) plugins/*.h examples/cells/*.c | grep -v '"almanac_[a-z]*\.h"\|<\($(CELL_MAY)\)\.h>'

check-headers: ## each header compiles alone; the contract in C++ too
	@for header in $(HEADERS); do \
		$(CC) -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fopenmp-simd -fsyntax-only -Icore -Iplugins -Iapp \
			-include $$header -x c /dev/null || exit 1; done
	@if command -v $(CXX) > /dev/null; then for header in $(wildcard plugins/*.h); do \
		$(CXX) -std=c++17 -Wall -Wextra -Werror -fopenmp-simd -fsyntax-only -Iplugins -include $$header -x c++ /dev/null \
			|| exit 1; done; fi

# A loop that should be vector code is, for every processor that it is compiled for: one that stays scalar gives the same
# numbers several times slower, and only on some machines. gcc says it; clang warns by itself.
VECTORS = $(shell grep -l 'omp simd' core/*/*.c plugins/*.c examples/cells/*.c)
check-vectors: ## loops that should be vector code are, on each kind of processor
	@for source in $(VECTORS); do for isa in $(ARCHES); do \
		gcc $(filter-out -MMD -MP,$(CELL)) -Icore -D_GNU_SOURCE -DALMANAC_ONE_TARGET -march=$$isa -S -o /dev/null \
			-fopt-info-vec-optimized $$source 2>&1 | awk -v isa=$$isa -f vectors.awk $$source || bad=1; done; done; [ -z "$$bad" ]

# For the eye. A function's body begins and ends with a brace in the first column.
SHOWN := $(wildcard core/*/*.[ch] app/*.[ch] app/*/*.[ch] plugins/*.[ch])
longest: ## the ten longest files and functions
	@wc -l $(SHOWN) | sort -rn | sed -n 2,11p
	@awk 'FNR == 1 {from = 0} /^\{/ {from = FNR; head = last} /^[A-Za-z]/ {last = $$0} \
		/^\}$$/ && from {print FNR - from - 1, FILENAME ": " head; from = 0}' $(SHOWN) | sort -rn | head -10 | cut -c1-110

# ---------------------------------------------------------------- using

demo: all ## the whole way, from CSV to forecast, on a real power grid's load
	@PATH=$(CURDIR)/$(BUILD):$$PATH sh examples/demo.sh $(CURDIR)/$(BUILD)/demo.db

BENCHING = $(ENVIRON) BENCH_DIR=$(CURDIR)/$(BUILD)/bench PYTHONDONTWRITEBYTECODE=1
.PHONY: bench-quick bench-sweep
bench: all $(BENCH) ## the figures of the README, beside their peers (ten minutes)
	@$(BENCHING) sh bench/run

bench-quick: all $(BENCH) ## the same, timed so briefly that it only shows that all works
	@$(BENCHING) BENCH=quick sh bench/run

bench-sweep: all $(BENCH) ## training step over a grid of shapes; draws docs/cost.svg (a quarter of an hour)
	@$(BENCHING) sh bench/sweep

install: all $(BUILD)/gen/almanac.pc ## PREFIX=/usr/local, DESTDIR for packages
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/almanac/cells $(DESTDIR)$(PREFIX)/lib/pkgconfig \
		$(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/doc/almanac
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/almanac
	install -m 755 $(HELPER) $(DESTDIR)$(PREFIX)/lib/almanac
	install -m 644 $(CELLS) $(DESTDIR)$(PREFIX)/lib/almanac/cells
	$(if $(SOURCES),install -d $(DESTDIR)$(PREFIX)/lib/almanac/sources)
	$(if $(SOURCES),install -m 644 $(SOURCES) $(DESTDIR)$(PREFIX)/lib/almanac/sources)
	install -m 644 plugins/almanac_cell.h plugins/almanac_math.h plugins/almanac_source.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(BUILD)/gen/almanac.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 docs/almanac.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 README.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/almanac

uninstall: ## removes what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/almanac $(DESTDIR)$(PREFIX)/share/man/man1/almanac.1 \
		$(DESTDIR)$(PREFIX)/lib/almanac/almanac-cellcheck $(DESTDIR)$(PREFIX)/lib/pkgconfig/almanac.pc \
		$(DESTDIR)$(PREFIX)/include/almanac_cell.h $(DESTDIR)$(PREFIX)/include/almanac_math.h \
		$(DESTDIR)$(PREFIX)/include/almanac_source.h $(DESTDIR)$(PREFIX)/lib/almanac/sources/postgresql.so \
		$(CELL_SRC:plugins/%.c=$(DESTDIR)$(PREFIX)/lib/almanac/cells/%.so)
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/almanac
	@cd $(DESTDIR)$(PREFIX)/lib 2> /dev/null && rmdir --ignore-fail-on-non-empty almanac/sources 2> /dev/null || true
	@cd $(DESTDIR)$(PREFIX)/lib 2> /dev/null && rmdir --ignore-fail-on-non-empty -p almanac/cells || true
	@cd $(DESTDIR)$(PREFIX)/lib 2> /dev/null && rmdir --ignore-fail-on-non-empty pkgconfig || true

clean: ## removes build/
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile

-include $(shell find build/$(VARIANT) -name '*.d' 2>/dev/null)
