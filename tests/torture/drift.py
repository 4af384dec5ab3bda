"""Drift is found within three days of data, and none is found where there is none: the real binary, night after night."""
import math
import os
import random
import sqlite3
import time

from machine import Failure, Folder, copy, run

BEGIN = 1577836800 // 3600  # 2020-01-01, in hours
TRAINED, NIGHTS, WITHIN = 660, 200, 3  # days
YEAR = 365.2425 * 24
MODEL = ["--target", "load", "--future", "temp", "--past", "wind", "--lookback", 48, "--horizon", 24, "--calendar", "--cell", "gru",
         "--units", 16, "--epochs", 12, "--batch", 256, "--rate", 0.01, "--test-fraction", 0.1]


class Weather:
    """Hourly rows: seasons of a day, a week and a year in all three channels, noise that hangs together for a day, and a load that
    follows the temperature of the hour."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.warm = self.blow = self.noise = 0.0
        self.hour = BEGIN

    def step(self, name, keep):
        value = keep * getattr(self, name) + self.rng.gauss(0, math.sqrt(1 - keep * keep))
        setattr(self, name, value)
        return value

    def row(self, break_relation=False):
        """load, temp, wind of the next hour."""
        day, week = 2 * math.pi * self.hour / 24, 2 * math.pi * self.hour / 168
        year = 2 * math.pi * self.hour / YEAR
        warm, blow, noise = self.step("warm", 0.9), self.step("blow", 0.8), self.step("noise", 0.5)
        temp = 12 + 9 * math.sin(year - 1.8) + 5 * math.sin(day - 2) + 3 * warm
        wind = 8 + 1.5 * math.cos(year) + 1 * math.sin(day) + 2 * blow
        # With the relation broken the load answers to warmth the other way round: its own distribution stays what it was.
        load = (1000 + 150 * math.sin(day - 1.5) + 60 * math.sin(week) + 80 * math.cos(year)
                + (-60 if break_relation else 60) * warm + 15 * noise)
        self.hour += 1
        return [load, temp, wind]

    def clone(self):
        """The same weather from here on."""
        other = Weather(0)
        other.__dict__.update(self.__dict__)
        other.rng = random.Random()
        other.rng.setstate(self.rng.getstate())
        return other


def shift(channel, by):
    return lambda row, rng: [value + (by if i == channel else 0) for i, value in enumerate(row)]


def scale(channel, factor, add=0.0):
    return lambda row, rng: [value * factor + add if i == channel else value for i, value in enumerate(row)]


def lose(channel, share):
    return lambda row, rng: [None if i == channel and rng.random() < share else value for i, value in enumerate(row)]


# What is planted, and by which measure it may be found. Hour and season leave a deviation of 3 of temp and of 2 of wind.
PLANTS = {
    "temp is 12 higher": (shift(1, 12), {"psi", "range", "error"}),
    "temp in Fahrenheit": (scale(1, 1.8, 32), {"psi", "range", "error"}),
    "wind in knots": (scale(2, 1.94), {"psi", "range"}),
    "wind is 6 lower": (shift(2, -6), {"psi", "range"}),
    "four in ten of wind are missing": (lose(2, 0.4), {"missing"}),
    "load is half as high": (scale(0, 0.5), {"psi", "range", "error"}),
    "load answers to warmth the other way round": (None, {"error"}),
}


def write(path, weather, days, plant=None, break_relation=False):
    """Days of rows, and of one more the temperature, which is known ahead."""
    with open(path, "w") as file:
        file.write("time,load,temp,wind\n")
        ahead = None
        for hour in range(days * 24 + 24):
            if hour == days * 24:
                ahead = weather.clone()
            source = ahead or weather
            stamp = source.hour * 3600
            row = source.row(break_relation)
            row = plant(row, source.rng) if plant else row
            row = [None, row[1], None] if ahead else row
            file.write(f"{stamp}," + ",".join("" if value is None else f"{value:.4f}" for value in row) + "\n")


def train(folder, seed, days=TRAINED):
    """A database with a model of so many days; the weather goes on where it stands."""
    weather, db = Weather(seed), os.path.join(folder, f"{seed}.db")
    write(os.path.join(folder, "history.csv"), weather, days)
    run(db, "ingest", "history.csv", "--dataset", "power", "--quiet")
    run(db, "train", "m", "--dataset", "power", *MODEL, "--seed", seed, "--quiet")
    run(db, "retrain", "m", "--after-rows", 10 ** 9)
    return db, weather


def append(folder, db, *args):
    write(os.path.join(folder, "more.csv"), *args)
    run(db, "ingest", "more.csv", "--dataset", "power", "--quiet")


def sleep_through(db, first_hour, nights):
    """Retrains at the end of each day; (night, what drifts) for each that alarms, by exit code."""
    alarms = []
    for night in range(nights):
        cutoff = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime((first_hour + 24 * (night + 1) - 1) * 3600))
        result = run(db, "retrain", "m", "--cutoff", cutoff, "--fail-on", "drift", expect=None)
        if result.code not in (0, 12):
            raise Failure(f"night {night}: exit code {result.code}: {result.err}")
        connection = sqlite3.connect(db)
        found = connection.execute("SELECT kind, channel FROM almanac_drifts WHERE drifted").fetchall()
        (message,) = connection.execute("SELECT message FROM almanac_run WHERE kind = 'drift' ORDER BY id DESC").fetchone()
        connection.close()
        if (result.code == 12) != bool(found) or (result.code == 12) != message.startswith("drift: "):
            raise Failure(f"night {night}: exit code {result.code}, found {found}, run says '{message}'")
        if found:
            alarms.append((night, found))
    return alarms


def expect_silence(folder, seed, nights):
    db, weather = train(folder, seed)
    first = weather.hour
    append(folder, db, weather, nights)
    alarms = sleep_through(db, first, nights)
    if alarms:
        raise Failure(f"seed {seed}: alarms without drift in {len(alarms)} of {nights} nights, the first {alarms[0]}")


def expect_found(folder, base, name, weather, seed):
    """Days until it was found."""
    plant, kinds = PLANTS[name]
    db = os.path.join(folder, "planted.db")
    copy(base, db)
    first = weather.hour
    append(folder, db, weather, WITHIN, plant, plant is None)
    alarms = sleep_through(db, first, WITHIN)
    if not alarms:
        raise Failure(f"seed {seed}: not found within {WITHIN} days: {name}")
    night, found = alarms[0]
    if not {kind for kind, _ in found} & kinds:
        raise Failure(f"seed {seed}: {name}: found as {found}")
    for end in ("", "-journal", "-wal", "-shm", "-almanac-lock"):
        if os.path.exists(db + end):
            os.unlink(db + end)
    return night + 1


def find(seed, n):
    """n nights without drift, 200 of each weather, and in each weather every plant at four times; of fewer nights a few plants."""
    silent, delays, brief = 0, [], n < NIGHTS
    with Folder() as folder:
        for one in range(seed, seed + max(1, n // NIGHTS)):
            nights = min(n, NIGHTS)
            expect_silence(folder, one, nights)
            db, weather = train(folder, 1000 + one)
            silent, last = silent + nights, weather.hour
            for start in [4] if brief else [2, 50, 100, 150]:
                first = weather.hour
                append(folder, db, weather, start - (first - last) // 24)
                alarms = sleep_through(db, first, (weather.hour - first) // 24)
                if alarms:
                    raise Failure(f"seed {one}: an alarm before anything was planted: {alarms[0]}")
                silent += (weather.hour - first) // 24
                for name in list(PLANTS)[::3] if brief else PLANTS:
                    delays.append(expect_found(folder, db, name, weather.clone(), one))
    told = ", ".join(f"{delays.count(day)} after {day}" for day in sorted(set(delays)))
    return len(delays), f"{len(delays)} drifts planted, found {told} days; no alarm in {silent} nights without"
