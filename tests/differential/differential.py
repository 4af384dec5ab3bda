#!/usr/bin/env python3
"""Compares the parsers of ingest with independent ones: CSV with Python's csv module (strict), numbers with the C library's strtod.

    differential.py READER [--documents N] [--numbers N] [--seed S] [--corpus FOLDER]

What is meant to differ, and nothing else is let pass:
  - blanks (space, tab) around a field are cut off, also around its quotes; inside quotes they stay;
  - lines without a field, or with blanks only, are passed over;
  - a quote inside a field that does not begin with one is an error, where csv takes it for a letter;
  - a zero byte is an error.
"""
import argparse
import csv
import io
import json
import pathlib
import random
import struct
import subprocess
import sys

BATCH = 20000
LETTERS = "ab0.é;'#\\"


def quoted(draw):
    """A field in quotes that may hold everything."""
    text = "".join(draw.choice(LETTERS + '",\n\r \t') for _ in range(draw.randrange(6)))
    return '"' + text.replace('"', '""') + '"'


def plain(draw):
    return "".join(draw.choice(LETTERS) for _ in range(draw.randrange(6)))


def written(draw):
    """A document as programs write it: rows of plain and quoted fields, one kind of line end."""
    end = draw.choice(("\n", "\r\n", "\r"))
    rows = [",".join(draw.choice((quoted, plain))(draw) for _ in range(1 + draw.randrange(4)))
            for _ in range(draw.randrange(5))]
    return end.join(rows) + draw.choice(("", end))


def quotes(draw):
    """Quotes, delimiters and line ends anywhere; no blanks."""
    return "".join(draw.choice('aé,"\n\r') for _ in range(draw.randrange(16)))


def blanks(draw):
    """Blanks anywhere; no quotes."""
    return "".join(draw.choice("aé, \t\n\r") for _ in range(draw.randrange(16)))


def padded(draw):
    """Blanks around quoted fields, which csv does not cut: they are cut before it sees the document."""
    rows = [[quoted(draw) if draw.random() < 0.5 else plain(draw) for _ in range(1 + draw.randrange(4))]
            for _ in range(draw.randrange(5))]
    pad = lambda: draw.choice(("", " ", "\t", "  "))
    return ("\n".join(",".join(pad() + field + pad() for field in row) for row in rows),
            "\n".join(",".join(row) for row in rows))


def make(draw):
    """(document, what csv is given, whether blanks around fields are to be cut from what it reads)."""
    kind = draw.choice((written, written, quotes, blanks, padded))
    if kind is padded:
        return *padded(draw), False
    document = kind(draw)
    return document, document, kind is blanks


def theirs(document, cut):
    """Rows by Python's csv, without those that are passed over, and its error or None."""
    rows = []
    try:
        for row in csv.reader(io.StringIO(document, newline=""), strict=True):
            row = [field.strip(" \t") for field in row] if cut else row
            rows.append(row)
    except csv.Error as error:
        return rows, str(error)
    return rows, None


def has_no_field(row, document):
    """csv gives [] for an empty line, and [''] for one of blanks; a row of one quoted nothing is a row."""
    return not row or (row == [""] and '""' not in document)


def explain(document, ours, error, rows, refused):
    """Why both differ as they are meant to; None when they do not differ, and False when nothing explains it."""
    if "\0" in document:
        return None if error and "zero byte" in error else False
    rows = [row for row in rows if not has_no_field(row, document)]
    if ours != rows[:len(ours)]:
        return False
    if error is None and refused is None:
        return None if len(ours) == len(rows) else False
    if error and refused:
        return None
    inside = error and "quote stands inside" in error
    if inside and any('"' in field for row in rows[len(ours):] for field in row):
        return "a quote inside a field"
    return False


def read(reader, documents):
    packed = b"".join(struct.pack("=I", len(raw)) + raw for raw in (d.encode("latin-1") for d in documents))
    done = subprocess.run([reader, "csv"], input=packed, stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().splitlines()
    if len(lines) != len(documents):
        sys.exit("the reader answered %d of %d documents" % (len(lines), len(documents)))
    return [json.loads(line) for line in lines]


def compare(reader, made, tally):
    for (document, given, cut), (ours, error) in zip(made, read(reader, [m[0] for m in made])):
        rows, refused = theirs(given, cut)
        why = explain(document, ours, error, rows, refused)
        if why is False:
            sys.exit("%r\nours:   %r, %s\nPython: %r, %s" % (document, ours, error, rows, refused))
        tally["rows"] += len(ours)
        tally["refused"] += error is not None and refused is not None
        tally["meant"] += why is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader")
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--numbers", type=int, default=500000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=pathlib.Path, help="files that are compared, too")
    asked = parser.parse_args()
    draw, tally = random.Random(asked.seed), {"rows": 0, "refused": 0, "meant": 0}
    for first in range(0, asked.documents, BATCH):
        compare(asked.reader, [make(draw) for _ in range(min(BATCH, asked.documents - first))], tally)
    files = sorted(asked.corpus.iterdir()) if asked.corpus else []
    texts = [file.read_bytes()[1:].decode("latin-1") for file in files]  # the first byte is the fuzzer's
    compare(asked.reader, [(text, text, False) for text in texts], tally)
    if not tally["rows"] or not tally["refused"] or not tally["meant"]:
        sys.exit("nothing was compared: %r" % tally)
    print("csv: %d documents and %d files, %d rows the same; both refuse %d, %d differ as they are meant to"
          % (asked.documents, len(files), tally["rows"], tally["refused"], tally["meant"]))
    n = subprocess.run([asked.reader, "numbers", str(asked.numbers), str(asked.seed)], stdout=subprocess.PIPE)
    if n.returncode != 0:
        sys.exit(1)
    print("numbers: %d texts, of which %d are numbers, the same to the bit" % (asked.numbers, int(n.stdout)))


main()
