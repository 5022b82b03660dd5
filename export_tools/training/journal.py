# SPDX-License-Identifier: GPL-2.0-or-later
"""What a training shows and logs: a progress bar or plain lines, ``log.csv``, and TensorBoard where it is installed."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

LOG = "log.csv"
TENSORBOARD = "tensorboard"
RATIO = "RMSE / bicubic"
COLUMNS = ("step", "seconds", "share", "loss in digital numbers", "learning rate", "steps per second")


@dataclass(frozen=True)
class Report:
    """The figures of one report.

    Attributes:
        step: optimiser steps so far.
        seconds: wall time so far.
        share: of the budget, 0 to 1.
        loss: mean since the report before, in digital numbers (reflectance x 10000).
        rate: learning rate.
        speed: steps a second since the report before.
        ratios: RMSE / bicubic's for each held-out place.
    """

    step: int
    seconds: float
    share: float
    loss: float
    rate: float
    speed: float
    ratios: tuple[float, ...]

    @property
    def score(self) -> float:
        """Mean over the held-out places; NaN without any."""
        return float(np.mean(self.ratios)) if self.ratios else float("nan")


class Journal:
    """Shows and logs one run; a resumed run takes up the log where its checkpoint stands."""

    def __init__(
        self, folder: Path, title: str, places: list[str], first_step: int, stream: TextIO | None = None
    ) -> None:
        """Open the logs.

        Args:
            folder: of the run.
            title: in front of the bar.
            places: names of the held-out places.
            first_step: what was logged of later steps belongs to a killed run and is dropped.
            stream: where to show, by default standard output.
        """
        self._places = places
        self._stream = stream or sys.stdout
        self._header = [*COLUMNS, *(f"{place}: {RATIO}" for place in places)]
        self._log = folder / LOG
        _keep_until(self._log, self._header, first_step)
        self._board = _tensorboard(folder, first_step)
        self._bar = _bar(title, self._stream) if self._stream.isatty() else None
        self._ratio = ""

    def tick(self, step: int, share: float, left: float) -> None:
        """Move the progress bar, where there is one; ``left`` are the seconds to go."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"step {step}{self._ratio}, {_clock(left)} left", refresh=False)
            self._bar.update(max(0.0, min(1.0, share) - self._bar.n))

    def report(self, report: Report, left: float) -> None:
        """Log a report, and say it in one line."""
        with self._log.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerow(_row(report))
        if self._board is not None:
            self._board.log_metrics(_scalars(report, self._places), report.step)
        shown = " ".join(f"{ratio:.3f}" for ratio in report.ratios[:4]) + (" ..." if len(report.ratios) > 4 else "")
        self._ratio = f", loss {report.loss:.2f} DN, {RATIO} {report.score:.3f}" if report.ratios else ""
        if self._bar is None:
            of_places = f"  {RATIO} {shown}" if report.ratios else ""
            speed = f"{report.speed:.2f} steps/s  " if report.speed > 0 else ""
            self.say(f"step {report.step}  loss {report.loss:.2f} DN{of_places}  {speed}{_clock(left)} left")

    def say(self, line: str) -> None:
        """Write one line, above the bar where there is one."""
        if self._bar is not None:
            self._bar.write(line, file=self._stream)
        else:
            self._stream.write(line + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Close the bar and the logs."""
        if self._bar is not None:
            self._bar.close()
        if self._board is not None:
            self._board.finalize("success")


def _row(report: Report) -> list[float]:
    numbers = [round(report.seconds, 1), round(report.share, 4), round(report.loss, 3)]
    rest = [float(f"{report.rate:.4g}"), round(report.speed, 3)]
    return [report.step, *numbers, *rest, *(round(ratio, 4) for ratio in report.ratios)]


def _scalars(report: Report, places: list[str]) -> dict[str, float]:
    scalars = dict(zip(COLUMNS[3:], (report.loss, report.rate, report.speed)))
    if places:
        scalars[f"{RATIO}/mean"] = report.score
    return {**scalars, **{f"{RATIO}/{place}": ratio for place, ratio in zip(places, report.ratios)}}


def _keep_until(log: Path, header: list[str], last_step: int) -> None:
    """Begin the log, or keep what it says up to a step; a log with other columns is put aside."""
    rows: list[list[str]] = []
    if log.is_file():
        read = list(csv.reader(io.StringIO(log.read_text(encoding="utf-8"))))
        if read and read[0] == header:
            rows = [row for row in read[1:] if row and float(row[0]) <= last_step]
        else:
            log.replace(log.with_suffix(".before.csv"))
    temporary = log.with_suffix(".csv.part")
    with temporary.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    temporary.replace(log)


def _tensorboard(folder: Path, first_step: int) -> Any:
    if importlib.util.find_spec("tensorboard") is None:
        return None
    from lightning.fabric.loggers.tensorboard import TensorBoardLogger

    return TensorBoardLogger(folder, name=TENSORBOARD, version="", purge_step=first_step + 1)


def _bar(title: str, stream: TextIO) -> Any:
    from tqdm import tqdm

    return tqdm(total=1.0, desc=title, file=stream, bar_format="{desc} {percentage:3.0f}%|{bar}| {postfix}", leave=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
