# SPDX-License-Identifier: GPL-2.0-or-later
"""A Landsat product on the grid of Sentinel-2: where it lies, by how much it is moved, and what clouds hide."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..cards import Card
from ..enlargement import KEYS
from ..errors import CancelledError, GridError, ProductError, RegistrationError
from ..grid import Grid
from ..products import files, stack
from ..products.angles_landsat import check_landsat
from ..products.cloud_raster import CLASSES, COVER, write_cover
from ..products.extent import transformed_bounds
from ..products.landsat_native import LandsatBands, open_native
from ..products.reference import Reference, open_reference
from ..products.regrid import northing_between, regridded, southern
from ..scene import Band, Scene
from ..sensors import Sensor
from .clouds import QA_PIXEL, CloudCover
from .coregistration import Registration, RegistrationOptions
from .landsat_request import LANDSAT_BANDS, PAN, PANSHARPEN, HarmonizeRequest
from .registration_reading import register
from .target_grid import coarse_grid, covering_grid, reference_grid, tile_grid

# Two pixels of the panchromatic band, and more: Landsat's stated accuracy is 12 m at 90 % to its ground control.
MAX_SHIFT = 60.0


@dataclass(frozen=True)
class LandsatScene:
    """What is to be harmonized.

    Attributes:
        scene: the bands on the wanted grid, with ``cover`` and ``classes`` where the product has a quality band.
        target: the 10 m grid of the result.
        product: as it was opened.
        reference: what it is harmonized to; None without one.
        registration: how it was moved; None where it was not.
        cloud_cover: of the quality band; None without one.
        warnings: sentences that the user should see.
    """

    scene: Scene
    target: Grid
    product: LandsatBands
    reference: Reference | None
    registration: Registration | None
    cloud_cover: CloudCover | None
    warnings: tuple[str, ...]


def open_landsat(
    request: HarmonizeRequest,
    sensors: dict[str, Sensor],
    folder: Path,
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> LandsatScene:
    """Open a Landsat product on the grid of the reference, moved onto it.

    Args:
        request: what the user asked for.
        sensors: sensor files by id; ``landsat`` and ``sentinel2`` are needed.
        folder: for virtual rasters and classes; it must outlive the scene.
        is_cancelled: asked now and then.
        log: receives sentences.

    Raises:
        ProductError: a product cannot be read, is of another sensor, or lacks a band.
        GridError: the grids do not fit.
        CancelledError: the user cancelled.
    """
    unmoved = open_unmoved(request, sensors, folder)
    product, reference, target = unmoved.product, unmoved.reference, unmoved.target
    for note in product.notes:
        log(note)
    registration, warnings = _registered(request, product, reference, is_cancelled, log)
    warnings += _level_warning(product)
    scene = _scene(request, product, target, registration, folder)
    cover = None
    if product.quality is not None:
        scene, cover = _with_cover(request, scene, product, target, registration, folder, is_cancelled)
        log(f"{cover.text} Hidden: {request.clouds.text}.")
    else:
        warnings += (f"{product.product.metadata.product} has no QA_PIXEL, so clouds are not known.",)
    return LandsatScene(scene, target, product, reference, registration, cover, warnings)


def open_unmoved(request: HarmonizeRequest, sensors: dict[str, Sensor], folder: Path) -> LandsatScene:
    """Open a Landsat product on the wanted grid as it lies, without looking at its pixels: enough for a plan.

    Raises:
        ProductError, GridError: as :func:`open_landsat`.
    """
    product = _open(request, sensors["landsat"])
    if product.pan is None and request.card is not None:
        what = "pansharpening" if request.method == PANSHARPEN else "the network"
        raise ProductError(
            f"{product.product.metadata.product} has no panchromatic band, which {what} needs. Pass the "
            "Level-1 product of the same path, row and day as PAN, or choose the METHOD cubic."
        )
    reference = _reference(request, sensors["sentinel2"])
    target = _target(request, product, reference)
    _check_overlap(product, target, "the reference" if reference is not None else f"the tile {request.mgrs_tile}")
    scene = _scene(request, product, target, None, folder)
    return LandsatScene(scene, target, product, reference, None, None, ())


def _open(request: HarmonizeRequest, sensor: Sensor) -> LandsatBands:
    sources = stack.parts_of(request.source) if stack.is_list(request.source) else (request.source,)
    paths = tuple(files.locate(source) for source in (*sources, *((request.pan,) if request.pan else ())))
    product = open_native(paths, sensor, request.source, LANDSAT_BANDS)
    check_landsat(product.product.metadata)
    return product


def _reference(request: HarmonizeRequest, sensor: Sensor) -> Reference | None:
    return open_reference(request.reference, request.reference_band, sensor) if request.reference else None


def _target(request: HarmonizeRequest, product: LandsatBands, reference: Reference | None) -> Grid:
    """Return the 10 m grid of the result."""
    if reference is not None:
        return reference_grid(reference.band.grid, reference.title)
    if request.mgrs_tile:
        return tile_grid(request.mgrs_tile)
    grid = product.bands[0].grid
    crs, equator = southern(grid)
    return covering_grid(grid, crs, equator, northing_between(grid.crs, crs) or 0.0)


def _check_overlap(product: LandsatBands, target: Grid, whose: str) -> None:
    """Refuse a grid that lies elsewhere than the product, as another tile of Sentinel-2 does."""
    grid = product.bands[0].grid
    west, south, east, north = transformed_bounds(grid, target.crs)
    left, top = target.locate(0, 0)
    right, bottom = target.locate(target.height, target.width)
    if west >= right or east <= left or south >= top or north <= bottom:
        raise GridError(
            f"{product.product.metadata.product} and {whose} show different places. Choose another REFERENCE or "
            "MGRS_TILE, or leave both empty."
        )


def _level_warning(product: LandsatBands) -> tuple[str, ...]:
    metadata = product.product.metadata
    if metadata.is_level2:
        return ()
    return (
        f"{metadata.product} is a Level-1 product: the result is reflectance at the top of the atmosphere, which "
        "BRDF normalisation and bandpass adjustment were not made for. Use the Level-2 product with this one as PAN.",
    )


def _registered(
    request: HarmonizeRequest,
    product: LandsatBands,
    reference: Reference | None,
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> tuple[Registration | None, tuple[str, ...]]:
    """Return the shift onto the reference, or why there is none."""
    if reference is None or not request.coregister:
        return None, ()
    moving = product.pan or next(band for band in product.bands if band.name == "B4")
    try:
        options = RegistrationOptions(max_shift=request.max_shift or MAX_SHIFT)
        found = register(reference.band, moving, options, is_cancelled, log)
    except RegistrationError as error:
        return None, (f"The product is not moved onto {reference.title}: {error}",)
    return found, ()


def _scene(
    request: HarmonizeRequest, product: LandsatBands, target: Grid, registration: Registration | None, folder: Path
) -> Scene:
    shift = (0.0, 0.0) if registration is None else (registration.east, registration.north)
    grids = _grids(request.card, target)
    wanted = [*product.bands, *([_pan(request.card, product, product.pan)] if product.pan and request.card else [])]
    steepness = KEYS if request.card is None else request.card.cubic_parameter
    bands = tuple(regridded(band, grids[band.name], folder, shift, steepness) for band in wanted)
    metadata = product.product.metadata
    moved = "" if registration is None else f"{registration.east:+.2f} m east, {registration.north:+.2f} m north"
    tags = (
        ("satellite", metadata.satellite),
        ("level1", product.level1.metadata.product if product.level1 is not None else ""),
        ("moved", moved),
    )
    return Scene(
        name=metadata.product,
        sensor="landsat",
        level=metadata.level,
        source=request.source,
        acquired=metadata.acquired,
        bands=bands,
        tags=tuple((key, value) for key, value in tags if value),
    )


def _pan(card: Card, product: LandsatBands, pan: Band) -> Band:
    """Return the panchromatic band with the reflectance that a model takes."""
    holder = product.product if product.level1 is None else product.level1
    if not card.pan_without_sun or holder.metadata.is_level2:
        return pan
    sine = math.sin(math.radians(holder.metadata.sun_elevation))
    return replace(pan, scale=pan.scale * sine, offset=pan.offset * sine)


def _grids(card: Card | None, target: Grid) -> dict[str, Grid]:
    """Return the grid on which each band is read: the model's, else the target's, so that it is resampled only once."""
    if card is None:
        return dict.fromkeys((*LANDSAT_BANDS, PAN), target)
    fine = {name for tensor in card.inputs if round(tensor.gsd) == round(target.gsd) for name in tensor.bands}
    coarse = coarse_grid(target)
    return {name: target if name in fine else coarse for name in (*LANDSAT_BANDS, PAN)}


def _with_cover(
    request: HarmonizeRequest,
    scene: Scene,
    product: LandsatBands,
    grid: Grid,
    registration: Registration | None,
    folder: Path,
    is_cancelled: Callable[[], bool],
) -> tuple[Scene, CloudCover]:
    def check() -> None:
        if is_cancelled():
            raise CancelledError

    quality = product.quality
    if quality is None:
        raise ProductError(f"{scene.name} has no quality band.")
    shift = (0.0, 0.0) if registration is None else (registration.east, registration.north)
    placed = regridded(quality, grid, folder, shift, nearest=True)
    cover, classes, found = write_cover(placed, QA_PIXEL, request.clouds, folder, check)
    return replace(scene, bands=(*scene.bands, cover, classes)), found


def has_cover(scene: Scene) -> bool:
    """Return whether it is known what clouds hide."""
    return scene.has((COVER, CLASSES))
