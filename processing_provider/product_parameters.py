# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of products that other rasters do not have, each with its help text; keys never change."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterCrs, QgsProcessingParameterFile

from ..core.sensors import Sensor
from .parameters import INPUT, Parameters

TARGET_CRS = "TARGET_CRS"
# Families whose products may be swaths, which lie on no map.
SWATH_FAMILIES = ("modis", "viirs")

_PATTERNS = "MTD_*.xml *_MTL.txt *_MTL.json *.zip *.tar *.tar.gz *.tgz *.hdf *.h5 *.nc *.vrt *.tif"


class ProductParameters(Parameters):
    """Builds the parameter definitions."""

    def product(self, sensor: Sensor) -> QgsProcessingParameterFile:
        """Return INPUT: a product's folder, metadata file, archive or address.

        The definition has the behaviour "file" for the sake of the button, but any text passes its own check because
        the filter ends in ``(*)``: QGIS has no parameter for "file or folder".
        """
        return self._finished(
            QgsProcessingParameterFile(
                INPUT,
                self.tr("{} product").format(sensor.name),
                QgsProcessingParameterFile.Behavior.File,
                fileFilter=f"{self.tr('Products')} ({_PATTERNS});;{self.tr('All files')} (*)",
            ),
            self._forms(sensor.family)
            + " "
            + self.tr(
                "Or a web address: an archive (.zip, .tar, .tar.gz) is fetched once and kept in the cache of the "
                "SatSharp options; GeoTIFFs, several separated by a semicolon, are read where they lie."
            ),
        )

    def target_crs(self) -> QgsProcessingParameterCrs:
        """Return TARGET_CRS."""
        return self._advanced(
            QgsProcessingParameterCrs(TARGET_CRS, self.tr("CRS of the result (swaths only)"), optional=True),
            self.tr(
                "Coordinate reference system in which the result of a swath (MOD09, VNP09) is laid on the map. By "
                "default it is Lambert's azimuthal equal-area projection around the swath's centre. Gridded products "
                "keep their sinusoidal grid; the log says so if a system is given."
            ),
        )

    def _forms(self, family: str) -> str:
        """Return in which forms products of a family are taken, and which files belong together."""
        if family == "sentinel2":
            return self.tr(
                "The product: its folder (such as ….SAFE, typed or pasted), its metadata file (MTD_….xml) inside that "
                "folder, the zip archive as it was downloaded (it is read without unpacking), or a raster whose band "
                "descriptions name the bands."
            )
        if family == "landsat":
            return self.tr(
                "The product: its folder, its metadata file (…_MTL.txt) inside that folder, the archive as it was "
                "downloaded (.tar or .tar.gz; it is read without unpacking), or rasters whose names or band "
                "descriptions name the bands. A Level-2 product needs the Level-1 product of the same scene for its "
                "panchromatic band: beside it, or separated from it by a semicolon."
            )
        if family == "modis":
            return self.tr(
                "The product: its file (.hdf) or the folder that holds it. MOD09GA needs MOD09GQ of the same tile and "
                "day, MOD09A1 needs MOD09Q1: beside it, or separated from it by a semicolon. A swath (MOD09) needs no "
                "other file. MYD09 likewise."
            )
        if family == "viirs":
            return self.tr(
                "The product: its file (.h5 or .hdf) or the folder that holds it. A swath (VNP09) needs its "
                "geolocation file (VNP03IMG, or VNP03MOD): beside it, or separated from it by a semicolon. A tile "
                "(VNP09GA) needs no other file. VJ109 and VJ209 likewise."
            )
        return self.tr(
            "The product: a raster whose band descriptions name the bands, or single-band files named by their bands, "
            "in a folder or separated by semicolons."
        )
