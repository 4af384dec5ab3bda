"""The training step of Almanac beside PyTorch's on the shapes of the README: `make bench` prints this table.

    steps.py [SHAPE ...]        A A16 B C D, all by default

`of peak` is of the number of threads times the fastest sgemm of one thread; `scaling` one thread's time by two threads';
`work MiB` the work areas and shard gradients; `gather` the share of a step that copies windows out of the series. PyTorch is
at its best setting, given as threads of its own + of OpenBLAS and OpenMP; `times faster` is its time by our best. Each figure
is a median over rounds in which all of its row ran in turns; ratios are taken within a round."""
import sys

import peers

COLUMNS = (("shape", "%-5s"), ("cell", "%-6s"), ("threads", "%7s"), ("ms", "%8s"), ("windows/s", "%9s"),
           ("GFLOP/s", "%7s"), ("of peak", "%7s"), ("scaling", "%7s"), ("work MiB", "%8s"), ("gather", "%6s"),
           ("PyTorch ms", "%10s"), ("at", "%3s"), ("times faster", "%12s"))


def line(*fields):
    print("  ".join(form % field for (_, form), field in zip(COLUMNS, fields)).rstrip(), flush=True)


def show(name, shape, compared):
    setting = compared.best()[1]
    for threads, figures in compared.figures.items():
        last = threads == max(compared.figures)
        line(name, shape["cell"], threads, "%.2f" % figures["ms"], "%.0f" % figures["windows_s"],
             "%.1f" % figures["gflops"], "%.0f %%" % (100 * figures["peak_share"]),
             "%.2f" % peers.ratio(compared.ours[1], compared.ours[threads]) if last else "",
             "%.1f" % (figures["scratch_bytes"] / 2**20), "%.1f %%" % (100 * figures["gather_share"]),
             peers.text(setting and peers.median(compared.theirs[setting])) if last else "",
             peers.text(setting, "%d+%d") if last else "", peers.text(compared.times_faster()) if last else "")


def show_dropout(effort, dropout=0.2):
    """What recurrent dropout costs; PyTorch's recurrent layers have none."""
    print("\nRecurrent dropout %g in an LSTM of shape A, 2 threads" % dropout)
    shape = peers.SHAPES["A"]
    try:
        kept, dropped = [], []
        for _ in range(effort.rounds):
            kept.append(peers.measure_almanac(shape, 2, effort)["ms"])
            dropped.append(peers.measure_almanac(dict(shape, dropout=dropout), 2, effort)["ms"])
        print("without %.2f ms, with %.2f ms: %.2f times" % (
            peers.median(kept), peers.median(dropped), peers.ratio(dropped, kept)))
    except peers.Refused as refused:
        print("-" if refused.args[0] == 69 else "failed: %s" % refused.args[1])


def main():
    effort = peers.Effort(seconds=3)
    others = peers.torches()
    wrong = [name for name in sys.argv[1:] if name not in peers.SHAPES]
    if wrong:
        sys.exit("steps.py: no shape %s; there are %s" % (wrong[0], " ".join(peers.SHAPES)))
    names = sys.argv[1:] or list(peers.SHAPES)
    print("Training step: forward, backward, Adam; medians of %d rounds" % effort.rounds)
    for name in names:
        print("%-4s batch %d, %d steps, %d features, %d units, layers: %d" % (
            name, *(peers.SHAPES[name][key] for key in ("batch", "steps", "features", "units", "layers"))))
    line(*(head for head, _ in COLUMNS))
    for name in names:
        for cell in peers.CELLS:
            shape = dict(peers.SHAPES[name], cell=cell)
            show(name, shape, peers.Comparison(shape, others, effort))
    for peer in others:
        peer.close()
    show_dropout(effort)


main()
