# SPDX-License-Identifier: GPL-2.0-or-later
"""The classical steps of harmonization, each alone: what becomes of the bands of a raster or product."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..credentials import without_credentials
from ..errors import ProductError
from ..harmonization.angle_field import AngleField
from ..harmonization.bandpass import adjustments
from ..harmonization.factor_field import FactorField, c_factors, target_sun_zenith
from ..harmonization.tables import BandpassTable, BrdfTable
from ..raster import RESULT_TAG
from ..raster_map import BandMap, MapJob
from ..raster_profile import BLOCK
from ..version import version
from . import files
from .angle_lattice import on_grid
from .reflective import BANDPASS_TAG, BRDF_TAG, ReflectiveRaster, family_of

# Strips are not higher than this many rows, whatever the blocks of the input.
MOST_ROWS = 4 * BLOCK


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be done, and sentences about it: for the log, and warnings."""

    job: MapJob
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def plan_bandpass(
    raster: ReflectiveRaster, table: BandpassTable, source: str, target: str, output: Path, cog: bool = False
) -> Plan:
    """Plan the adjustment of all bands that the table has; the others are copied.

    Args:
        raster: the bands.
        table: lines between the sensors.
        source: sensor that measured, such as ``sentinel2a``.
        target: sensor whose bandpass is wanted.
        output: file to write.
        cog: write a Cloud Optimized GeoTIFF.

    Raises:
        ProductError: the raster is of another sensor, or none of its bands can be adjusted.
        SensorError: the table lacks a sensor.
    """
    if raster.sensor and raster.sensor != source:
        raise ProductError(f"{raster.name} is of {raster.sensor}, not of {source}. Choose {raster.sensor} as FROM.")
    if source == target or {source, target} <= {*table.reference}:
        raise ProductError(f"The bands of {source} and {target} are alike, so nothing is to adjust. Choose another TO.")
    names = [entry.band.name for entry in raster.bands]
    known = tuple(name for name in names if table.line(source, name) and table.line(target, name))
    # Whether or not the raster has a band of the table, the sensors must be in it.
    lines = {line.band: line for line in adjustments(table, source, target, known)}
    if not lines:
        raise ProductError(
            f"The table {table.info.id} leads from {source} to {target} for "
            f"{', '.join(pair[family_of(source) == 'landsat'] for pair in table.pairs)}, and {raster.name} has "
            f"{_listed(names)}. Choose another GSD or raster."
        )
    words = [f"{band}: x {line.slope:.6g} {line.offset:+.6g}" for band, line in lines.items()]
    bands = tuple(
        BandMap(entry.band, entry.title, entry.declared, line=lines.get(entry.band.name)) for entry in raster.bands
    )
    tags = (
        *_tags(raster),
        (BANDPASS_TAG, f"{source} -> {target} (table {table.info.id}, {table.info.doi or table.info.file})"),
        (f"{BANDPASS_TAG}_LINES", "; ".join(words)),
    )
    warnings = [*raster.warnings, *_untouched(raster, set(lines), "no line"), *_level_warning(raster)]
    return Plan(_job(output, bands, tags, cog), (*raster.notes, f"Lines: {'; '.join(words)}."), tuple(warnings))


def plan_brdf(
    raster: ReflectiveRaster,
    angles: AngleField,
    table: BrdfTable,
    sun_zenith: float | None,
    output: Path,
    cog: bool = False,
) -> Plan:
    """Plan the normalisation of all bands that the table has; the others are copied.

    Args:
        raster: the bands.
        angles: of the product that the raster was made from.
        table: weights of the kernels.
        sun_zenith: zenith of the sun to normalise to, in degrees; None for that of HLS.
        output: file to write.
        cog: write a Cloud Optimized GeoTIFF.

    Raises:
        ProductError: the raster is normalised already or of another day, none of its bands can be normalised, or there
            are no angles.
        GridError: raster and angles lie in different places.
    """
    _check_brdf(raster, angles)
    raster = replace(raster, acquired=raster.acquired or angles.acquired)
    names = [entry.band.name for entry in raster.bands]
    known = tuple(name for name in names if table.has(name))
    if not known:
        raise ProductError(f"The table {table.info.id} has weights for none of the bands {_listed(names)}.")
    target = target_sun_zenith(angles) if sun_zenith is None else sun_zenith
    grid = raster.bands[0].band.grid
    fields = {field.band: field for field in on_grid(c_factors(angles, known, table, target), grid, raster.name)}
    bands = tuple(
        BandMap(entry.band, entry.title, entry.declared, factors=fields.get(entry.band.name)) for entry in raster.bands
    )
    words = [_range(field) for field in fields.values()]
    tags = (
        *_tags(raster),
        (
            BRDF_TAG,
            f"view from the zenith, sun at {target:.4f} degrees from the zenith, c-factor "
            f"(table {table.info.id}, {table.info.doi or table.info.file})",
        ),
        (f"{BRDF_TAG}_ANGLES", without_credentials(angles.source)),
        (f"{BRDF_TAG}_FACTORS", "; ".join(words)),
    )
    notes = (
        *raster.notes,
        f"Normalised to a view from the zenith and the sun at {target:.2f} degrees from the zenith.",
        f"Factors: {'; '.join(words)}.",
    )
    warnings = (
        *raster.warnings,
        *angles.notes,
        *_untouched(raster, set(fields), "no weights"),
        *_level_warning(raster),
    )
    return Plan(_job(output, bands, tags, cog), notes, warnings)


def _check_brdf(raster: ReflectiveRaster, angles: AngleField) -> None:
    """Raise ProductError where a raster is normalised already, or of another day than the angles."""
    done = dict(raster.tags).get(BRDF_TAG)
    if done:
        raise ProductError(f"{raster.name} is normalised already ({done}). Pass the raster that it was made from.")
    days = raster.acquired[:10], angles.acquired[:10]
    if all(days) and days[0] != days[1]:
        raise ProductError(
            f"{raster.name} is of {days[0]}, and the angles are of {days[1]}. Pass the product that it was made from."
        )


def _job(output: Path, bands: tuple[BandMap, ...], tags: tuple[tuple[str, str], ...], cog: bool) -> MapJob:
    heights = []
    for path, index in {(entry.band.path, entry.band.index) for entry in bands}:
        # A band dies with its dataset, so that has to be kept until the band has been asked.
        dataset = files.open_raster(path)
        heights.append(dataset.GetRasterBand(index).GetBlockSize()[1])
    rows = min(MOST_ROWS, max(-(-height // BLOCK) * BLOCK for height in heights))
    return MapJob(output, bands, tags, cog, rows)


def _tags(raster: ReflectiveRaster) -> tuple[tuple[str, str], ...]:
    """Return the provenance of an output before the step; what the input says of itself is kept."""
    new = {
        RESULT_TAG: raster.name,
        "SATSHARP_SENSOR": family_of(raster.sensor) if raster.sensor else "",
        "SATSHARP_LEVEL": raster.level,
        "SATSHARP_ACQUIRED": raster.acquired,
    }
    changed = {
        "TIFFTAG_SOFTWARE": f"SatSharp {version()}",
        "TIFFTAG_DATETIME": raster.acquired[:19].replace("-", ":").replace("T", " "),
        "SATSHARP_INPUT": without_credentials(raster.source),
    }
    every = {**new, **dict(raster.tags), **changed}
    return tuple((key, value) for key, value in every.items() if value)


def _untouched(raster: ReflectiveRaster, changed: set[str], lack: str) -> tuple[str, ...]:
    """Return the sentence about bands that are copied."""
    left = [entry.title or f"band {entry.band.index}" for entry in raster.bands if entry.band.name not in changed]
    return (f"Copied as they are, since the table has {lack} for them: {', '.join(left)}.",) if left else ()


def _level_warning(raster: ReflectiveRaster) -> tuple[str, ...]:
    if not raster.level.startswith("L1"):
        return ()
    return (
        f"{raster.name} is reflectance at the top of the atmosphere ({raster.level}); the table is for that of the "
        "surface.",
    )


def _range(field: FactorField) -> str:
    return f"{field.band} {field.values.min():.4f} to {field.values.max():.4f}"


def _listed(names: list[str]) -> str:
    return ", ".join(name for name in names if name) or "none that is known"
