/* The word that somebody most likely meant. */
#ifndef APP_NEAREST_H
#define APP_NEAREST_H

struct nearest {
	const char *word;  /* as typed; not owned */
	const char *found; /* the best so far, NULL = none is near; not owned */
	int distance;
};

void nearest_begin(struct nearest *nearest, const char *word);

/* Considers one of the words there are. It must live as long as `nearest`. */
void nearest_try(struct nearest *nearest, const char *candidate);

#endif
