# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing secret gets into tags and messages, and nothing else is lost from them."""

from __future__ import annotations

import pytest
from satsharp.core.credentials import without_credentials


@pytest.mark.parametrize(
    "text",
    [
        "/vsicurl/https://someone:hunter2@example.org/a.tif",
        "/vsicurl/https://example.org/a.tif?X-Amz-Date=1&X-Amz-Signature=hunter2&part=1",
        "/vsicurl?list_dir=no&url=https://example.org/a.tif%3Fsig%3Dhunter2%26sv%3D1",
        "type=xyz&url=https://example.org/{z}/{x}/{y}.png?key%3Dhunter2&zmax=18",
        "type=xyz&url=https%3A//example.org/%7Bz%7D.png%3Fapi_key%3Dhunter2&zmax=18",
        "crs=EPSG:3857&layers=a&password=hunter2&url=https://example.org/wms&username=someone",
        "PG: dbname='gis' user='someone' password='hunter2' host=example.org",
        "B5 cannot be read from /vsicurl/https://example.org/a.tif?access_token=hunter2 (HTTP 403). Check it.",
    ],
)
def test_what_is_secret_is_taken_out(text):
    shown = without_credentials(text)
    assert "hunter2" not in shown and "someone" not in shown and "example.org" in shown
    for part in ("/a.tif", "zmax=18", "layers=a", "part=1", "dbname='gis'", "(HTTP 403). Check it."):
        assert (part in shown) == (part in text)


@pytest.mark.parametrize(
    "text",
    [
        "/data/token=1/keys.tif",
        "/data/LC08_L1TP_195025_20230615_20230627_02_T1.tar",
        "type=xyz&url=https%3A%2F%2Fexample.org%2F%7Bz%7D%2F%7By%7D@2x.png&zmax=18",
        "a@b.tif; /data/c@d/e.tif",
        "https://example.org/a.tif?monkey=1&band=2",
        "The bands B1 and B2 (red) do not fit: policy of the user is to pass them.",
        "C:\\data\\a b.tif",
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert without_credentials(text) == text
