"""What a Python program does to get a CSV file into SQLite: pandas' read_csv, then to_sql.

    pandas_peer.py CSV DATABASE
"""
import sqlite3
import sys

import pandas

table = pandas.read_csv(sys.argv[1])
with sqlite3.connect(sys.argv[2]) as connection:
    table.to_sql("weather", connection, index=False)
