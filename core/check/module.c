#include "check/module.h"
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

/* What is handed through dl_iterate_phdr, which goes through all libraries. */
struct search {
	const void *inside;
	int (*found)(const struct dl_phdr_info *library, void *to);
	void *to;
};

static bool contains(const struct dl_phdr_info *library, const void *address)
{
	for (int i = 0; i < library->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &library->dlpi_phdr[i];
		uintptr_t begin = library->dlpi_addr + header->p_vaddr, at = (uintptr_t)address;
		if (header->p_type == PT_LOAD && at >= begin && at - begin < header->p_memsz)
			return true;
	}
	return false;
}

static int look(struct dl_phdr_info *library, size_t size, void *to)
{
	const struct search *search = to;
	(void)size;
	return contains(library, search->inside) ? search->found(library, search->to) : 0;
}

/*
 * Byte by byte and unseen by AddressSanitizer, whose marks lie between the variables of a library that is built with it.
 */
__attribute__((no_sanitize_address)) static void copy(char *to, const char *from, size_t n_bytes)
{
	for (size_t byte = 0; byte < n_bytes; byte++)
		to[byte] = from[byte];
}

__attribute__((no_sanitize_address)) static size_t count_changed(
	const char *now, const char *before, size_t n_bytes)
{
	size_t n = 0;
	for (size_t byte = 0; byte < n_bytes; byte++)
		n += now[byte] != before[byte];
	return n;
}

/* A copy of n_bytes, of which those after the first n_from are zero. False when there is no memory. */
static bool add_part(
	struct alm_module *module, const char *at, const char *from, size_t n_from, size_t n_bytes)
{
	if (module->n_parts == ALM_MODULE_PARTS)
		return false;
	char *before = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (before == MAP_FAILED)
		return false;
	copy(before, from, n_from);
	module->parts[module->n_parts++] =
		(struct alm_module_part){.at = at, .before = before, .n_bytes = n_bytes};
	return true;
}

/* A thread's variables begin as the image in the file, unless a constructor has touched them already. */
static bool add_thread(
	struct alm_module *module, const struct dl_phdr_info *library, const ElfW(Phdr) * header)
{
	const char *now = library->dlpi_tls_data;
	const char *image = (const char *)(library->dlpi_addr + header->p_vaddr);
	return add_part(
		module, NULL, now ? now : image, now ? header->p_memsz : header->p_filesz, header->p_memsz);
}

static int save(const struct dl_phdr_info *library, void *to)
{
	struct alm_module *module = to;
	bool done = true;
	for (int i = 0; i < library->dlpi_phnum && done; i++) {
		const ElfW(Phdr) *header = &library->dlpi_phdr[i];
		const char *at = (const char *)(library->dlpi_addr + header->p_vaddr);
		if (header->p_memsz == 0)
			continue;
		if (header->p_type == PT_LOAD && (header->p_flags & PF_W))
			done = add_part(module, at, at, header->p_memsz, header->p_memsz);
		else if (header->p_type == PT_TLS)
			done = add_thread(module, library, header);
	}
	return done ? 1 : -1;
}

enum alm_status alm_module_save(struct alm_module *module, const void *inside, struct alm_error *err)
{
	*module = (struct alm_module){.inside = inside};
	struct search search = {inside, save, module};
	if (dl_iterate_phdr(look, &search) < 0)
		return alm_fail(err, ALM_NO_MEMORY, "its variables are too large to be copied");
	return ALM_OK;
}

void alm_module_release(struct alm_module *module)
{
	for (int i = 0; i < module->n_parts; i++)
		munmap(module->parts[i].before, module->parts[i].n_bytes);
	*module = (struct alm_module){0};
}

static int find_thread(const struct dl_phdr_info *library, void *to)
{
	*(const char **)to = library->dlpi_tls_data;
	return 1;
}

size_t alm_module_changed(const struct alm_module *module)
{
	size_t n = 0;
	const char *thread = NULL;
	struct search search = {module->inside, find_thread, &thread};
	dl_iterate_phdr(look, &search);
	for (int i = 0; i < module->n_parts; i++) {
		const struct alm_module_part *part = &module->parts[i];
		const char *at = part->at ? part->at : thread;
		if (at)
			n += count_changed(at, part->before, part->n_bytes);
	}
	return n;
}
