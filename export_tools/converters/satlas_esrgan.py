# SPDX-License-Identifier: GPL-2.0-or-later
"""Satlas' ESRGAN checkpoints (.pth of BasicSR): everything but the scale is read from the shapes of tensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .framework import ConversionError, Converted, Options, Recognised
from .rrdb_network import UNSHUFFLE, RRDBNet
from .satlas_card import Images, adapted, examples_of, grid_notes, images_of, satlas_card, wants_reflectance
from .torch_checkpoint import Checkpoint, fit, parameters_of, read_checkpoint, tensor_names

FAMILY = "Satlas ESRGAN"
# Scales that share one set of tensors.
HIDDEN = (1, 2, 3, 4)
USUAL = {"width": 64, "blocks": 23, "growth": 32}
# Satlas' README and configs; parameters -> file, or config where no weights are published.
PUBLISHED = {
    16_697_987: "esrgan_1S2.pth",
    16_699_715: "esrgan_2S2.pth",
    16_703_171: "esrgan_4S2.pth",
    16_710_083: "esrgan_8S2.pth",
    16_723_907: "esrgan_16S2.pth",
    16_714_691: "esrgan_10m.pth",
    16_737_731: "esrgan_20m.pth",
    16_751_555: "esrgan_60m.pth",
    66_782_083: "the configuration esrgan_larger1",
    267_011_843: "the configuration esrgan_larger2",
    4_184_803: "the configuration esrgan_smaller1",
    1_844_803: "the configuration esrgan_smaller2",
    463_907: "the configuration esrgan_smaller3",
}


class SatlasEsrgan:
    """Converter of ESRGAN's generator, 1 to 16 dates, 3 to 12 bands."""

    names = ("satlas-esrgan", "esrgan", "rrdb")
    summary = "Satlas ESRGAN (BasicSR RRDBNet), .pth; settings scale, images, bands, range, layout"

    def recognises(self, source: Path) -> bool:
        """Return whether the file has the names of such a generator."""
        return {"conv_first.weight", "body.0.rdb1.conv1.weight", "conv_last.weight"} <= tensor_names(source)

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint.

        Raises:
            ConversionError: the file is damaged, of another family, or a tensor differs.
        """
        checkpoint = read_checkpoint(source, FAMILY)
        scale, scale_note = scale_of(checkpoint, options)
        shape = _shape_of(checkpoint, scale)
        images = images_of(shape["entering"], options, FAMILY)
        network = fit(lambda: RRDBNet(**shape), checkpoint.tensors, FAMILY)
        count = parameters_of(network)
        recognised = Recognised(
            family=FAMILY,
            architecture={**shape, "images": images.dates},
            parameters=count,
            published=PUBLISHED.get(count, ""),
            notes=(*checkpoint.notes, *scale_note, *images.notes, *grid_notes(images, options.plain)),
        )
        wanted = wants_reflectance(options, FAMILY)
        card = satlas_card(_tag(shape), "ESRGAN", images, shape["leaving"], scale, wanted, options.plain)
        return Converted(
            network=adapted(network, images, options, FAMILY).eval(),
            examples=examples_of(images, options.plain),
            card={**card, "experimental": _caution(images)},
            recognised=recognised,
        )


def scale_of(checkpoint: Checkpoint, options: Options) -> tuple[int, tuple[str, ...]]:
    """Return the scale and what to say of it: 8 and 16 show in the file, 1 to 4 do not.

    Raises:
        ConversionError: the scale that was given is no scale of this file.
    """
    names = checkpoint.tensors
    visible = next((scale for number, scale in ((4, 16), (3, 8)) if f"conv_up{number}.weight" in names), None)
    given = options.number("scale", visible or 4)
    if given not in ((visible,) if visible else HIDDEN):
        raise ConversionError(f"{FAMILY}: the file is of scale {visible or '1, 2, 3 or 4'}, not {given:g}.")
    if visible or "scale" in options.settings:
        return int(given), ()
    channels = checkpoint.shape("conv_first.weight", 4, FAMILY)[1]
    fitting = [(scale, channels // step**2) for scale, step in UNSHUFFLE.items() if channels % step**2 == 0]
    others = ", ".join([*(f"{scale} (then {count} channels)" for scale, count in fitting), "3"])
    return 4, (f"Scale 4 is assumed, as published; the tensors would also fit {others}: --set scale=N says so.",)


def _shape_of(checkpoint: Checkpoint, scale: int) -> Mapping[str, int]:
    width, channels = checkpoint.shape("conv_first.weight", 4, FAMILY)[:2]
    step = UNSHUFFLE.get(scale, 1) ** 2
    if channels % step:
        raise ConversionError(
            f"{FAMILY}: scale {scale} puts {step} pixels into channels, but conv_first.weight reads {channels}, "
            f"no multiple of {step}."
        )
    return {
        "entering": channels // step,
        "leaving": checkpoint.shape("conv_last.weight", 4, FAMILY)[0],
        "scale": scale,
        "width": width,
        "blocks": checkpoint.count("body.", FAMILY),
        "growth": checkpoint.shape("body.0.rdb1.conv1.weight", 4, FAMILY)[0],
    }


def _tag(shape: Mapping[str, int]) -> str:
    """Return the part of the id that tells the size, where it is not the published one."""
    if all(shape[name] == value for name, value in USUAL.items()):
        return "esrgan"
    return f"esrgan-f{shape['width']}b{shape['blocks']}g{shape['growth']}"


def _caution(images: Images) -> str:
    text = "A generative network: it may invent buildings, vessels and trees."
    few = " With few dates more so, above all in dense cities and outside of the United States."
    return text + (few if images.dates < 4 else "")


CONVERTERS = (SatlasEsrgan(),)
