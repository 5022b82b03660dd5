# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulate one Sentinel-2 product: a stream of windows into rasters, then JPEG 2000, metadata and a .zip."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ...core.errors import OutputError
from ...core.grid import Window
from .exposure import Camera, Exposure
from .imagery import WINDOW, encode, small_block_cache
from .metadata import Content, metadata_name, write_metadata
from .options import SimulatedProduct, SimulationOptions
from .staging import TRUTH_FILE, Staging


def simulate_product(folder: Path, options: SimulationOptions | None = None) -> SimulatedProduct:
    """Write a Sentinel-2 product of a simulated landscape.

    Args:
        folder: where the .SAFE folder (and the .zip) goes; made where missing.
        options: what to simulate; None means the defaults.

    Returns:
        The paths that were written.

    Raises:
        OutputError: the product exists already, or a file cannot be written.
    """
    options = options or SimulationOptions()
    safe = folder / options.product_name
    if safe.exists():
        raise OutputError(f"{safe} exists already. Remove it or choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".satsharp-", dir=folder) as scratch, small_block_cache():
        unfinished = Path(scratch) / safe.name
        _write_product(unfinished, Path(scratch), options)
        if options.truth is not None:
            options.truth.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(scratch) / TRUTH_FILE, options.truth)
        unfinished.rename(safe)
    return SimulatedProduct(safe, safe / metadata_name(options), options.truth, _pack(safe) if options.zip else None)


def windows_of(options: SimulationOptions) -> Iterator[Window]:
    """Return the windows of a scene at 10 m, row by row; together they cover it once."""
    scene = Window(0, 0, options.rows, options.cols)
    for row in range(0, options.rows, WINDOW):
        for col in range(0, options.cols, WINDOW):
            yield Window(row, col, WINDOW, WINDOW).intersect(scene)


def _write_product(safe: Path, scratch: Path, options: SimulationOptions) -> None:
    camera = Camera.of(options)
    with ThreadPoolExecutor(options.threads) as pool:
        with Staging.create(scratch, options, camera.bands) as staging:
            for exposure in _exposures(pool, camera, windows_of(options), options.threads + 1):
                staging.write(exposure)
        jobs = [pool.submit(encode, raster.path, safe / f"{raster.stem}.jp2", raster.gsd) for raster in staging.rasters]
        for job in jobs:
            job.result()
    stems = tuple(raster.stem for raster in staging.rasters)
    write_metadata(safe, options, Content(stems, staging.cloud_percentage, staging.nodata_percentage))


def _exposures(pool: ThreadPoolExecutor, camera: Camera, windows: Iterable[Window], ahead: int) -> Iterator[Exposure]:
    """Take windows in threads and give them back in order, with at most ``ahead`` of them in memory."""
    waiting: deque[Future[Exposure]] = deque()
    for window in windows:
        waiting.append(pool.submit(camera.expose, window))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _pack(safe: Path) -> Path:
    """Pack a product into a .zip beside it, stored: JPEG 2000 does not get smaller."""
    target = safe.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(safe.rglob("*")):
            archive.write(path, path.relative_to(safe.parent))
    return target
