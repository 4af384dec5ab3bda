"""What a training step costs along one dimension at a time: steps, batch, and series (a pass over all their windows).
Prints the medians beside the straight line that fits them best and draws both as an SVG.

    cost.py FILE.svg"""
import pathlib
import sys

import peers
import plot

SWEEPS = (
    # option, its values, x axis, y axis, flags, milliseconds in a unit of y
    ("steps", (60, 120, 240, 480, 720, 960), "steps of a window", "ms a training step", (), 1),
    ("batch", (32, 64, 128, 256, 512, 768, 1024), "windows of a batch", "ms a training step", (), 1),
    ("series", (1, 2, 4, 8, 16, 24, 32), "series of 1,024 windows", "seconds an epoch", ("--epoch",), 1000),
)


def measure(option, values, flags, effort):
    """Medians over two rounds, up and down again, so that a slow moment does not bend the line."""
    times = {value: [] for value in values}
    for value in (*values, *reversed(values)):
        shape = dict(peers.shape(), threads=1, **effort.values())
        shape[option] = value
        times[value] += peers.almanac("train", shape, "--json", *flags)["times_ms"]
    return [peers.median(times[value]) for value in values]


def fit(xs, ys):
    """Least squares of the relative error of a + b x, so that small values count as much as large ones."""
    w = [1 / y**2 for y in ys]
    total = sum(w)
    mean_x = sum(a * x for a, x in zip(w, xs)) / total
    mean_y = sum(a * y for a, y in zip(w, ys)) / total
    slope = (sum(a * (x - mean_x) * (y - mean_y) for a, x, y in zip(w, xs, ys))
             / sum(a * (x - mean_x)**2 for a, x in zip(w, xs)))
    return mean_y - slope * mean_x, slope


def main():
    effort, panels = peers.Effort(seconds=1, rounds=1), []
    print("LSTM, batch 256, 120 steps, 14 features, 32 units, one thread, unless the first column says otherwise")
    for option, values, x_label, y_label, flags, unit in SWEEPS:
        ys = [ms / unit for ms in measure(option, values, flags, effort)]
        start, slope = fit(values, ys)
        print("\n%9s  %s  straight line  off" % (option, y_label))
        for x, y in zip(values, ys):
            line = start + slope * x
            print("%9d  %*.3f  %13.3f  %+.0f %%" % (x, len(y_label), y, line, 100 * (y / line - 1)), flush=True)
        panels.append(plot.Panel(x_label, y_label, list(zip(values, ys)), (start, slope)))
    title = "Cost of training an LSTM of 32 units over 14 features, one thread: measured, and the straight line that fits"
    pathlib.Path(sys.argv[1]).write_text(plot.svg(title, panels))
    print("\ndrawn: %s" % sys.argv[1])


main()
