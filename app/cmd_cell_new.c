#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "options.h"
#include "out/text.h"
#include "run/cell_new.h"

static const struct verb verb = {.name = "cell new",
	.args_doc = "NAME [FOLDER]",
	.doc = "Writes a cell of your own that works as it is: NAME.c, a Makefile and a README.md, into "
	       "FOLDER, which is "
	       "made when it is not there.\v"
	       "FOLDER is called NAME unless it is given. Files that are there already are never "
	       "overwritten.\n\n"
	       "  almanac cell new mine\n"
	       "  almanac cell new mine ~/cells/mine",
	.least = 1,
	.most = 2};

/* A word as a shell takes it: in quotes unless it needs none. */
static void put_word(FILE *to, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-";
	bool quotes = strspn(word, plain) != strlen(word);
	if (quotes)
		fputc('\'', to);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){*word, 0}, to);
	if (quotes)
		fputc('\'', to);
}

/* The caller frees; NULL when there is no memory. A folder beginning with - would be an option to make. */
static char *make_command(const char *folder, const char *target)
{
	char *command = NULL;
	size_t length = 0;
	FILE *to = open_memstream(&command, &length);
	if (!to)
		return NULL;
	fputs("make -C ", to);
	fputs(*folder == '-' ? "./" : "", to);
	put_word(to, folder);
	fprintf(to, " %s", target);
	if (fclose(to) == 0)
		return command;
	free(command);
	return NULL;
}

static char *train_command(const char *cell)
{
	char *command;
	return asprintf(&command, "almanac train MODEL --dataset DATASET --cell %s", cell) < 0 ? NULL
											       : command;
}

static enum alm_status print_json(const char *name, const struct alm_cell_new_result *made,
	char *const commands[3], struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "cell", name);
	alm_json_text(json, "folder", made->folder);
	alm_json_array(json, "files");
	for (int i = 0; i < made->n_files; i++)
		alm_json_text(json, NULL, made->files[i]);
	alm_json_close(json);
	alm_json_array(json, "next");
	for (int i = 0; i < 3; i++)
		alm_json_text(json, NULL, commands[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

static void print_line(const char *name, const char *text)
{
	char *shown = text_escaped(text);
	printf("%-9s %s\n", name, shown ? shown : "?");
	free(shown);
}

static void print_made(const struct alm_cell_new_result *made, char *const commands[3])
{
	char text[PATH_MAX + 64 * ALM_CELL_FILES_MAX];
	int n = snprintf(text, sizeof text, "%s:", made->folder);
	for (int i = 0; i < made->n_files; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s %s", i ? "," : "", made->files[i]);
	print_line("wrote", text);
	print_line("check it", commands[0]);
	print_line("install", commands[1]);
	print_line("train", commands[2]);
}

static enum alm_status report(
	const struct options *options, const struct alm_cell_new_result *made, struct alm_error *err)
{
	const char *name = options->args[0];
	char *const commands[3] = {make_command(made->folder, "check"), make_command(made->folder, "install"),
		train_command(name)};
	enum alm_status status = ALM_OK;
	if (!commands[0] || !commands[1] || !commands[2])
		status = alm_fail_memory(err, PATH_MAX);
	else if (options->json)
		status = print_json(name, made, commands, err);
	else if (options_prints(options))
		print_made(made, commands);
	for (int i = 0; i < 3; i++)
		free(commands[i]);
	return status;
}

enum alm_status cell_new(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct options options = {0};
	struct alm_cell_new_result made;
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status != ALM_OK || options.answered)
		goto done;
	struct alm_cell_new_request request = {.name = options.args[0], .folder = options.args[1]};
	status = alm_run_cell_new(&request, &made, err);
	if (status == ALM_OK)
		status = report(&options, &made, err);
done:
	options_release(&options);
	return status;
}
