# SPDX-License-Identifier: GPL-2.0-or-later
"""Scan a plugin ZIP with the plugin site's tools and fail on every hit: ``scan_zip.py satsharp.zip [scan_zip.sh]``.

bandit and detect-secrets block a version on the site, so each of their hits is a failure here; flake8 only informs.
Where the shared script that carries the site's own list of bandit rules is given and exists, it does the scanning and
its output is judged; otherwise all rules of bandit apply, which is stricter.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .check_zip import problems_of

BANDIT, SECRETS = "== bandit", "== detect-secrets"
# The list of rules names some that newer versions of bandit have dropped.
UNKNOWN_RULE = "Unknown test found in profile"
FLAKE8_RULES = "E9,F63,F7,F82,E711,E712,E722,E731,E741,F811,F821"


def main(arguments: list[str]) -> int:
    """Print every hit; return 1 where there is one."""
    path = Path(arguments[0]).resolve()
    shared = Path(arguments[1]) if len(arguments) > 1 else None
    hits = problems_of(path)
    hits += _shared_hits(path, shared) if shared is not None and shared.is_file() else _own_hits(path)
    for hit in hits:
        print(hit)
    print(f"{path.name}: {f'{len(hits)} hits' if hits else 'no hits'}")
    return 1 if hits else 0


def _shared_hits(path: Path, script: Path) -> list[str]:
    """Run the shared script, which prints hits but does not fail on them; so whatever those tools print is a hit."""
    command = ["sh", str(script.resolve()), str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    output = done.stdout
    print(output, end="")
    sections: dict[str, list[str]] = {}
    for line in output.splitlines():
        if line.startswith("== "):
            sections[" ".join(line.split()[:2])] = current = []
        elif sections and line.strip() and UNKNOWN_RULE not in line:
            current.append(line)
    broken = [f"{script.name} printed no section {name!r}" for name in (BANDIT, SECRETS) if name not in sections]
    if done.returncode:
        broken.append(f"{script.name} ended with exit status {done.returncode}")
    bandit = sections.get(BANDIT, [])
    return broken + ([line for line in bandit if line.startswith(">> ")] or bandit) + sections.get(SECRETS, [])


def _own_hits(path: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        flake8 = [sys.executable, "-m", "flake8", "--max-line-length=120", f"--select={FLAKE8_RULES}", "."]
        print(_run(flake8, folder), end="")
        return _bandit(folder) + _detect_secrets(folder)


def _bandit(folder: str) -> list[str]:
    report = json.loads(_run([sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", "."], folder))
    failed = [f"bandit: {error['filename']}: {error['reason']}" for error in report["errors"]]
    return failed + [
        f"{hit['test_id']} {hit['filename']}:{hit['line_number']} {hit['issue_text']}" for hit in report["results"]
    ]


def _detect_secrets(folder: str) -> list[str]:
    ignored = ["--exclude-files", r"metadata\.txt"]
    report = json.loads(_run([sys.executable, "-m", "detect_secrets", "scan", "--all-files", *ignored, "."], folder))
    return [f"{hit['type']} {name}:{hit['line_number']}" for name, found in report["results"].items() for hit in found]


def _run(command: list[str], folder: str | Path) -> str:
    """Return the standard output of a tool; what it writes to standard error goes to ours."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
