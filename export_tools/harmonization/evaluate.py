# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge networks that harmonize Landsat on a real pair with Sentinel-2, one scale down, against classical methods."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.cards import MODEL_FOLDER, load_card
from ...core.harmonization.landsat_request import PAIRS
from ...core.quality.indices import normalised_difference
from ...core.quality.metrics import sam, ssim
from ..dataset import data_folder
from .methods import by_brovey, by_engine
from .reduced_pair import Image, Mask, ReducedPair, reduce_pair

# The clear pair at hand: two days apart, Alberta.
LANDSAT = "pairs_l8_s2/RSToolbox_Alberta/l8_20200802_L2SP_30m/LC08_L2SP_043024_20200802_20200914_02_T1_SR_{band}.tif"
SENTINEL2 = "pairs_l8_s2/RSToolbox_Alberta/s2_T11UPT_20200804_60m/T11UPT_20200804T183919_{band}_60m.jp2"
SATELLITE = "sentinel2b"
BANDS = tuple(name for _, name in PAIRS)
# Red and near infrared together are darker than this over water only.
DARK = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``evaluate-harmonization``."""
    parser.add_argument("cards", type=Path, nargs="+", help="cards (.json), each with its .onnx beside it")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--landsat", default=LANDSAT, help="30 m band files with {band}, below the folder of scenes")
    parser.add_argument("--sentinel2", default=SENTINEL2, help="60 m band files with {band}")
    parser.add_argument("--satellite", default=SATELLITE, help="sentinel2a, sentinel2b or sentinel2c")
    parser.add_argument("--json", type=Path, default=None, help="write all figures to this file")
    parser.add_argument("--write-card", action="store_true", help="write the figures of all into the first card")


def run(arguments: argparse.Namespace) -> int:
    """Print a table of figures for each method."""
    root = arguments.data or data_folder()
    cards = [load_card(path) for path in arguments.cards]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = reduce_pair(str(root / arguments.landsat), str(root / arguments.sentinel2), folder)
        results = {
            **{card.id: by_engine(pair, card, arguments.satellite, folder) for card in cards},
            "cubic": by_engine(pair, None, "", folder),
            "cubic + bandpass": by_engine(pair, None, arguments.satellite, folder),
            "GDAL pansharpen + bandpass": by_brovey(pair, arguments.satellite),
        }
        figures = {method: figures_of(pair, image) for method, image in results.items()}
    moved = pair.registration
    print(
        f"{int(pair.mask.sum())} clear pixels of {pair.target.gsd:g} m; Landsat moved {moved.east:+.1f} m east, "
        f"{moved.north:+.1f} m north"
    )
    print(_table(figures))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if arguments.write_card:
        _write(arguments.cards, figures)
    return 0


def figures_of(pair: ReducedPair, image: Image) -> dict[str, Any]:
    """Return the figures of a method on the clear pixels.

    RMSE and bias in digital numbers (reflectance x 10000), without and with the mean difference of the sensors taken
    off; SSIM with a range of 0.5 in reflectance; NDVI; spectral angle in degrees.
    """
    truth, mask = pair.truth, pair.mask
    difference = (image - truth)[:, mask].astype(np.float64) * 10000
    rmse, bias = np.sqrt((difference**2).mean(axis=1)), difference.mean(axis=1)
    similar = ssim(truth, image, 0.5, mask)
    return {
        "rmse": _by_band(rmse),
        "rmse_unbiased": _by_band(np.sqrt(np.maximum(rmse**2 - bias**2, 0))),
        "bias": _by_band(bias),
        "ssim": _by_band(similar, 4),
        "mean_rmse": round(float(rmse.mean()), 2),
        "mean_ssim": round(float(similar.mean()), 4),
        **_ndvi(truth, image, mask),
        "sam": round(sam(truth, image, mask), 3),
    }


def _by_band(values: npt.NDArray[Any], digits: int = 2) -> dict[str, float]:
    return {name: round(float(value), digits) for name, value in zip(BANDS, values)}


def _ndvi(truth: Image, image: Image, mask: Mask) -> dict[str, float]:
    """Return correlation and mean absolute error of NDVI, and the correlation where the ground is no water.

    Over water both bands are near zero: there NDVI says little, but its spread makes up most of a correlation.
    """
    red, infrared = BANDS.index("B04"), BANDS.index("B8A")
    (own, first), (other, second) = (normalised_difference(planes[infrared], planes[red]) for planes in (truth, image))
    valid = mask & first & second
    land = valid & (truth[red] + truth[infrared] > DARK)
    return {
        "ndvi_correlation": _correlation(own[valid], other[valid]),
        "ndvi_correlation_land": _correlation(own[land], other[land]),
        "ndvi_mae": round(float(np.abs(own - other)[valid].mean()), 4),
    }


def _correlation(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    return round(float(np.corrcoef(first, second)[0, 1]), 4)


def _table(figures: dict[str, dict[str, Any]]) -> str:
    heads = f"{'RMSE':>8s}{'SSIM':>8s}{'NDVI r':>8s}{'on land':>9s}{'MAE':>8s}{'SAM':>7s}"
    lines = [f"{'method':28s}{heads}  RMSE by band {' '.join(BANDS)}"]
    for method, found in figures.items():
        bands = " ".join(f"{value:.0f}" for value in found["rmse"].values())
        lines.append(
            f"{method:28s}{found['mean_rmse']:8.1f}{found['mean_ssim']:8.4f}{found['ndvi_correlation']:8.4f}"
            f"{found['ndvi_correlation_land']:9.4f}{found['ndvi_mae']:8.4f}{found['sam']:7.2f}  {bands}"
        )
    return "\n".join(lines)


def _write(paths: Sequence[Path], figures: dict[str, Any]) -> None:
    path, cards = paths[0], " ".join(_below_repository(path) for path in paths)
    document = json.loads(path.read_text(encoding="utf-8"))
    # What was said about them by hand stays.
    document["harmonization_figures"] = {
        **{key: text for key, text in document.get("harmonization_figures", {}).items() if key == "note"},
        "command": f"python -m satsharp.export_tools evaluate-harmonization {cards} --write-card",
        "pair": "Alberta 2020-08-02 (Landsat 8) and 2020-08-04 (Sentinel-2B), one scale down: 180 m and 90 m to 60 m",
        "methods": figures,
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _below_repository(path: Path) -> str:
    """Return the path of a bundled card as it reads in the repository; of another one below ``models``."""
    folder = path.resolve().parent
    inside = folder.relative_to(MODEL_FOLDER.resolve()) if folder.is_relative_to(MODEL_FOLDER.resolve()) else Path()
    return (Path("models") / inside / path.name).as_posix()
