# SPDX-License-Identifier: GPL-2.0-or-later
"""What real products hold besides native bands: bands at coarser GSDs, colour pictures, aerosol and vapour maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .bands import image_stem
from .exposure import NODATA, SATURATED, DigitalNumbers, Exposure
from .metadata import QUANTIFICATION
from .options import SimulationOptions

ImageArray = npt.NDArray[np.generic]

L2A_COPIES = {
    10: ("TCI", "AOT", "WVP"),
    20: ("B01", "B02", "B03", "B04", "TCI", "AOT", "WVP"),
    60: ("B02", "B03", "B04", "B05", "B06", "B07", "B8A", "B11", "B12", "TCI", "AOT", "WVP", "SCL"),
}
NATIVE_GSD = {"B02": 10, "B03": 10, "B04": 10, "B01": 60, "SCL": 20}
# Aerosol optical thickness x 1000 and water vapour in centimetres x 1000.
CONSTANT = {"AOT": 92, "WVP": 1470}
# Reflectance that the colour picture shows as white.
WHITE = 0.3558


@dataclass(frozen=True)
class Copy:
    """One further image: a name such as ``B02``, ``TCI`` or ``AOT`` at a GSD in metres."""

    name: str
    gsd: int

    @property
    def bands(self) -> int:
        """Bands in the file."""
        return 3 if self.name == "TCI" else 1

    @property
    def is_byte(self) -> bool:
        """Whether the file has 8 bits."""
        return self.name in ("TCI", "SCL")

    def file_stem(self, options: SimulationOptions) -> str:
        """Return the image file's path below the product, without suffix."""
        return image_stem(self.name, self.gsd, options)


def copies_of(options: SimulationOptions) -> tuple[Copy, ...]:
    """Return the further images of a product; none unless it is to be complete."""
    if not options.complete:
        return ()
    if options.level == "L1C":
        return (Copy("TCI", 10),)
    return tuple(Copy(name, gsd) for gsd, names in L2A_COPIES.items() for name in names)


def copy_layers(copy: Copy, exposure: Exposure, options: SimulationOptions) -> list[ImageArray]:
    """Return the bands of a further image for one window, each (rows, columns)."""
    if copy.name in CONSTANT:
        shape = (exposure.window.height * 10 // copy.gsd, exposure.window.width * 10 // copy.gsd)
        return [np.full(shape, CONSTANT[copy.name], np.uint16)]
    if copy.name == "TCI":
        return [_tint(resample(exposure.images[name], 10, copy.gsd), options) for name in ("B04", "B03", "B02")]
    native = NATIVE_GSD.get(copy.name, 20)
    if copy.name == "SCL":
        return [exposure.classes[1::3, 1::3]]
    return [resample(exposure.images[copy.name], native, copy.gsd)]


def resample(image: DigitalNumbers, gsd: int, new_gsd: int) -> DigitalNumbers:
    """Average digital numbers into coarser pixels, or repeat them in finer ones.

    A pixel that covers one without measurement has none; one that covers a saturated one is saturated.
    """
    if new_gsd <= gsd:
        return image.repeat(gsd // new_gsd, axis=0).repeat(gsd // new_gsd, axis=1)
    factor = new_gsd // gsd
    blocks = image.reshape(image.shape[0] // factor, factor, image.shape[1] // factor, factor)
    result = np.rint(blocks.mean(axis=(1, 3), dtype=np.float32)).astype(np.uint16)
    result[(blocks == SATURATED).any(axis=(1, 3))] = SATURATED
    result[(blocks == NODATA).any(axis=(1, 3))] = NODATA
    return np.asarray(result, np.uint16)


def _tint(image: DigitalNumbers, options: SimulationOptions) -> ImageArray:
    reflectance = (image.astype(np.float32) + options.offset) / QUANTIFICATION
    tint = np.clip(np.rint(reflectance * (255 / WHITE)), 1, 255).astype(np.uint8)
    tint[image == NODATA] = 0
    return np.asarray(tint, np.uint8)
