# SPDX-License-Identifier: GPL-2.0-or-later
"""A published lightweight network as a reference: AESR (126,214 parameters), read from the user's own copy of its file.

Weights of up42 (pull request 28 of lanha/DSen2, GPL-3.0); they are neither shipped nor copied, only run to compare.
Architecture: two 3 x 3 convolutions, two 3 x 3 transposed convolutions with additive skips, a linear 5 x 5 convolution,
64 channels. Input: B04, B03, B02, B08, then B05, B06, B07, B8A, B11, B12 upsampled bilinearly, digital number / 2000.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.errors import ModelError
from ..baselines import upsample
from ..configuration import Config
from ..degradation import Pair

Image = npt.NDArray[np.float32]

FOLDER = "up42_aesr_20m_real"
GUIDES = ("B04", "B03", "B02", "B08")
TARGETS = ("B05", "B06", "B07", "B8A", "B11", "B12")
LAYERS = ("conv2d", "conv2d_1", "conv2d_transpose", "conv2d_transpose_1", "conv2d_2")
# Mirrored pixels around the scene: more than the receptive field of 6.
EDGE = 12


def golden_folder() -> Path:
    """Return the folder of published files: ``SATSHARP_GOLDEN``, by default ``../shared/golden``."""
    default = Path(__file__).resolve().parents[3] / "shared" / "golden"
    return Path(os.environ.get("SATSHARP_GOLDEN", default))


def load_weights(folder: Path | None = None) -> dict[str, tuple[Image, Image]]:
    """Return layer name -> (kernel as torch orders it, bias), from the HDF5 file of tf.keras 2.4.

    Raises:
        ModelError: there is no such file.
    """
    import h5py

    path = next((folder or golden_folder() / FOLDER).glob("*.hdf5"), None)
    if path is None:
        raise ModelError(f"No .hdf5 file of AESR is in {folder or golden_folder() / FOLDER}. Set SATSHARP_GOLDEN.")
    with h5py.File(path, "r") as file:
        group = file["model_weights"]
        return {
            name: (
                # Keras: rows, columns, in, out (out, in for transposed ones); torch: out, in (in, out), rows, columns.
                np.ascontiguousarray(group[f"{name}/{name}/kernel:0"][()].transpose(3, 2, 0, 1)),
                group[f"{name}/{name}/bias:0"][()],
            )
            for name in LAYERS
        }


def forward(stacked: Image, weights: dict[str, tuple[Image, Image]]) -> Image:
    """Run the network on (batch, 10, rows, columns) of digital number / 2000; returns (batch, 6, rows, columns)."""
    import torch
    from torch.nn import functional

    tensors = {name: [torch.from_numpy(array) for array in arrays] for name, arrays in weights.items()}

    def layer(name: str, tensor: Any) -> Any:
        kernel, bias = tensors[name]
        function = functional.conv_transpose2d if "transpose" in name else functional.conv2d
        return function(tensor, kernel, bias, padding=kernel.shape[-1] // 2)

    with torch.no_grad():
        first = functional.relu(layer("conv2d", torch.from_numpy(stacked)))
        second = functional.relu(layer("conv2d_1", first))
        third = second + functional.relu(layer("conv2d_transpose", second))
        fourth = first + functional.relu(layer("conv2d_transpose_1", third))
        result: Image = layer("conv2d_2", fourth).numpy()
    return result


def fits(config: Config) -> bool:
    """Return whether the network can do what a config asks for."""
    return config.targets.bands == TARGETS and {*GUIDES} <= {*config.guides[0].bands} and config.scale_factor == 2


def aesr(pair: Pair, config: Config, weights: dict[str, tuple[Image, Image]]) -> Image:
    """Sharpen a scene in network range (reflectance x 5, which is digital number / 2000)."""
    fine = pair.inputs[config.guides[0].name][[config.guides[0].bands.index(band) for band in GUIDES]]
    stacked = np.concatenate([fine, upsample(pair.inputs[config.targets.name], 2, "bilinear")])
    padded = np.pad(stacked, ((0, 0), (EDGE, EDGE), (EDGE, EDGE)), "symmetric")
    return forward(np.ascontiguousarray(padded[None]), weights)[0, :, EDGE:-EDGE, EDGE:-EDGE]
