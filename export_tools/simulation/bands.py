# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of a simulated product: the sensor file's, and for L1C the cirrus band, with noise and file names."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.point_spread import sigma_of_mtf
from ...core.sensors import SensorBand, sensor_by_id
from .options import SimulationOptions

FINE_GSD = 10
# B10 is no target of any model, so the sensor file leaves it out.
CIRRUS = SensorBand("B10", 60.0, 1373.5, 31.0, 0.32)
# Signal-to-noise ratio at the reference radiance (Sentinel-2 mission requirements), and what reflectance that is.
SIGNAL_TO_NOISE = {
    "B01": (129, 0.25), "B02": (154, 0.20), "B03": (168, 0.21), "B04": (142, 0.22), "B05": (117, 0.17),
    "B06": (89, 0.19), "B07": (105, 0.18), "B08": (174, 0.29), "B8A": (72, 0.16), "B09": (114, 0.09),
    "B10": (50, 0.06), "B11": (100, 0.05), "B12": (100, 0.05),
}  # fmt: skip
# Order of band_id in the metadata.
BAND_IDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")


@dataclass(frozen=True)
class SimulatedBand:
    """One band of a simulated product.

    Attributes:
        name: such as ``B8A``.
        layer: index into the landscape's layers.
        gsd: native ground sampling distance in metres.
        factor: native GSD / 10 m.
        sigma_px: standard deviation of the point spread in 10 m pixels; 0 at 10 m, where the truth is the band.
        noise: standard deviation of the noise, in reflectance, at ``noise_reflectance``.
        noise_reflectance: reflectance of the reference radiance.
        wavelength_nm: central wavelength in nanometres.
        bandwidth_nm: bandwidth in nanometres.
    """

    name: str
    layer: int
    gsd: int
    factor: int
    sigma_px: float
    noise: float
    noise_reflectance: float
    wavelength_nm: float
    bandwidth_nm: float

    @property
    def id(self) -> int:
        """The metadata's band_id."""
        return BAND_IDS.index(self.name)

    @property
    def physical_name(self) -> str:
        """The metadata's physicalBand, such as ``B8`` or ``B8A``."""
        return self.name.replace("B0", "B")

    def file_stem(self, options: SimulationOptions) -> str:
        """Return the image file's path below the product, without suffix."""
        return image_stem(self.name, self.gsd, options)


def image_stem(name: str, gsd: int, options: SimulationOptions) -> str:
    """Return the path of an image (a band, TCI, SCL...) at a GSD in metres below the product, without suffix."""
    folder = f"GRANULE/{options.granule_name}/IMG_DATA"
    if options.level == "L1C":
        return f"{folder}/{options.image_prefix}_{name}"
    return f"{folder}/R{gsd}m/{options.image_prefix}_{name}_{gsd}m"


def bands_of(level: str) -> tuple[SimulatedBand, ...]:
    """Return the bands of a level in the sensor file's order (B10 last); layer n of the landscape is band n."""
    bands = sensor_by_id("sentinel2").bands
    if level == "L1C":
        bands = (*bands, CIRRUS)
    return tuple(_simulated(band, layer) for layer, band in enumerate(bands))


def _simulated(band: SensorBand, layer: int) -> SimulatedBand:
    factor = round(band.gsd / FINE_GSD)
    snr, reflectance = SIGNAL_TO_NOISE[band.name]
    return SimulatedBand(
        name=band.name,
        layer=layer,
        gsd=round(band.gsd),
        factor=factor,
        sigma_px=0.0 if factor == 1 else sigma_of_mtf(band.mtf_nyquist, band.gsd) / FINE_GSD,
        noise=reflectance / snr,
        noise_reflectance=reflectance,
        wavelength_nm=band.wavelength_nm,
        bandwidth_nm=band.bandwidth_nm,
    )
