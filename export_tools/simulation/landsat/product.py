# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulate one Landsat product: a stream of windows into GeoTIFFs, then metadata and an archive."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ....core.errors import OutputError
from ....core.grid import Window
from ..imagery import small_block_cache
from .angles import write_angles
from .exposure import FACTOR, Camera, Exposure
from .metadata import write_metadata
from .options import LandsatOptions, SimulatedLandsat
from .rasters import TRUTH, WINDOW, Rasters


def simulate_landsat(folder: Path, options: LandsatOptions | None = None) -> SimulatedLandsat:
    """Write a Landsat product of a simulated landscape.

    Args:
        folder: where the product's folder (and its archive) goes; made where missing.
        options: what to simulate; None means the defaults.

    Returns:
        The paths that were written.

    Raises:
        OutputError: the product exists already, or a file cannot be written.
    """
    options = options or LandsatOptions()
    product = folder / options.product_name
    if product.exists():
        raise OutputError(f"{product} exists already. Remove it or choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".satsharp-", dir=folder) as scratch, small_block_cache():
        unfinished = Path(scratch) / product.name
        unfinished.mkdir()
        metadata = _write_product(unfinished, Path(scratch), options)
        if options.truth is not None:
            options.truth.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(scratch) / f"{TRUTH}.tif", options.truth)
        unfinished.rename(product)
    archive = pack(product, options.pack) if options.pack else None
    return SimulatedLandsat(product, product / metadata.name, options.truth, archive)


def windows_of(options: LandsatOptions) -> Iterator[Window]:
    """Return the windows of a scene in landscape pixels, row by row; together they cover it once."""
    scene = Window(0, 0, options.rows * FACTOR, options.cols * FACTOR)
    for row in range(0, scene.height, WINDOW):
        for col in range(0, scene.width, WINDOW):
            yield Window(row, col, WINDOW, WINDOW).intersect(scene)


def pack(product: Path, kind: str) -> Path:
    """Pack a product's files, without their folder as in real products, into an archive beside it.

    Args:
        product: the product folder.
        kind: ``tar``, ``tar.gz`` or ``zip``.
    """
    target = product.parent / f"{product.name}.{kind}"
    files = sorted(product.iterdir())
    if kind == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in files:
                zipped.write(path, path.name)
        return target
    with tarfile.open(target, "w:gz" if kind == "tar.gz" else "w") as packed:
        for path in files:
            packed.add(path, path.name)
    return target


def _write_product(folder: Path, scratch: Path, options: LandsatOptions) -> Path:
    camera = Camera.of(options)
    with ThreadPoolExecutor(options.threads) as pool, Rasters.create(folder, scratch, options, camera.bands) as rasters:
        for exposure in _exposures(pool, camera, options):
            rasters.write(exposure)
        rasters.close()
    if options.has_angles:
        write_angles(folder, options.product_name, options.origin)
    return write_metadata(folder, options, rasters.sizes)


def _exposures(pool: ThreadPoolExecutor, camera: Camera, options: LandsatOptions) -> Iterator[Exposure]:
    """Take windows in threads and give them back in order, with at most one more in memory than are worked on."""
    waiting: deque[Future[Exposure]] = deque()
    for window in windows_of(options):
        waiting.append(pool.submit(camera.expose, window))
        if len(waiting) > options.threads:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
