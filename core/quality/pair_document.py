# SPDX-License-Identifier: GPL-2.0-or-later
"""A pair report as plain values: a JSON document and the rows of a table."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from ..harmonization.clouds import NAMES
from ..version import version
from .comparison import Agreement, Figure
from .moments import PairMoments
from .pair import PairResult
from .pair_plan import PairJob

AFTER, BEFORE = "input", "before"
STAGES = (AFTER, BEFORE)
COLUMNS = ("slope", "intercept", "r2", "correlation", "bias", "mae", "rmse", "nrmse", "psnr")
DEFINITIONS = {
    "slope": "of the line raster = slope x reference + intercept of least squares",
    "intercept": "of that line, reflectance",
    "r2": "square of Pearson's correlation",
    "correlation": "Pearson's",
    "bias": "mean of raster - reference, reflectance",
    "mae": "mean of |raster - reference|, reflectance",
    "rmse": "root of the mean of (raster - reference)^2, reflectance",
    "nrmse": "Euclidean norm of raster - reference over that of the reference",
    "psnr": "-20 log10(rmse), dB, for a data range of 1",
    "ssim": "structural similarity, Wang et al. 2004: Gaussian window of 11 pixels, sigma 1.5, data range 1",
    "sam": "mean spectral angle over pixels, degrees, Kruse et al. 1993",
    "NDVI": "(NIR - red) / (NIR + red)",
    "NDWI": "(green - NIR) / (green + NIR), McFeeters 1996",
    "NDWI1": "(NIR - SWIR1) / (NIR + SWIR1), Gao 1996",
    "NDWI2": "(NIR - SWIR2) / (NIR + SWIR2)",
}


def document_of(job: PairJob, result: PairResult) -> dict[str, Any]:
    """Return the report as JSON values; what is not defined is null."""
    target = job.target
    return {
        "software": f"SatSharp {version()}",
        "input": job.stages[0].raster.source.title,
        "reference": job.reference.source.title,
        "before": job.stages[1].raster.source.title if len(job.stages) > 1 else None,
        "grid": {"gsd": target.gsd, "width": target.width, "height": target.height, "transform": target.transform},
        "bands": {name: [pair.text for pair in stage.pairs] for name, stage in zip(STAGES, job.stages)},
        "pixels": result.pixels,
        "pixels_of_grid": result.total,
        "clouds": [
            {
                "masked": clouds.options.text,
                "kind": clouds.kind,
                "valid_fraction": cover.valid_fraction,
                "shares": {NAMES[number]: cover.share(number) for number, _ in cover.counts if number in NAMES},
            }
            for clouds, cover in zip(job.clouds, result.covers)
        ],
        "notes": list(job.notes),
        "warnings": list(job.warnings),
        "definitions": DEFINITIONS,
        "figures": {name: _agreement(agreement) for name, agreement in zip(STAGES, result.agreements)},
    }


def json_text(job: PairJob, result: PairResult) -> str:
    """Return the document as text."""
    return json.dumps(document_of(job, result), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(result: PairResult) -> str:
    """Return a table with one row for each band and index of each raster, and one for all bands together."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("raster", "kind", "name", "pixels", *COLUMNS, "ssim", "sam"))
    for stage, agreement in zip(STAGES, result.agreements):
        for kind, figures in (("band", agreement.bands), ("index", agreement.indices)):
            for figure in figures:
                row = _figure(figure)
                cells = (figure.moments.count, *(_cell(row[column]) for column in COLUMNS), _cell(row.get("ssim")))
                writer.writerow((stage, kind, figure.name, *cells, ""))
        overall = _overall(agreement)
        cells = (overall["pixels"], *(_cell(overall.get(column)) for column in COLUMNS), _cell(overall["ssim"]))
        writer.writerow((stage, "all bands", "", *cells, _cell(overall["sam"])))
    return stream.getvalue()


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return {
        "overall": _overall(agreement),
        "bands": {figure.name: _figure(figure) for figure in agreement.bands},
        "indices": {figure.name: _figure(figure) for figure in agreement.indices},
    }


def _overall(agreement: Agreement) -> dict[str, Any]:
    """Return figures of all bands together; a line through different bands would say nothing."""
    own = _moments(agreement.overall)
    kept = {name: own[name] for name in ("bias", "mae", "rmse", "nrmse", "psnr")}
    pixels = agreement.bands[0].moments.count
    return {"pixels": pixels, **kept, "ssim": _finite(agreement.ssim), "sam": _finite(agreement.sam)}


def _figure(figure: Figure) -> dict[str, Any]:
    structure = {} if math.isnan(figure.ssim) else {"ssim": figure.ssim}
    return {"pixels": figure.moments.count, **_moments(figure.moments), **structure}


def _moments(moments: PairMoments) -> dict[str, float | None]:
    return {column: _finite(getattr(moments, column)) for column in COLUMNS}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
