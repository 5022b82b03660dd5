# SPDX-License-Identifier: GPL-2.0-or-later
"""Which band of one raster is which band of another: as the user says, else by wavelength, name or order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ProductError
from ..products.measured_raster import MeasuredRaster
from ..scene import Band

# Nanometres by which central wavelengths of the same band may differ: Landsat's B5 and Sentinel-2's B08 do by 32.
_NEAR, _FAR = 35.0, 60.0
_INFRARED = 1300.0
_SEPARATOR = re.compile(r"[;,\n]+")
_LISTED = 4


@dataclass(frozen=True)
class BandPair:
    """A band of the raster and the band of the reference that it is compared with."""

    band: Band
    reference: Band

    @property
    def text(self) -> str:
        """Such as ``B5 = B8A``."""
        return f"{self.band.name} = {self.reference.name}"


def pair_bands(raster: MeasuredRaster, reference: MeasuredRaster, mapping: str = "") -> tuple[BandPair, ...]:
    """Return the pairs of bands, in the order of the reference.

    Args:
        raster: a raster.
        reference: what it is compared with.
        mapping: pairs such as ``B5=B8A; B4=B04``, by names or numbers of bands; empty to find them.

    Raises:
        ProductError: the mapping is not valid, or nothing tells which bands belong together.
    """
    if mapping.strip():
        return _mapped(raster, reference, mapping)
    same = tuple(
        BandPair(band, other)
        for other in reference.bands
        for band in raster.bands
        if band.name == other.name and raster.sensor == reference.sensor and not other.name.startswith("band ")
    )
    pairs = same or _by_wavelength(raster, reference)
    if not pairs and len(raster.bands) == len(reference.bands) and not (raster.sensor and reference.sensor):
        pairs = tuple(BandPair(*both) for both in zip(raster.bands, reference.bands))
    if not pairs:
        raise ProductError(
            f"No band of {raster.source.title} ({raster.listed}) can be told to be the same as one of "
            f"{reference.source.title} ({reference.listed}). Say which belong together, such as B5=B8A; B4=B04."
        )
    return pairs


def _mapped(raster: MeasuredRaster, reference: MeasuredRaster, mapping: str) -> tuple[BandPair, ...]:
    pairs = []
    for part in (part.strip() for part in _SEPARATOR.split(mapping)):
        if not part:
            continue
        names = [name.strip() for name in part.split("=")]
        if len(names) != 2 or not all(names):
            raise ProductError(f"{part!r} is no pair of bands. Write pairs such as B5=B8A; B4=B04.")
        found = [file.find(name) for file, name in zip((raster, reference), names)]
        for band, name, file in zip(found, names, (raster, reference)):
            if band is None:
                raise ProductError(f"{file.source.title} has no band {name}: it has {file.listed}.")
        pairs.append(BandPair(*found))  # type: ignore[arg-type]
    if not pairs:
        raise ProductError(f"{mapping!r} holds no pair of bands. Write pairs such as B5=B8A; B4=B04.")
    for chosen in ([pair.band.name for pair in pairs], [pair.reference.name for pair in pairs]):
        twice = next((name for name in chosen if chosen.count(name) > 1), "")
        if twice:
            raise ProductError(f"Band {twice} stands in two pairs. Pair each band once.")
    return tuple(pairs)


def _by_wavelength(raster: MeasuredRaster, reference: MeasuredRaster) -> tuple[BandPair, ...]:
    """Pair bands whose central wavelengths are each other's nearest."""

    def distance(band: Band, other: Band) -> float:
        return abs((band.wavelength_nm or 0.0) - (other.wavelength_nm or 0.0))

    known = [[band for band in file.bands if band.wavelength_nm] for file in (raster, reference)]
    if not all(known):
        return ()
    pairs = []
    for other in known[1]:
        band = min(known[0], key=lambda candidate: distance(candidate, other))
        back = min(known[1], key=lambda candidate: distance(band, candidate))
        tolerance = _FAR if (other.wavelength_nm or 0.0) > _INFRARED else _NEAR
        if back is other and distance(band, other) <= tolerance:
            pairs.append(BandPair(band, other))
    return tuple(pairs)
