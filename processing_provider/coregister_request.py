# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of ``coregister`` as values that a worker thread may use, and the engine's job for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..plugin.settings import AUTO

if TYPE_CHECKING:
    from ..core.harmonization.coregistration import CloudMask
    from ..core.harmonization.coregistration_run import CoregistrationJob
    from ..core.products.raster_copy import CopiedRaster
    from .raster_export import LayerSource


@dataclass(frozen=True)
class Request:
    """The parameters as values that a worker thread may use.

    Attributes:
        layers: INPUT, REFERENCE and, where it is given, MASK.
        bands: BAND and REFERENCE_BAND.
        mask_kind: MASK_KIND.
        max_shift: metres, or None.
        local: LOCAL.
        grid: GRID.
        method: RESAMPLING.
        cog: write a Cloud Optimized GeoTIFF.
        style: style of the input's layer as XML.
    """

    layers: tuple[LayerSource, ...]
    bands: tuple[int, int]
    mask_kind: str
    max_shift: float | None
    local: bool
    grid: str
    method: str
    cog: bool
    style: str


def coregistration_job(request: Request, output: Path) -> CoregistrationJob:
    """Open the layers and return what is to be done, on a worker thread.

    Raises:
        SatSharpError: a layer cannot be read.
    """
    from ..core.harmonization.coregistration import RegistrationOptions
    from ..core.harmonization.coregistration_run import CoregistrationJob, measured_band

    source, reference, *masks = (_opened(layer) for layer in request.layers)
    cloud_masks = tuple(_cloud_mask(mask, request.mask_kind) for mask in masks)
    return CoregistrationJob(
        source=source,
        band=request.bands[0],
        reference=measured_band(reference, request.bands[1]),
        options=RegistrationOptions(request.max_shift, local=request.local, masks=cloud_masks),
        output=output,
        grid=request.grid,
        method=request.method,
        cog=request.cog,
        tags=_lineage(request),
    )


def _opened(layer: LayerSource) -> CopiedRaster:
    from ..core.products.raster_copy import describe_raster

    return describe_raster(layer.path, layer.title, layer.crs.toWkt() if layer.crs.isValid() else "")


def _cloud_mask(mask: CopiedRaster, kind: str) -> CloudMask:
    """Return a mask; of a kind that its name does not tell, anything but 0 is cloud."""
    from ..core.harmonization.cloud_classes import BINARY, guess_kind
    from ..core.harmonization.coregistration import CloudMask

    guessed = guess_kind(Path(mask.path).name) or guess_kind(mask.title, mask.path) or BINARY
    return CloudMask(replace(mask.bands[0].band, name=mask.title), guessed if kind == AUTO else kind)


def _lineage(request: Request) -> tuple[tuple[str, str], ...]:
    from ..core.credentials import without_credentials
    from ..core.raster import RESULT_TAG
    from ..core.version import version

    source, reference = (layer for layer in request.layers[:2])
    return (
        ("TIFFTAG_SOFTWARE", f"SatSharp {version()}"),
        (RESULT_TAG, source.title),
        ("SATSHARP_INPUT", without_credentials(source.origin)),
        ("SATSHARP_REFERENCE", without_credentials(reference.origin)),
    )
