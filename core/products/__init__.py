# SPDX-License-Identifier: GPL-2.0-or-later
"""Readers of products, one module a family: a path in, a :class:`~..scene.Scene` out."""

from __future__ import annotations

from typing import Callable

from ..errors import ProductError, SensorError
from ..scene import Scene
from ..sensors import Sensor
from . import files, identify, sentinel2, stack

Reader = Callable[[str, Sensor, str], Scene]

READERS: dict[str, Reader] = {"sentinel2": sentinel2.open_product}


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
    if stack.is_list(source):
        return stack.open_list(source, sensor)
    path = files.locate(source)
    found = identify.survey(path)
    own = [product for product in found if product.family == sensor.family]
    if len(own) > 1:
        shown = ", ".join(product.path for product in own[:5])
        raise ProductError(f"{source} holds {len(own)} {sensor.name} products ({shown}). Pass one of them.")
    if own:
        return READERS[sensor.family](own[0].path, sensor, source)
    if found:
        raise ProductError(_foreign(found[0], sensor))
    if path.lower().endswith(".xml"):
        return READERS[sensor.family](path, sensor, source)
    return stack.open_stack(path, sensor, source)


def _foreign(found: identify.Found, sensor: Sensor) -> str:
    if found.family == "theia":
        return (
            f"{found.path} is {found.title}, which is not read as a product. Pass its band files (_FRE_B2.tif, ...) as "
            "a stack: in a folder of their own, or separated by semicolons."
        )
    return f"{found.path} is {found.title}, not of {sensor.name}. Choose the algorithm of that sensor."
