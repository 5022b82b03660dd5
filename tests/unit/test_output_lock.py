# SPDX-License-Identifier: GPL-2.0-or-later
"""Two runs never write the same output at once, and a lock ends with its process."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from satsharp.core import output_lock
from satsharp.core.errors import OutputError
from satsharp.core.output_lock import lock_path, reserved

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import runpy, sys, time
from pathlib import Path
runpy.run_path(sys.argv[2])
from satsharp.core.output_lock import reserved
with reserved((Path(sys.argv[1]),)):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that writes ``all.tif``."""
    arguments = [sys.executable, "-c", HOLDER, str(tmp_path / "all.tif"), str(ROOT / "conftest.py")]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_second_run_of_another_process_is_told_who_has_the_output(holder, tmp_path: Path) -> None:
    path = tmp_path / "all.tif"
    with pytest.raises(OutputError) as refused, reserved((path,)):
        pytest.fail("both have it")
    pattern = rf"{path} is being written by another run \(process {holder.pid} on .+ since \d{{4}}-\d\d-\d\d .+ UTC\)\."
    assert refused.match(pattern)
    assert "Wait for that run or cancel it, or choose another output." in str(refused.value)


def test_lock_of_a_killed_run_hinders_nobody(holder, tmp_path: Path) -> None:
    path = tmp_path / "all.tif"
    holder.kill()
    holder.wait()
    assert lock_path(path).exists()
    with reserved((path,)):
        assert lock_path(path).read_text(encoding="utf-8").startswith(f"process {os.getpid()} on ")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The locked file of ``all.tif`` is another user's: it can be opened with the flags in this list only."""
    allowed, real, lock = [os.O_RDONLY], os.open, lock_path(tmp_path / "all.tif")

    def guarded(place, flags, *mode):
        if Path(place) == lock and lock.exists() and flags not in allowed:
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return real(place, flags, *mode)

    monkeypatch.setattr(os, "open", guarded)
    return allowed


def test_run_of_another_user_is_not_overtaken(holder, foreign, tmp_path: Path) -> None:
    path = tmp_path / "all.tif"
    pattern = rf"^{path} is being written by another run \(process {holder.pid} on .+ UTC\)\. Wait for that run"
    with pytest.raises(OutputError, match=pattern), reserved((path,)):
        pytest.fail("both have it")
    assert lock_path(path).exists()


def test_run_of_another_user_that_cannot_be_looked_at_is_not_overtaken(holder, foreign, tmp_path: Path) -> None:
    path = tmp_path / "all.tif"
    foreign.clear()
    with pytest.raises(OutputError) as refused, reserved((tmp_path / "free.tif", path)):
        pytest.fail("both have it")
    assert str(refused.value) == (
        f"{lock_path(path)} belongs to another user and cannot be locked (Permission denied): a run of theirs may be "
        "writing this output. Wait for it, have that file deleted if it has ended, or choose another output."
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["all.tif.partial.lock"]


def test_file_that_knows_no_locks_proves_nothing_about_another_user(foreign, tmp_path: Path, monkeypatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    path = tmp_path / "all.tif"
    lock_path(path).write_text("process 1")
    monkeypatch.setattr(output_lock, "_lock", refuse)
    with (
        pytest.raises(OutputError, match=r"another user and cannot be locked \(Bad file descriptor\)"),
        reserved((path,)),
    ):
        pytest.fail("both have it")


@pytest.mark.parametrize("removable", [True, False])
def test_lock_of_a_killed_run_of_another_user_hinders_nobody(holder, foreign, tmp_path, monkeypatch, removable) -> None:
    path = tmp_path / "all.tif"
    holder.kill()
    holder.wait()
    before = lock_path(path).read_text(encoding="utf-8")
    if not removable:
        monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: os.rmdir(self))
    with reserved((path,)):
        owner = lock_path(path).read_text(encoding="utf-8")
        assert owner == before if not removable else owner.startswith(f"process {os.getpid()} on ")
        with pytest.raises(OutputError, match=r"all\.tif is being written by another run"), reserved((path,)):
            pytest.fail("both have it")
    assert lock_path(path).exists() is not removable
    with reserved((path,)):
        assert lock_path(path).exists()


def test_two_runs_of_one_process_are_kept_apart(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.tif" for name in ("a", "b", "c"))
    with reserved((first, second, second)):
        with pytest.raises(OutputError, match=r"b\.tif is being written by another run"), reserved((third, second)):
            pytest.fail("both have it")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif.partial.lock", "b.tif.partial.lock"]
        with reserved((third,)):
            assert lock_path(third).exists()
    with reserved((second,)):
        assert [path.name for path in tmp_path.iterdir()] == ["b.tif.partial.lock"]


def test_place_that_cannot_be_locked_is_left_to_the_writer(tmp_path: Path) -> None:
    with reserved((tmp_path / "missing" / "all.tif",)):
        assert list(tmp_path.iterdir()) == []
    lock_path(tmp_path / "all.tif").mkdir()
    with reserved((tmp_path / "all.tif",)):
        assert lock_path(tmp_path / "all.tif").is_dir()


def test_never_two_inside(tmp_path: Path) -> None:
    """The file is removed at each release, so many runs open one that is just being removed."""
    path = tmp_path / "all.tif"
    inside, most, turns = 0, 0, [0, 0, 0, 0]
    until = time.monotonic() + 20

    def work(number: int) -> None:
        nonlocal inside, most
        while turns[number] < 150 and time.monotonic() < until:
            try:
                with reserved((path,)):
                    inside += 1
                    most = max(most, inside)
                    time.sleep(0.0002)
                    inside -= 1
                    turns[number] += 1
            except OutputError:
                time.sleep(0.0001)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert min(turns) > 10
    assert list(tmp_path.iterdir()) == []
