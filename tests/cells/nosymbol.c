/* A library that is no cell. */
__attribute__((visibility("default"))) int nosymbol(void);

int nosymbol(void)
{
	return 42;
}
