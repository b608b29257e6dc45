"""The computer on which a speed was measured, without anything about its owner."""

import os
import platform
from pathlib import Path

import numba
import numpy as np


def machine() -> dict[str, str]:
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores, of which one is used",
        "software": f"Python {platform.python_version()}, Numba {numba.__version__}, NumPy {np.__version__}",
    }


def _processor() -> str:
    """The model, where Linux tells it; elsewhere only the kind of processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
