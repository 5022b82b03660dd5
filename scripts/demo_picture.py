# SPDX-License-Identifier: GPL-2.0-or-later
"""A before/after picture at full zoom: every pixel of the output is a block of screen pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from ..core.grid import Window
from ..core.raster import BandReader
from ..core.scene import Band
from .demo_views import Image, Views

mpl.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402 - the back end must be chosen first

# Side of the ground shown, in pixels of the output; a multiple of 6 so that the 60 m pixels are whole.
SIDE = 120
# Screen pixels along one output pixel.
ZOOM = 3
TITLE_HEIGHT, GAP = 34, 6
ROWS = (("B11", "B8A", "B05"), ("B09",), ("B01",))
# What is brighter or darker than these percentages of the reference is clipped.
STRETCH = (1.0, 99.0)
BRIGHTEST_SHARE = 0.02
# The window shown has more detail than this share of all: interesting, yet no extreme.
TYPICAL_DETAIL = 0.9

View = Callable[[Band, Window], Image]


def draw(views: Views, path: Path) -> Window:
    """Draw the picture and return the window of the output grid that it shows."""
    window = choose_window(views)
    known = {band.name for band in views.sharpened_bands()}
    rows = [row for row in ROWS if set(row) <= known]
    columns: list[tuple[str, View]] = [
        ("input, native pixels", views.native),
        ("bicubic", views.bicubic),
        ("SatSharp", views.sharpened),
    ]
    if views.truth is not None:
        columns.append(("truth", views.true))
    side = SIDE * ZOOM
    width, height = len(columns) * (side + GAP) + GAP, len(rows) * (side + TITLE_HEIGHT)
    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100)
    for row, names in enumerate(rows):
        bands = [views.scene.band(name) for name in names]
        reference = _stack(columns[-1][1], bands, window)
        limits = np.percentile(reference, STRETCH, axis=(1, 2))
        for column, (title, view) in enumerate(columns):
            left, top = GAP + column * (side + GAP), row * (side + TITLE_HEIGHT) + TITLE_HEIGHT
            axes = figure.add_axes((left / width, 1 - (top + side) / height, side / width, side / height))
            axes.imshow(_colours(_stack(view, bands, window), limits), interpolation="nearest")
            axes.set_axis_off()
            axes.set_title(f"{'/'.join(names)} ({bands[0].gsd:g} m): {title}", fontsize=10)
    figure.savefig(path)
    plt.close(figure)
    return window


def choose_window(views: Views) -> Window:
    """Return a window rich in detail in B11 (else in the first sharpened band), without cloud and nodata."""
    known = {band.name: band for band in views.sharpened_bands()}
    band = known.get("B11") or next(iter(known.values()))
    factor = views.factor(band)
    with BandReader() as reader:
        pixels = reader.read(band, band.grid.window).astype(np.float32)
    detail = np.zeros_like(pixels)
    detail[:, 1:] += np.abs(np.diff(pixels, axis=1))
    detail[1:] += np.abs(np.diff(pixels, axis=0))
    brightest = np.quantile(pixels, 1 - BRIGHTEST_SHARE)
    clear = (pixels != band.nodata) & (pixels < brightest)
    step = SIDE // factor
    # The median, so that one bright edge does not outweigh a patchwork of fields.
    score = np.median(_blocks(detail, step), axis=(1, 3)) * _blocks(clear, step).all(axis=(1, 3))
    wanted = np.quantile(score[score > 0], TYPICAL_DETAIL) if score.any() else 0.0
    row, col = np.unravel_index(int(np.abs(score - wanted).argmin()), score.shape)
    return Window(int(row) * SIDE, int(col) * SIDE, SIDE, SIDE)


def _blocks(image: npt.NDArray[Any], step: int) -> npt.NDArray[Any]:
    rows, cols = image.shape[0] // step, image.shape[1] // step
    return image[: rows * step, : cols * step].reshape(rows, step, cols, step)


def _stack(view: View, bands: list[Band], window: Window) -> Image:
    return np.stack([view(band, window) for band in bands])


def _colours(stack: Image, limits: npt.NDArray[np.float64]) -> Image:
    """Stretch to 0 .. 1 and return (rows, columns, 3), grey where there is one band."""
    low, high = limits[0][:, None, None], limits[1][:, None, None]
    scaled = np.clip((stack - low) / np.maximum(high - low, 1), 0, 1)
    return np.asarray(np.moveaxis(np.broadcast_to(scaled, (3, *scaled.shape[1:])), 0, 2), np.float32)
