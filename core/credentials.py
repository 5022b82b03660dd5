# SPDX-License-Identifier: GPL-2.0-or-later
"""Take logins, signatures and keys out of sources and messages before others can read them."""

from __future__ import annotations

import re

# Parts of signed addresses that change from day to day, and that nobody else should read.
SIGNATURES = (
    r"x-amz-[\w-]+|x-goog-[\w-]+|awsaccesskeyid|signature|expires|key-pair-id|policy|token|access_token|api_?key|sig"
)
_NAMES = rf"{SIGNATURES}|key|subscription-key|user(?:name)?|password|authcfg|pl:apikey"
_VALUE = r"'[^']*'|\"[^\"]*\"|(?:(?!%26|&|\s|[)\"',;]).)*"
# Layers of QGIS carry addresses whose question marks and equal signs are escaped.
_PAIR = re.compile(rf"(?i)(^|[?&\s]|%3F|%26)({_NAMES})(=|%3D)(?:{_VALUE})")
_LOGIN = re.compile(r"(?i)(://|%3A//|%3A%2F%2F)(?:(?!%2F)[^/@\s?&])*@")


def without_credentials(text: str) -> str:
    """Return a text with the values of secret parameters and the logins in its addresses replaced by ``...``."""
    return _LOGIN.sub(r"\1", _PAIR.sub(r"\1\2\3...", text))
