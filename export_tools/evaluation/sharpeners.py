# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks as functions of a whole scene, be they a card, an ONNX file, or a run folder of ``train``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ..configuration import CONFIG_FOLDER, Config, load_config
from ..consistent import made_consistent
from ..dataset import NETWORK_SCALE
from ..degradation import Pair
from ..scene_details import scene_regression
from .methods import Method

Image = npt.NDArray[np.float32]
Sharpener = Callable[[dict[str, Image], Image], Image]

# Pixels of the coarsest measurement that a scene is mirrored by at its edges, as the engine does; receptive fields are
# smaller but for those of deep U-Nets.
HALO = 16


@dataclass(frozen=True)
class Model:
    """A network to judge.

    Attributes:
        id: of the model.
        config: its bands and scale factor.
        default: regression (targets, guides + 1) for scenes with few pixels.
        sharpen: runs it on a scene.
        source: the card or run folder.
        card: its card, or None for a run folder.
        document: the card's content; empty for a run folder.
    """

    id: str
    config: Config
    default: Image
    sharpen: Sharpener
    source: Path
    card: Path | None
    document: dict[str, Any]

    @property
    def method(self) -> Method:
        """The network as a method that computes the scene's regression as the engine does."""
        return as_method(self.sharpen, self.default)

    @property
    def consistent(self) -> Method:
        """The same with its result made consistent with the input, as the engine does by default."""
        return lambda pair, config: made_consistent(self.method(pair, config), pair, config)


def as_method(sharpen: Sharpener, default: Image) -> Method:
    """Return a sharpener as a method: its scene regression is computed from the pair."""
    return lambda pair, config: sharpen(pair.inputs, _regression(pair, config, default))


def load_model(source: Path, config: str | None = None, threads: int = 2) -> Model:
    """Load a card (.json, its .onnx beside it) or a run folder of ``train``.

    Args:
        source: card or folder.
        config: name or path of the config; by default the bundled one named like the card, or else the card itself.
        threads: for ONNX Runtime.
    """
    if source.is_dir():
        return _load_run(source)
    document = json.loads(source.read_text(encoding="utf-8"))
    chosen = config_of_card(source, document, config)
    sharpen = onnx_sharpener(source.parent / document["file"], chosen, threads, document)
    return Model(document["id"], chosen, default_of(document, chosen), sharpen, source, source, document)


def config_of_card(source: Path, document: dict[str, Any], config: str | None = None) -> Config:
    """Return the config of a card: the one asked for, the bundled one named like the card, or the card itself."""
    if config is None and not (CONFIG_FOLDER / f"{document['id']}.json").is_file():
        return load_config(str(source))
    return load_config(config or document["id"])


def default_of(document: dict[str, Any], config: Config) -> Image:
    """Return the default regression of a card; zeros where it has none."""
    if "scene_pass" in document:
        return np.array(document["scene_pass"]["default"], np.float32)
    return np.zeros((len(config.targets.bands), len(config.guide_bands) + 2), np.float32)


def torch_sharpener(network: Any, config: Config) -> Sharpener:
    """Return a function that runs a torch network on a whole scene."""
    import torch

    def call(tensors: list[Image]) -> Image:
        with torch.no_grad():
            result = network(*(torch.from_numpy(tensor) for tensor in tensors))
        # A network with a head for its doubt gives the value first.
        value = result[0] if isinstance(result, (tuple, list)) else result
        return np.asarray(value.numpy(), np.float32)

    return lambda inputs, regression: _with_halo(inputs, regression, config, call)


def onnx_sharpener(path: Path, config: Config, threads: int = 2, document: dict[str, Any] | None = None) -> Sharpener:
    """Return a function that runs an ONNX file on a whole scene.

    Args:
        path: of the file; its inputs are the groups finest first, and the regression if it wants one.
        config: names of the groups.
        threads: for ONNX Runtime.
        document: card, for the name of the output and for values that are not reflectance x 5.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = [(tensor.name, np.float16 if "float16" in tensor.type else np.float32) for tensor in session.get_inputs()]
    value_range = (document or {}).get("value_range", {"scale": NETWORK_SCALE, "offset": 0.0})
    gain, offset = value_range["scale"] / NETWORK_SCALE, value_range.get("offset", 0.0)
    outputs = [output["name"] for output in (document or {}).get("outputs", []) if output.get("role") == "value"]
    known = {tensor.name for tensor in session.get_outputs()}
    wanted = [name for name in outputs if name in known] or [session.get_outputs()[0].name]

    def call(tensors: list[Image]) -> Image:
        images, rest = tensors[: len(config.groups)], tensors[len(config.groups) :]
        fed = [*(image * gain + offset for image in images), *rest]
        named = {name: tensor.astype(kind) for (name, kind), tensor in zip(inputs, fed)}
        values = np.concatenate(session.run(wanted, named), axis=1)
        return np.asarray((values.astype(np.float32) - offset) / gain, np.float32)

    return lambda inputs, regression: _with_halo(inputs, regression, config, call)


def _load_run(folder: Path) -> Model:
    # Imported here: it needs torch, which judging a card does not.
    from ..train import load_trained

    network, config, state = load_trained(folder)
    sharpen = torch_sharpener(network, config)
    return Model(config.id, config, np.asarray(state["default"], np.float32), sharpen, folder, None, {})


def _regression(pair: Pair, config: Config, default: Image) -> Image:
    return np.asarray(scene_regression(pair, config, default), np.float32)


def _with_halo(
    inputs: dict[str, Image], regression: Image, config: Config, call: Callable[[list[Image]], Image]
) -> Image:
    """Mirror the scene at its edges as the engine does, run, and crop."""
    tensors = []
    for group in config.groups:
        edge = HALO * config.reach * config.ratio(group)
        tensors.append(np.pad(inputs[group.name], ((0, 0), (edge, edge), (edge, edge)), "symmetric")[None])
    crop = HALO * config.reach * config.scale_factor
    return call([*tensors, regression])[0, :, crop:-crop, crop:-crop]
