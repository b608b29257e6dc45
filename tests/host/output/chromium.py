"""A real browser for the tests that need one: how it is found, started without a network, and read."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 120


def find_chromium() -> str:
    """SOLEUS_CHROMIUM, or the first on the path. Without one a test is skipped, but in CI it fails."""
    named = os.environ.get("SOLEUS_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    reason = "no Chromium: install one, or say where it is with SOLEUS_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def dump_dom(page: Path, *options: str) -> str:
    """The page as it is after its scripts have run."""
    return _run(page, "--dump-dom", "--virtual-time-budget=10000", *options).stdout


def screenshot(page: Path, png: Path, *options: str) -> None:
    _run(page, f"--screenshot={png}", "--hide-scrollbars", "--virtual-time-budget=10000", *options)


def _run(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="soleus-chromium-") as profile:
        command = [
            find_chromium(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--no-pings",
            f"--user-data-dir={profile}",
            *options,
            page.as_uri(),
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
