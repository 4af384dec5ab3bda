"""The training step of Almanac beside PyTorch's on the shapes of the README: `make bench` prints this table.

    steps.py [SHAPE ...]        A A16 B C D, all by default

`of peak` is of the number of threads times the fastest sgemm of one thread; `work MiB` the work areas and shard gradients;
`gather` the share of a step that copies windows out of the series. PyTorch is at its best setting, given as threads of its
own + of OpenBLAS and OpenMP; `times faster` is its best time by our best."""
import sys

import peers

COLUMNS = (("shape", "%-5s"), ("cell", "%-6s"), ("threads", "%7s"), ("ms", "%8s"), ("windows/s", "%9s"),
           ("GFLOP/s", "%7s"), ("of peak", "%7s"), ("scaling", "%7s"), ("work MiB", "%8s"), ("gather", "%6s"),
           ("PyTorch ms", "%10s"), ("at", "%3s"), ("times faster", "%12s"))


def line(*fields):
    print("  ".join(form % field for (_, form), field in zip(COLUMNS, fields)).rstrip(), flush=True)


def show(name, shape, ours, theirs):
    setting, peer_ms = peers.best(theirs)
    for threads, figures in ours.items():
        last = threads == max(ours)
        line(name, shape["cell"], threads, "%.2f" % figures["ms"], "%.0f" % figures["windows_s"],
             "%.1f" % figures["gflops"], "%.0f %%" % (100 * figures["peak_share"]),
             "%.2f" % (ours[1]["ms"] / figures["ms"]) if last else "",
             "%.1f" % (figures["scratch_bytes"] / 2**20), "%.1f %%" % (100 * figures["gather_share"]),
             peers.text(peer_ms) if last else "", peers.text(setting, "%d+%d") if last else "",
             peers.text(peer_ms and peer_ms / min(f["ms"] for f in ours.values())) if last else "")


def show_dropout(effort, dropout=0.2):
    """What recurrent dropout costs; PyTorch's recurrent layers have none."""
    print("\nRecurrent dropout %g in an LSTM of shape A, 2 threads" % dropout)
    shape = peers.SHAPES["A"]
    try:
        kept = peers.measure_almanac(shape, 2, effort)
        dropped = peers.measure_almanac(dict(shape, dropout=dropout), 2, effort)
        kept = peers.join(kept, peers.measure_almanac(shape, 2, effort))
        print("without %.2f ms, with %.2f ms: %.2f times" % (kept["ms"], dropped["ms"], dropped["ms"] / kept["ms"]))
    except peers.Refused as refused:
        print("-" if refused.args[0] == 69 else "failed: %s" % refused.args[1])


def main():
    effort = peers.Effort(seconds=3)
    others = peers.torches()
    wrong = [name for name in sys.argv[1:] if name not in peers.SHAPES]
    if wrong:
        sys.exit("steps.py: no shape %s; there are %s" % (wrong[0], " ".join(peers.SHAPES)))
    names = sys.argv[1:] or list(peers.SHAPES)
    print("Training step: forward, backward, Adam; median of up to %d, before and after PyTorch's" % effort.repeats)
    for name in names:
        print("%-4s batch %d, %d steps, %d features, %d units, layers: %d" % (
            name, *(peers.SHAPES[name][key] for key in ("batch", "steps", "features", "units", "layers"))))
    line(*(head for head, _ in COLUMNS))
    for name in names:
        for cell in peers.CELLS:
            shape = dict(peers.SHAPES[name], cell=cell)
            show(name, shape, *peers.compare(shape, others, effort))
    for peer in others:
        peer.close()
    show_dropout(effort)


main()
