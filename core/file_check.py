# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the files of a run's scenes are the ones that their products list, or were damaged or changed since.

A JPEG 2000 file with some wrong bytes decodes without a complaint, to pixels that look like a landscape.
"""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType

from .errors import CancelledError
from .job import Job
from .raster_digest import file_digest, file_size
from .raster_origin import local_file
from .scene import ListedFile, Scene

# A run of no more than this part of a scene reads less of the files than a checksum would.
LARGE_PART = 0.25
WAIT_SECONDS = 0.1
NAMED = 4


class FileCheck:
    """Compares files with what their products say, on a thread of its own: sizes always, checksums for a large run."""

    def __init__(self, job: Job) -> None:
        """Prepare to look at all scenes of a job that lie on a local disk."""
        self._job = job
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="satsharp-files")
        self._found: Future[tuple[str, ...]]

    def __enter__(self) -> FileCheck:
        """Begin."""
        part = self._job.window.height * self._job.window.width
        thorough = part > LARGE_PART * self._job.target.height * self._job.target.width
        scenes, used = self._job.scenes, used_bands(self._job)
        self._found = self._pool.submit(lambda: altered(scenes, used, thorough, self._go_on))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._ended.set()
        self._pool.shutdown()

    def warnings(self, check: Callable[[], None], log: Callable[[str], None]) -> tuple[str, ...]:
        """Wait for the end and return sentences for the user; ``check`` is called meanwhile and may raise."""
        if not self._found.done():
            log("Comparing the files with the checksums that the product lists.")
        while not wait([self._found], WAIT_SECONDS).done:
            check()
        return self._found.result()

    def _go_on(self) -> None:
        if self._ended.is_set():
            raise CancelledError


def used_bands(job: Job) -> frozenset[str]:
    """Return the bands that a run reads."""
    inputs = {name for step in job.steps for name in (*step.card.input_bands, *step.card.target_bands)}
    return frozenset(inputs | {name for file in job.files for output in file.bands for name in output.sources})


def altered(
    scenes: tuple[Scene, ...], used: frozenset[str], thorough: bool, check: Callable[[], None]
) -> tuple[str, ...]:
    """Return a sentence for every scene with files that are not what its product lists.

    Args:
        scenes: of which those without a list, or not on a local disk, are passed over.
        used: names of the bands whose files count.
        thorough: compare checksums, not only sizes.
        check: called now and then; may raise to stop.
    """
    found = ((scene, [file for file in _files(scene, used) if _differs(file, thorough, check)]) for scene in scenes)
    return tuple(_sentence(scene, files) for scene, files in found if files)


def _files(scene: Scene, used: frozenset[str]) -> list[ListedFile]:
    paths = {band.path for band in scene.bands if band.name in used}
    return [file for file in scene.listed_files if file.path in paths]


def _differs(file: ListedFile, thorough: bool, check: Callable[[], None]) -> bool:
    if not local_file(file.path):
        return False
    if file_size(file.path) != file.size:
        return True
    return thorough and bool(file.algorithm) and file_digest(file.path, file.algorithm, check) != file.digest


def _sentence(scene: Scene, files: list[ListedFile]) -> str:
    names = ", ".join(posixpath.basename(file.path) for file in files[:NAMED])
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return (
        f"The list of files in {scene.name} describes {names}{more} otherwise: damaged on the way, or changed since. "
        "If nobody changed them, do not trust this result and download the product again."
    )
