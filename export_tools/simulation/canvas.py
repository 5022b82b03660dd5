# SPDX-License-Identifier: GPL-2.0-or-later
"""The state of the ground, painted layer upon layer, and the reflectance that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.grid import Window
from .lattice import FloatArray
from .spectra import Spectra, spectra

IndexArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]

INDICES = ("vegetation", "soil", "built")


@dataclass(eq=False)
class Canvas:
    """What covers each pixel of a window; all arrays are (rows, columns) and are painted in place.

    Attributes:
        window: the window of the world.
        vegetation: row of the vegetation table.
        soil: row of the soil table.
        cover: part of the ground under vegetation, 0 to 1.
        chlorophyll: departure from the table's spectrum, in units of its sensitivity.
        leaf_water: as ``chlorophyll``.
        structure: as ``chlorophyll``; more leaves, more infrared.
        red_edge: as ``chlorophyll``; leaf angle and stress, seen by B05 to B07 only.
        brightness: factor of the soil's reflectance.
        wetness: 0 dry to 1 wet soil.
        height: of trees and houses, in tens of metres; casts shading.
        built: row of the built table.
        built_part: part of the pixel under roofs, roads or sand.
        built_brightness: factor of their reflectance.
        water: part of the pixel under water.
        turbidity: 0 clear to 1 turbid.
    """

    window: Window
    vegetation: IndexArray
    soil: IndexArray
    built: IndexArray
    cover: FloatArray
    chlorophyll: FloatArray
    leaf_water: FloatArray
    structure: FloatArray
    red_edge: FloatArray
    brightness: FloatArray
    wetness: FloatArray
    height: FloatArray
    built_part: FloatArray
    built_brightness: FloatArray
    water: FloatArray
    turbidity: FloatArray

    @classmethod
    def blank(cls, window: Window) -> Canvas:
        """Return a canvas of dry bare ground."""
        shape = (window.height, window.width)
        layers: dict[str, Any] = {n: np.zeros(shape, np.uint8 if n in INDICES else np.float32) for n in _layers()}
        canvas = cls(window, **layers)
        canvas.brightness[:] = 1
        return canvas

    def part(self, window: Window) -> Canvas:
        """Return a canvas on a part of this one; what is painted there appears here."""
        slices = window.relative_to(self.window).slices
        return Canvas(window, **{name: getattr(self, name)[slices] for name in _layers()})

    def plant(self, where: BoolArray, kind: str | IndexArray, cover: FloatArray | float) -> None:
        """Replace the vegetation by a material, or by rows of the vegetation table."""
        rows = spectra().index("vegetation", kind) if isinstance(kind, str) else kind
        np.copyto(self.vegetation, np.asarray(rows, np.uint8), where=where)
        np.copyto(self.cover, np.asarray(cover, np.float32), where=where)

    def build(self, kind: str | IndexArray, part: FloatArray, brightness: FloatArray | float = 1.0) -> None:
        """Lay a material, or rows of the built table, over a part of each pixel; the larger part wins."""
        rows = spectra().index("built", kind) if isinstance(kind, str) else kind
        larger = part > self.built_part
        np.copyto(self.built, np.asarray(rows, np.uint8), where=larger)
        np.copyto(self.built_brightness, np.asarray(brightness, np.float32), where=larger)
        np.maximum(part, self.built_part, out=self.built_part)

    def flood(self, part: FloatArray, turbidity: FloatArray | float) -> None:
        """Put a part of each pixel under water."""
        deeper = part > self.water
        np.copyto(self.turbidity, np.asarray(turbidity, np.float32), where=deeper)
        np.maximum(self.water, part, out=self.water)

    def reflectance(self, shade: FloatArray) -> FloatArray:
        """Return the surface reflectance under an illumination factor (1 on the flat), (12, rows, columns)."""
        tables = spectra()
        bands = tables.cloud.size
        result = np.empty((bands, *shade.shape), np.float32)
        for band in range(bands):
            result[band] = self._band(tables, band, shade)
        return result

    def _band(self, tables: Spectra, band: int, shade: FloatArray) -> FloatArray:
        slopes = {name: line[band] for name, line in tables.sensitivity.items()}
        ground = tables.soil[:, band][self.soil]
        ground *= self.brightness
        ground *= 1 - slopes["wetness"] * self.wetness
        leaves = self._leaves(slopes)
        leaves *= tables.vegetation[:, band][self.vegetation]
        leaves -= ground
        leaves *= self.cover
        ground += leaves
        built = tables.built[:, band][self.built]
        built *= self.built_brightness
        built -= ground
        built *= self.built_part
        ground += built
        ground *= shade
        clear, turbid = tables.water[:, band]
        ground += self.water * (clear + (turbid - clear) * self.turbidity - ground)
        return np.maximum(ground, np.float32(0.0005), out=ground)

    def _leaves(self, slopes: dict[str, np.float32]) -> FloatArray:
        """Return the factor of the vegetation's reflectance; states that a band does not see cost nothing."""
        factor = np.ones_like(self.cover)
        for name in ("chlorophyll", "leaf_water", "structure", "red_edge"):
            if slopes[name]:
                factor += slopes[name] * getattr(self, name)
        return np.maximum(factor, np.float32(0.25), out=factor)


def _layers() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Canvas) if field.name != "window")
