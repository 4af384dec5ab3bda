/* The files that `cell new` writes, from templates/cell/, embedded when Almanac is built. @NAME@ stands for the cell's name. */
#ifndef ALM_RUN_TEMPLATE_H
#define ALM_RUN_TEMPLATE_H

#define ALM_TEMPLATE_MARK "@NAME@"

struct alm_template {
	const char *name; /* of the file; cell.c becomes <name>.c */
	const char *text;
};

extern const struct alm_template alm_templates[]; /* [alm_n_templates] */
extern const int alm_n_templates;

#endif
