# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("lightning")

from satsharp.export_tools.training.journal import Journal, Report  # noqa: E402


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def made_report(step: int, *ratios: float) -> Report:
    return Report(step, 2.0 * step, step / 100, 12.345, 6e-4, 0.5, ratios)


def rows(folder: Path) -> list[list[str]]:
    with (folder / "log.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_log_has_a_line_for_each_report(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "tiny", ["a", "b"], 0, io.StringIO())
    journal.report(made_report(10, 0.4, 0.6), 180)
    journal.close()
    header, line = rows(tmp_path)
    assert header[-2:] == ["a: RMSE / bicubic", "b: RMSE / bicubic"]
    assert line == ["10", "20.0", "0.1", "12.345", "0.0006", "0.5", "0.4", "0.6"]


def test_resumed_log_drops_what_the_killed_run_did_after_its_checkpoint(tmp_path: Path) -> None:
    first = Journal(tmp_path, "tiny", ["a"], 0, io.StringIO())
    for step in (10, 20, 30):
        first.report(made_report(step, 0.5), 1)
    second = Journal(tmp_path, "tiny", ["a"], 20, io.StringIO())
    second.report(made_report(30, 0.4), 1)
    assert [(row[0], row[-1]) for row in rows(tmp_path)[1:]] == [("10", "0.5"), ("20", "0.5"), ("30", "0.4")]


def test_log_with_other_columns_is_put_aside(tmp_path: Path) -> None:
    Journal(tmp_path, "tiny", ["a"], 0, io.StringIO()).report(made_report(10, 0.5), 1)
    Journal(tmp_path, "tiny", ["b"], 10, io.StringIO())
    assert len(rows(tmp_path)) == 1
    assert "10," in (tmp_path / "log.before.csv").read_text(encoding="utf-8")


def test_without_a_terminal_a_report_is_one_plain_line(tmp_path: Path) -> None:
    stream = io.StringIO()
    journal = Journal(tmp_path, "tiny", ["a", "b"], 0, stream)
    journal.tick(9, 0.09, 200)
    journal.report(made_report(10, 0.4, 0.6), 3723)
    expected = "step 10  loss 12.35 DN  RMSE / bicubic 0.400 0.600  0.50 steps/s  1:02:03 left\n"
    assert stream.getvalue() == expected


def test_a_terminal_gets_a_bar_with_the_time_left(tmp_path: Path) -> None:
    stream = Terminal()
    journal = Journal(tmp_path, "tiny", ["a", "b"], 0, stream)
    journal.report(made_report(50, 0.4, 0.6), 75)
    journal.say("a sentence")
    journal.tick(50, 0.5, 75)
    journal.close()
    shown = stream.getvalue()
    assert "tiny  50%|" in shown
    assert "step 50, loss 12.35 DN, RMSE / bicubic 0.500, 1:15 left" in shown
    assert "a sentence" in shown
    assert "step 50  loss" not in shown


def test_tensorboard_gets_the_same_figures(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    journal = Journal(tmp_path, "tiny", ["a", "b"], 0, io.StringIO())
    journal.report(made_report(10, 0.4, 0.6), 1)
    journal.report(made_report(20, 0.3, 0.5), 1)
    journal.close()
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    scalars = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert [step for step, _ in scalars["RMSE / bicubic/mean"]] == [10, 20]
    assert [value for _, value in scalars["RMSE / bicubic/mean"]] == pytest.approx([0.5, 0.4])
    assert {"loss in digital numbers", "learning rate", "RMSE / bicubic/a", "RMSE / bicubic/b"} <= set(scalars)
