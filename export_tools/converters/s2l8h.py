# SPDX-License-Identifier: GPL-2.0-or-later
"""S2L8H checkpoints (Deep-Harmonization): the configuration is read from names and shapes of tensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .framework import ConversionError, Converted, Options, Recognised, random_examples
from .harmonizing_unet import HarmonizingUNet, UNetShape
from .torch_checkpoint import Checkpoint, fit, parameters_of, read_checkpoint, tensor_names

FAMILY = "S2L8H U-Net"
# Hugging Face, venkatesh-thiru/s2l8h-UNet-*.
PUBLISHED = {
    28_945_432: "s2l8h-UNet-5depth-upsample",
    56_453_916: "s2l8h-UNet-5depth-shuffle",
    115_984_412: "s2l8h-UNet-6depth-upsample",
    226_334_497: "s2l8h-UNet-6depth-shuffle",
}
MULTISPECTRAL = ("B2", "B3", "B4", "B5", "B6", "B7")
PAN = "B8"
MADE = ("B02", "B03", "B04", "B8A", "B11", "B12")
GSD = 10.0
UPSIZE = "decoding_module.0.Upsize."


class S2L8H:
    """Converter of the U-Nets that turn Landsat-8/9 and pan into Sentinel-2-like reflectance."""

    names = ("s2l8h", "deep-harmonization")
    summary = "S2L8H / Deep-Harmonization U-Nets: pytorch_model.bin, model.safetensors or a training .pth"

    def recognises(self, source: Path) -> bool:
        """Return whether the file has the names of such a U-Net."""
        return {"encoding_module.0.block.0.weight", "decoding_module.0.conv.block.0.weight"} <= tensor_names(source)

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint.

        Raises:
            ConversionError: the file is damaged, of another family, or a tensor differs.
        """
        checkpoint = read_checkpoint(source, FAMILY)
        shape = shape_of(checkpoint)
        network = fit(lambda: HarmonizingUNet(shape), checkpoint.tensors, FAMILY)
        count = parameters_of(network)
        groups = groups_of(shape, options)
        recognised = Recognised(
            family=FAMILY,
            architecture={
                "depth": shape.depth,
                "width": shape.width,
                "upsampler": shape.upsampler,
                "attention": shape.attention,
                "channel_attention": shape.channel_attention,
                "variance": shape.variance,
                "entering": shape.entering,
                "leaving": shape.leaving,
            },
            parameters=count,
            published=PUBLISHED.get(count, ""),
            notes=(*checkpoint.notes, f"Tile origins are multiples of {2 ** (shape.depth - 1)} pixels."),
        )
        step = 2 ** (shape.depth - 1)
        sides = ((2 * step, 3 * step), (2 * step + step // 2 + 3, step + 5))
        return Converted(
            network=network,
            examples=random_examples([[(1, len(bands), *side) for _, bands in groups] for side in sides]),
            card=_card_of(shape, groups),
            recognised=recognised,
        )


def shape_of(checkpoint: Checkpoint) -> UNetShape:
    """Read the configuration from names and shapes.

    Raises:
        ConversionError: a tensor that tells it is missing or has another number of dimensions.
    """
    width, entering = checkpoint.shape("encoding_module.0.block.0.weight", 4, FAMILY)[:2]
    names = checkpoint.tensors
    if "final.1.weight" in names:
        raise ConversionError(
            f"{FAMILY}: final.1.weight belongs to the UNet-Pan variant that enlarges three times itself and crops its "
            "border; it was never published and is not supported."
        )
    variance = "final_mean.weight" in names or "final_variance.weight" in names
    head = "final_mean.weight" if variance else "final.weight"
    return UNetShape(
        entering=entering,
        leaving=checkpoint.shape(head, 4, FAMILY)[0],
        depth=checkpoint.count("encoding_module.", FAMILY),
        width=width,
        upsampler=_upsampler_of(checkpoint),
        attention=_attention_of(checkpoint),
        channel_attention=any(name.endswith(".block.4.conv.weight") for name in names),
        variance=variance,
    )


def _upsampler_of(checkpoint: Checkpoint) -> str:
    """Return the kind of upsampling by the tensors that only it has."""
    marks = {"upconv": ("weight", "bias"), "shuffle": ("0.weight", "0.bias", "3.weight"), "upsample": ("1.bias",)}
    kind = next(
        (kind for kind, rests in marks.items() if any(UPSIZE + rest in checkpoint.tensors for rest in rests)), ""
    )
    if kind:
        return kind
    if getattr(checkpoint.tensors.get(UPSIZE + "1.weight"), "ndim", 0) == 4:
        return "upsample"
    raise ConversionError(f"{FAMILY}: the tensors {UPSIZE}* are missing in the file.")


def _attention_of(checkpoint: Checkpoint) -> str:
    if not any(".attention_gate." in name for name in checkpoint.tensors):
        return "None"
    leaving, entering = checkpoint.shape("decoding_module.0.conv.block.0.weight", 4, FAMILY)[:2]
    return "modified" if entering == 3 * leaving else "standard"


def groups_of(shape: UNetShape, options: Options) -> list[tuple[str, list[str]]]:
    """Return the inputs: six Landsat bands and pan (B8), or the bands that ``bands=`` names, B8 last if it is there.

    Raises:
        ConversionError: the number of names is not that of channels.
    """
    given = [name.strip() for name in options.setting("bands").split(",") if name.strip()]
    known = {7: [*MULTISPECTRAL, PAN], 6: [*MULTISPECTRAL]}
    bands = given or known.get(shape.entering) or [f"band{number + 1}" for number in range(shape.entering)]
    if len(bands) != shape.entering:
        raise ConversionError(f"{FAMILY}: the network reads {shape.entering} bands, --set bands= names {len(bands)}.")
    if bands[-1] == PAN and len(bands) > 1:
        return [("ms", bands[:-1]), ("pan", bands[-1:])]
    return [("ms", bands)]


def _card_of(shape: UNetShape, groups: list[tuple[str, list[str]]]) -> dict[str, Any]:
    made = list(MADE) if shape.leaving == len(MADE) else [f"band{number + 1}" for number in range(shape.leaving)]
    outputs = [{"name": "harmonized", "bands": made, "role": "value"}]
    if shape.variance:
        outputs.append({"name": "variance", "bands": made, "role": "variance"})
    return {
        "id": "-".join(["s2l8h", f"{shape.depth}depth", shape.upsampler, *_further(shape)]),
        "name": f"S2L8H U-Net, {shape.depth} levels, {shape.upsampler}",
        "summary": "Turns Landsat 8/9 surface reflectance and pan on a 10 m grid into Sentinel-2-like reflectance.",
        "task": "harmonization",
        "sensor": "landsat",
        "levels": ["L2SP"],
        "gsd": GSD,
        "scale_factor": 1,
        "value_range": {
            "scale": 1.0,
            "offset": 0.0,
            "text": "ms: Collection 2 surface reflectance (DN x 0.0000275 - 0.2); pan: Level-1 B8 with the MTL file's "
            "REFLECTANCE_MULT and REFLECTANCE_ADD, not divided by the sine of the sun's elevation",
        },
        "resampling": "bicubic (a = -0.75) to one 10 m grid, from the true transforms",
        "cubic_parameter": -0.75,
        "pan_without_sun": True,
        "inputs": [{"name": name, "bands": bands, "gsd": GSD} for name, bands in groups],
        "outputs": outputs,
        "licence": "MIT",
        "attribution": "Deep-Harmonization (Thirugnana Sambandham et al., ISPRS Journal, 2024).",
    }


def _further(shape: UNetShape) -> list[str]:
    """Return what the published networks do not have, for the id."""
    features = {
        f"{shape.attention}-attention": shape.attention != "None",
        "eca": shape.channel_attention,
        "gaussian": shape.variance,
        f"width{shape.width}": shape.width != 64,
    }
    return [name for name, present in features.items() if present]


CONVERTERS = (S2L8H(),)
