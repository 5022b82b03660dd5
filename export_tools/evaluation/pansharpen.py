# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's pansharpening (weighted Brovey) of the targets by a panchromatic band made from the guides, in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from osgeo import gdal, gdal_array
from scipy.optimize import nnls

from ...core.point_spread import block_mean
from ..baselines import coarse_mask
from ..configuration import Config
from ..degradation import Pair

Image = npt.NDArray[np.float32]

DESCRIPTION = """<VRTDataset subClass="VRTPansharpenedDataset"><PansharpeningOptions>
<Algorithm>WeightedBrovey</Algorithm>
<AlgorithmOptions><Weights>{weights}</Weights></AlgorithmOptions>
<Resampling>Cubic</Resampling><NumThreads>1</NumThreads>
{bands}</PansharpeningOptions></VRTDataset>"""
BAND = '<SpectralBand dstBand="{number}"></SpectralBand>\n'


def pansharpen(pair: Pair, config: Config) -> Image:
    """Sharpen as ``gdal_pansharpen`` does: target x pan / sum of weight x target, targets resampled bicubically.

    The panchromatic band is the mean of the finest guide bands. The weights of the target bands are those that best
    reproduce it at the coarse GSD: non-negative least squares without intercept, so they are the scene's own.

    Args:
        pair: the scene.
        config: which groups there are.

    Returns:
        (targets, rows, columns) on the finest grid.
    """
    pan = pair.inputs[config.guides[0].name].mean(axis=0, keepdims=True)
    return brovey(pan, pair.inputs[config.targets.name], coarse_mask(pair, config), config.scale_factor)


def brovey(pan: Image, coarse: Image, valid: npt.NDArray[np.bool_], factor: int) -> Image:
    """Sharpen as ``gdal_pansharpen`` does.

    Args:
        pan: (1, rows x factor, columns x factor).
        coarse: (bands, rows, columns).
        valid: (rows, columns), pixels that the weights are found from.
        factor: GSD of the bands / GSD of the pan.

    Returns:
        (bands, rows x factor, columns x factor).
    """
    weights = pan_weights(pan, coarse, valid, factor)
    description = DESCRIPTION.format(
        weights=",".join(f"{weight:.9f}" for weight in weights),
        bands="".join(BAND.format(number=number) for number in range(1, len(coarse) + 1)),
    )
    fine, wide = _in_memory(pan, 1), _in_memory(coarse, factor)
    bands = [wide.GetRasterBand(number) for number in range(1, len(coarse) + 1)]
    result: Image = gdal.CreatePansharpenedVRT(description, fine.GetRasterBand(1), bands).ReadAsArray()
    return result.reshape(len(coarse), *pan.shape[1:])


def pan_weights(pan: Image, coarse: Image, valid: npt.NDArray[np.bool_], factor: int) -> npt.NDArray[np.float64]:
    """Return the weights (targets,) with which the target bands make up the panchromatic band."""
    weights, _ = nnls(coarse[:, valid].T.astype(np.float64), block_mean(pan, factor)[0, valid].astype(np.float64))
    return np.asarray(weights if weights.any() else np.full(len(coarse), 1 / len(coarse)))


def _in_memory(image: Image, gsd: float) -> gdal.Dataset:
    """Return an image as a raster of this GSD whose upper left corner is the origin."""
    dataset = gdal_array.OpenArray(np.ascontiguousarray(image, np.float32))
    dataset.SetGeoTransform((0, gsd, 0, 0, 0, -gsd))
    return dataset
