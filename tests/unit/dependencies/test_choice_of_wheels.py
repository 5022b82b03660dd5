# SPDX-License-Identifier: GPL-2.0-or-later
"""Which wheel fits which Python, system and numpy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.plugin.interpreter import has_nvidia_driver
from satsharp.plugin.wheels import (
    choose_wheels,
    fits,
    numpy_requirement,
    package_names,
    parse_version,
    parse_wheel_name,
    satisfies,
)

from .parts import LINUX, MAC_ARM, MAC_INTEL, OLD_LINUX, WINDOWS, listing


@pytest.mark.parametrize(
    ("filename", "interpreter", "expected"),
    [
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", LINUX, True),
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_39_x86_64.whl", LINUX, False),  # glibc 2.36 is too old
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_aarch64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp312-cp312-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp311-cp311t-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp38-abi3-manylinux_2_28_x86_64.whl", LINUX, True),
        ("onnxruntime-1.31.1-cp312-abi3-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.19.2-cp39-cp39-manylinux2014_x86_64.whl", OLD_LINUX, True),
        ("onnxruntime-1.19.2-cp39-cp39-manylinux_2_28_x86_64.whl", OLD_LINUX, False),
        ("onnxruntime-1.31.1-cp312-cp312-win_amd64.whl", WINDOWS, True),
        ("onnxruntime-1.31.1-cp312-cp312-win_arm64.whl", WINDOWS, False),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_14_0_arm64.whl", MAC_ARM, True),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_15_0_arm64.whl", MAC_ARM, False),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_14_0_arm64.whl", MAC_INTEL, False),
        ("onnxruntime-1.16.0-cp311-cp311-macosx_11_0_universal2.whl", MAC_INTEL, True),
        ("onnxruntime-1.31.1-cp311-cp311-musllinux_1_2_x86_64.whl", LINUX, False),
    ],
)
def test_tags_decide_whether_a_wheel_fits(filename, interpreter, expected):
    assert fits(parse_wheel_name(filename), interpreter) is expected


def test_names_that_are_no_wheels_are_refused():
    assert parse_wheel_name("onnxruntime-1.31.1.tar.gz") is None
    assert parse_wheel_name("../onnxruntime-1.31.1-cp311-cp311-win_amd64.whl") is None


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_comparisons_agree_with_padded_tuples(left, right):
    length = max(len(left), len(right))
    a, b = (tuple(value + [0] * (length - len(value))) for value in (left, right))
    text = ".".join(map(str, right))
    assert satisfies(tuple(left), f">={text}") == (a >= b)
    assert satisfies(tuple(left), f"<{text}") == (a < b)
    assert satisfies(tuple(left), f"=={text}") == (a == b)
    assert satisfies(tuple(left), f"!={text}") == (a != b)


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ((1, 24, 2), ">=1.21.6", True),
        ((1, 24, 2), ">=2", False),
        ((1, 24, 2), ">=1.21,<2", True),
        ((1, 24, 2), "~=1.24.0", True),
        ((1, 25, 0), "~=1.24.0", False),
        ((3, 11), "!=3.11.*,>=3.8", False),
        ((3, 11), "", True),
        ((3, 11), "nonsense", False),
    ],
)
def test_specifiers(version, specifier, expected):
    assert satisfies(version, specifier) is expected


def test_only_final_versions_are_versions():
    assert parse_version("1.23.2") == (1, 23, 2)
    assert parse_version("1.23.2.post1") == (1, 23, 2)
    assert [parse_version(text) for text in ("1.24.0rc1", "1.24.0.dev20250101", "", "latest")] == [None] * 4


def test_newest_fitting_wheel_is_chosen():
    suffix = "cp311-cp311-manylinux_2_28_x86_64.whl"
    document = {
        "releases": {
            "1.9.0": listing(f"onnxruntime-1.9.0-{suffix}"),
            "1.10.0": listing(f"onnxruntime-1.10.0-{suffix}", "onnxruntime-1.10.0-cp311-cp311-win_amd64.whl"),
            "1.11.0": listing(f"onnxruntime-1.11.0-{suffix}", yanked=True),
            "1.12.0": listing(f"onnxruntime-1.12.0-{suffix}", requires_python=">=3.12"),
            "1.13.0rc1": listing(f"onnxruntime-1.13.0rc1-{suffix}"),
            "1.14.0": [{"filename": f"onnxruntime-1.14.0-{suffix}", "url": "/f/x"}],  # no digest
            "1.15.0": listing("onnxruntime-1.15.0.tar.gz"),
        },
        "urls": listing("onnxruntime-1.16.0-cp312-cp312-win_amd64.whl"),
    }
    assert [wheel.filename for wheel in choose_wheels(document, "onnxruntime", LINUX)] == [
        f"onnxruntime-1.10.0-{suffix}",
        f"onnxruntime-1.9.0-{suffix}",
    ]
    assert choose_wheels(document, "onnxruntime", WINDOWS)[0].filename == "onnxruntime-1.16.0-cp312-cp312-win_amd64.whl"
    assert choose_wheels(document, "onnxruntime", MAC_ARM) == ()


def test_package_of_another_name_is_not_taken():
    document = {"files": listing("onnxruntime_gpu-1.20.0-cp311-cp311-manylinux_2_28_x86_64.whl")}
    assert choose_wheels(document, "onnxruntime", LINUX) == ()
    assert choose_wheels(document, "onnxruntime-gpu", LINUX)[0].filename.startswith("onnxruntime_gpu-1.20.0")


def test_gpu_build_comes_first_only_where_it_exists():
    assert package_names(LINUX, True) == ("onnxruntime-gpu", "onnxruntime")
    assert package_names(WINDOWS, True) == ("onnxruntime-gpu", "onnxruntime")
    assert package_names(MAC_ARM, True) == ("onnxruntime",)
    assert package_names(LINUX, False) == ("onnxruntime",)


def test_driver_is_found_by_its_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    driver = tmp_path / "libcuda.so.1"
    assert not has_nvidia_driver([str(driver)])
    driver.touch()
    assert has_nvidia_driver([str(driver)])


def test_numpy_requirement_is_read_from_metadata():
    assert numpy_requirement("Requires-Dist: flatbuffers\nRequires-Dist: numpy>=1.21.6\n") == ">=1.21.6"
    assert numpy_requirement("Requires-Dist: numpy (>=1.26)\n") == ">=1.26"
    assert numpy_requirement("Requires-Dist: numpydoc>=2\nRequires-Dist: numpy>=2 ; extra == 'x'\n") == ""
