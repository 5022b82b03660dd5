# SPDX-License-Identifier: GPL-2.0-or-later
"""Readers of products, one module a family: a path in, a :class:`~..scene.Scene` out."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from ..errors import ProductError, SensorError
from ..scene import Scene
from ..sensors import Sensor
from . import files, identify, landsat, modis, sentinel2, stack, viirs

Reader = Callable[[str, Sensor, str], Scene]

READERS: dict[str, Reader] = {
    "sentinel2": sentinel2.open_product,
    "landsat": landsat.open_product,
    "modis": modis.open_product,
    "viirs": viirs.open_product,
    "stack": stack.open_stack,
}
# Families whose scenes may be spread over several products.
JOINING_READERS: dict[str, Callable[[tuple[str, ...], Sensor, str], Scene]] = {
    "landsat": landsat.open_products,
    "modis": modis.open_products,
    "viirs": viirs.open_products,
}


def open_scene(source: str, sensor: Sensor) -> Scene:
    """Open a product of the sensor's family, or a stack of rasters that name the sensor's bands.

    Args:
        source: product folder, metadata file, .zip, folder or file of rasters, several files separated by ``;`` or
            ``|``, or a GDAL /vsi path.
        sensor: sensor file.

    Returns:
        The scene: every band on its native grid, opened once and found readable.

    Raises:
        ProductError: there is no such product, it is damaged or incomplete, or it is of another sensor.
        GridError: the grids of its bands do not fit each other or the sensor.
        SensorError: no reader serves the family that the sensor file names.
    """
    if sensor.family not in READERS:
        raise SensorError(
            f"Sensor file {sensor.id} names the family {sensor.family!r}; known are {', '.join(READERS)}."
        )
    mtf = tuple((band.name, band.mtf_nyquist) for band in sensor.bands)
    return replace(_open(source, sensor), mtf_nyquist=mtf)


def _open(source: str, sensor: Sensor) -> Scene:
    if stack.is_list(source):
        products = _products_in_list(source, sensor)
        return _join(products, sensor, source) if products else stack.open_list(source, sensor)
    path = files.locate(source)
    if sensor.family == "stack":
        return stack.open_stack(path, sensor, source)
    found = identify.survey(path)
    own = [product for product in found if product.family == sensor.family]
    if len(own) > 1:
        return _join(tuple(product.path for product in own), sensor, source)
    if own:
        return READERS[sensor.family](own[0].path, sensor, source)
    if found:
        raise ProductError(_foreign(found[0], sensor))
    if path.lower().endswith(".xml"):
        return READERS[sensor.family](path, sensor, source)
    return stack.open_stack(path, sensor, source)


def _products_in_list(source: str, sensor: Sensor) -> tuple[str, ...]:
    """Return the products of the sensor's family in a list; none where it lists rasters."""
    if sensor.family not in JOINING_READERS:
        return ()
    found = [product for part in stack.parts_of(source) for product in identify.survey(files.locate(part))]
    return tuple(
        product.path
        for product in found
        if product.family == sensor.family and not product.path.lower().endswith((".tif", ".tiff"))
    )


def _join(paths: tuple[str, ...], sensor: Sensor, source: str) -> Scene:
    if sensor.family in JOINING_READERS:
        return JOINING_READERS[sensor.family](paths, sensor, source)
    raise ProductError(
        f"{source} holds {len(paths)} {sensor.name} products ({', '.join(paths[:5])}). Pass one of them."
    )


def _foreign(found: identify.Found, sensor: Sensor) -> str:
    if found.family == "theia":
        return (
            f"{found.path} is {found.title}, which is not read as a product. Pass its band files (_FRE_B2.tif, ...) as "
            "a stack: in a folder of their own, or separated by semicolons."
        )
    return f"{found.path} is {found.title}, not of {sensor.name}. Choose the algorithm of that sensor."
