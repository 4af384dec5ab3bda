"""Panels of measured points and a straight line, side by side, as one SVG. Its greys and blue are of a middle tone, so that
they can be read on white and on black; the background is the page's."""
import collections
import math

Panel = collections.namedtuple("Panel", "x_label y_label points line")  # line: (value at 0, slope)

WIDTH, HEIGHT = 300, 280  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 44, 52
TEXT, GRID, MARK = "#6e7681", "#8b949e", "#2f81f7"


def ticks(largest, about=4):
    """Round numbers from 0 to just past `largest`."""
    power = 10 ** math.floor(math.log10(largest / about))
    gap = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power * about >= largest * 0.999)
    return [i * gap for i in range(math.ceil(largest / gap - 1e-9) + 1)]


def number(x):
    return "{:,.10g}".format(round(x, 10))


def label(x, y, words, anchor="middle", more=""):
    return '<text x="%.1f" y="%.1f" text-anchor="%s"%s>%s</text>' % (x, y, anchor, more, words)


def rule(x1, y1, x2, y2, more):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" %s/>' % (x1, y1, x2, y2, more)


def draw(panel, left):
    xs, ys = ticks(max(x for x, _ in panel.points)), ticks(max(y for _, y in panel.points))
    right, bottom = left + WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM

    def at_x(x):
        return left + (right - left) * x / xs[-1]

    def at_y(y):
        return bottom - (bottom - TOP) * y / ys[-1]

    for y in ys:
        yield rule(left, at_y(y), right, at_y(y), 'stroke="%s" stroke-opacity="%s"' % (GRID, 0.35 if y else 1))
        yield label(left - 7, at_y(y) + 4, number(y), "end")
    for x in xs:
        yield rule(at_x(x), bottom, at_x(x), bottom + 4, 'stroke="%s"' % GRID)
        yield label(at_x(x), bottom + 18, number(x))
    start, slope = panel.line
    begin, end = max(0.0, -start / slope), max(x for x, _ in panel.points)
    yield rule(at_x(begin), at_y(start + slope * begin), at_x(end), at_y(start + slope * end),
               'stroke="%s" stroke-width="1.5" stroke-dasharray="5 4"' % GRID)
    for x, y in panel.points:
        yield '<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (at_x(x), at_y(y), MARK)
    middle = (TOP + bottom) / 2
    yield label((left + right) / 2, bottom + 40, panel.x_label)
    yield label(left - 46, middle, panel.y_label, more=' transform="rotate(-90 %.1f %.1f)"' % (left - 46, middle))


def svg(title, panels):
    width = WIDTH * len(panels)
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
             'font-family="system-ui, sans-serif" font-size="12" fill="%s">' % (width, HEIGHT, width, HEIGHT, TEXT),
             "<title>%s</title>" % title, label(width / 2, 20, title, more=' font-size="13"')]
    for i, panel in enumerate(panels):
        lines += draw(panel, i * WIDTH + LEFT)
    return "\n".join(lines) + "\n</svg>\n"
