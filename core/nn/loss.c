#include "nn/loss.h"
#include <stddef.h>

static const struct alm_loss losses[] = {
#define LOSS(name) {#name, alm_loss_##name},
#include "nn/loss.def"
#undef LOSS
};

const struct alm_loss *alm_loss_at(int place)
{
	int n = (int)(sizeof(losses) / sizeof(losses[0]));
	return place >= 0 && place < n ? &losses[place] : NULL;
}
