"""How many times faster than PyTorch's a training step is, each at its best number of threads, over a grid of shapes:
where it is least is worth knowing. Ratios are medians of those of two rounds, which that of the medians beside them need not
be. bench/sweep names the options."""
import argparse

import peers


def counts(words):
    return [int(word) for word in words.split(",")]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cell", default="lstm", choices=peers.CELLS)
    parser.add_argument("--units", type=counts, default=[8, 16, 32, 64, 128, 256])
    parser.add_argument("--batch", type=counts, default=[16, 64, 128, 512])
    parser.add_argument("--steps", type=counts, default=[12, 96, 720])
    parser.add_argument("--most", type=float, default=200, metavar="GFLOP",
                        help="a step longer than this, ten seconds of PyTorch's, is left out: one of the grid (%(default)s)")
    return parser.parse_args()


def gflop(shape):
    """Roughly: forward, and twice that backward (bench/shape.c counts)."""
    gates = {"simple": 1, "lstm": 4, "gru": 3}[shape["cell"]]
    multiply_adds = gates * shape["units"] * (shape["units"] + shape["features"])
    return 6 * multiply_adds * shape["batch"] * shape["steps"] / 1e9


def main():
    asked, effort, others = arguments(), peers.Effort(seconds=0.5, rounds=2), peers.torches()
    print("Training step of one layer of cell %s over 14 features: Almanac ms / PyTorch ms = times faster" % asked.cell)
    print("units  batch" + "".join("%28s" % ("%d steps" % steps) for steps in asked.steps))
    found = []
    for units in asked.units:
        for batch in asked.batch:
            print("%5d  %5d" % (units, batch), end="", flush=True)
            for steps in asked.steps:
                shape = peers.shape(asked.cell, batch=batch, steps=steps, units=units)
                if gflop(shape) > asked.most:
                    print("%28s" % "too long", end="", flush=True)
                    continue
                compared = peers.Comparison(shape, others, effort)
                threads, setting = compared.best()
                ratio = compared.times_faster()
                found.append((ratio, units, batch, steps))
                print("%28s" % ("%.2f / %s = %s" % (
                    peers.median(compared.ours[threads]),
                    peers.text(setting and peers.median(compared.theirs[setting])), peers.text(ratio))),
                    end="", flush=True)
            print()
    for peer in others:
        peer.close()
    if others and found:
        print("least: %.2f times, at %d units, batch %d, %d steps" % min(found))


main()
