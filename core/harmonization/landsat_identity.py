# SPDX-License-Identifier: GPL-2.0-or-later
"""What a harmonization reads: which files its outputs must not replace, and what its pixels depend on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from ..adjustment import Adjustment
from ..job import Job
from ..lineage import Pairs, digest_of
from ..plan_checks import check_outputs
from ..raster import file_stamp
from ..scene import Band
from .landsat_request import HarmonizeRequest
from .landsat_scene import LandsatScene


def check_places(found: LandsatScene, places: list[Path]) -> None:
    """Refuse outputs that would replace a file of the product or the reference.

    Raises:
        OutputError: one of them would.
    """
    reference = () if found.reference is None else (found.reference.band,)
    # The scene's own bands may be virtual rasters in a temporary folder.
    check_outputs(replace(found.scene, bands=(*_read(found), *reference)), places)


def identity_of(
    job: Job, request: HarmonizeRequest, found: LandsatScene, adjustments: tuple[tuple[str, Adjustment], ...]
) -> Pairs:
    """Return the job's identity with what is read instead of what lies in the temporary folder of this run.

    Args:
        job: as planned.
        request: what the user asked for.
        found: the opened product.
        adjustments: (Landsat band, what is done to it after its model).
    """
    moved = None if found.registration is None else (found.registration.east, found.registration.north)
    parts = {
        "input": [request.source, [[band.path, band.index, file_stamp(band.path)] for band in _read(found)]],
        "harmonization": [
            [request.method, request.under_clouds, repr(request.clouds), repr(moved), repr(found.target)],
            [repr(replace(band, path="")) for band in found.scene.bands],
            [[name, *_described(adjustment)] for name, adjustment in adjustments],
        ],
    }
    return tuple({**dict(job.identity), **{name: digest_of(part) for name, part in parts.items()}}.items())


def _read(found: LandsatScene) -> tuple[Band, ...]:
    """Return the bands of the product as they lie in its files."""
    product = found.product
    return (*product.bands, *(band for band in (product.pan, product.quality) if band is not None))


def _described(adjustment: Adjustment) -> tuple[float, float, str, str]:
    field = adjustment.factors
    where, values = ("", b"") if field is None else (repr(field.grid), field.values.tobytes())
    return adjustment.slope, adjustment.offset, where, hashlib.sha256(values).hexdigest()
