# SPDX-License-Identifier: GPL-2.0-or-later
"""``python -m satsharp.export_tools.bench``."""

from __future__ import annotations

import argparse
import sys

from .command import add_arguments, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
