/* A small network whose inputs show what a feed writes, for the tests of feeds. */
#ifndef TESTS_TRAIN_FEED_RIG_H
#define TESTS_TRAIN_FEED_RIG_H
#include "support/make.h"
#include "train/feed.h"

/* Row r of channel c is 100 c + r, so every value says where it came from. */
float rig_numbered(size_t row, int channel);
float rig_numbered_with_gap(size_t row, int channel);

/* The same up to row 9, and something else after it. */
float rig_changed_after_9(size_t row, int channel);

struct rig {
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_cell cell;
	struct alm_network network;
	struct alm_network_work work;
	struct alm_feed feed;
	float scales[2 * ALM_FEED_SCALES * 16];
	int lengths[2];
	struct alm_feed_scale scale; /* of the second row */
};

/* The network that the feed asks for; again, when the feed was changed. */
void rig_open_network(struct rig *rig);
void rig_open_network_again(struct rig *rig);

/* Two channels of 20 rows; also with a mask of what was observed, or with the second channel known ahead. */
void rig_open(struct rig *rig, make_value *value, bool calendar, enum alm_residual residual);
void rig_open_masked(struct rig *rig, make_value *value, bool calendar);
void rig_open_future(struct rig *rig, make_value *value, bool calendar);
void rig_close(struct rig *rig);

float rig_input(const struct rig *rig, int step, int channel);

/* The second of two rows is the sample, the first a later one; the second's steps. */
int rig_load(struct rig *rig, const struct alm_sample *sample);

#endif
