# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line: ``python -m satsharp.export_tools COMMAND``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import importlib
import sys

COMMANDS = {
    "dataset": ("listing", "list places, splits, and what is rejected"),
    "train": ("train", "train a network on the training places"),
    "export": ("export", "write ONNX file, card and digest of a trained network"),
    "export-classical": ("classical", "write ONNX file and card of a method without weights"),
    "convert": ("converters.command", "turn published weights into ONNX file and card"),
    "evaluate": ("evaluate", "figures on held-out places against classical methods"),
    "evaluate-harmonization": ("harmonization.evaluate", "figures on a real pair of Landsat and Sentinel-2"),
    "calibrate": ("calibrate", "intervals of stated coverage from held-out places"),
    "benchmark": ("benchmark", "cost of networks beside their accuracy"),
    "simulate": ("simulation", "write a simulated Sentinel-2 product with ground truth"),
    "simulate-eos": ("simulation.eos", "write a simulated MODIS or VIIRS product with ground truth"),
    "simulate-landsat": ("simulation.landsat", "write a simulated Landsat product with ground truth"),
}


def main(words: list[str]) -> int:
    """Run one command; its module is imported only then, so commands without torch work without torch."""
    parser = argparse.ArgumentParser(prog="python -m satsharp.export_tools", description=__doc__)
    parser.add_argument("command", choices=COMMANDS, help="; ".join(f"{k}: {v[1]}" for k, v in COMMANDS.items()))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see: <command> --help")
    chosen = parser.parse_args(words)
    module_name, description = COMMANDS[chosen.command]
    module = importlib.import_module(f".{module_name}", __package__)
    inner = argparse.ArgumentParser(prog=f"{parser.prog} {chosen.command}", description=description)
    module.add_arguments(inner)
    return int(module.run(inner.parse_args(chosen.arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
