"""`python -m host_tools.live.load URL`: what many open pages cost a `soleus live` that runs somewhere.

It opens lines as pages do, reads what comes for a while, and says how many updates a second each got, how
long the longest silence was, and what the server's process took.
"""

import threading
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import numpy as np
import typer
from websockets.sync.client import connect
from websockets.typing import Origin

LOOK_EVERY_S = 1.0


class _Tab:
    def __init__(self, url: str) -> None:
        self.heard_s: list[float] = []
        self.bytes = 0
        self._url = url
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        place = urlsplit(self._url)
        line_url, origin = f"ws://{place.netloc}/line?{place.query}", Origin(f"http://{place.netloc}")
        with connect(line_url, origin=origin, max_size=None) as line:
            for message in line:
                self.heard_s.append(time.monotonic())
                self.bytes += len(message)
                if self._is_over.is_set():
                    return

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()


def load(
    url: Annotated[str, typer.Argument(help="As `soleus live` printed it.")],
    tabs: Annotated[int, typer.Option(min=0, max=32)] = 16,
    minutes: Annotated[float, typer.Option(min=0.05)] = 10.0,
    pid: Annotated[int, typer.Option(help="Of soleus live, for its memory and its time.")] = 0,
) -> None:
    """Open so many pages, read for so long, and say what each of them got."""
    opened = [_Tab(url) for _ in range(tabs)]
    began_s, began_cpu_s = time.monotonic(), _cpu_s(pid)
    memory_mb = []
    while time.monotonic() < began_s + minutes * 60:
        time.sleep(LOOK_EVERY_S)
        memory_mb.append(_memory_mb(pid))
    passed_s = time.monotonic() - began_s
    for tab in opened:
        tab.close()
    rates = [len(tab.heard_s) / passed_s for tab in opened] or [0.0]
    silences_s = [float(np.diff(tab.heard_s).max()) for tab in opened if len(tab.heard_s) > 1] or [0.0]
    sent_kb_s = sum(tab.bytes for tab in opened) / passed_s / 1000
    print(f"{tabs} tabs for {passed_s:.0f} s: {min(rates):.1f} to {max(rates):.1f} updates a second each,")
    print(f"longest silence {max(silences_s) * 1000:.0f} ms, {sent_kb_s:.0f} KB/s in all")
    if pid:
        cpu = (_cpu_s(pid) - began_cpu_s) / passed_s
        memory = f"memory {memory_mb[0]:.0f} to {memory_mb[-1]:.0f} MB"
        print(f"{cpu:.0%} of one processor core, {memory}")


def _memory_mb(pid: int) -> float:
    if not pid:
        return 0.0
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def _cpu_s(pid: int) -> float:
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # User and system time in ticks of the clock, a hundred a second on every Linux.
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    typer.run(load)
