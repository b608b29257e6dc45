"""A board at the other end of its console link, real or virtual: the firmware's service requests."""

import base64
import contextlib
import hashlib
import math
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.basics.paths import core_folders
from host_tools.bench.targets.tape import Tape
from host_tools.bench.targets.target import BenchError, Identity, NotApplicableError
from host_tools.catalogue.boards import Board
from host_tools.link.console import Console
from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.session.questions import COUNT

# Often enough that one lost line doesn't end service.
RENEW_S = 0.3
# One reading of an analog input has an error of half a mmHg; the mean of so many, of 0.08.
RAW_ASKS = 50
ASKED_EVERY_S = 0.1
WRITTEN_WITHIN_S = 30.0
UNIT_PA = 2
MISSING = -32768
HEAD = 7
# Each tick says how long after the last one it came. If half a tick or more is missing, ticks are missing.
GAP_MOST_MS = 5

Person = Callable[[str], str]


class LinkTarget:
    kind = "port"

    def __init__(self, board: Board, console: Console, person: Person) -> None:
        self.board = board
        self.tape = Tape(board.boots)
        self.now_s = 0.0
        # How often ticks were missing.
        self.gaps_count = 0
        self.console = console
        self.person = person
        self._state = 0
        self._renewed_s = 0.0
        self._renewed_at_s = 0.0
        self._heard_s = time.monotonic()
        # Added to the board's times, which begin anew at a reset.
        self._offset_ms = 0
        self._has_told = False
        self._refuse_other_board()
        self._ask("bench_tape", on=True)

    def identity(self) -> Identity:
        versions = self._ask("versions")
        settings = self._ask("settings")["settings"]
        hashes = [self._ask("hashes", folder=f).get("hashes", {}) for f in ["soleus", *core_folders()]]
        return Identity(
            serial=str(versions.get("unique_id", "")),
            board=str(versions.get("board", "")),
            firmware=_digest(hashes),
            calibrated_on=str(settings.get("calibrated_on", "")),
            facts={"soleus": str(versions.get("soleus")), "micropython": str(versions.get("micropython"))},
        )

    def begin_service(self) -> None:
        self._ask("bench_tape", on=True)
        self._ask("service")

    def act(self, table: dict[str, int]) -> None:
        self._ask("actuate", act=table)
        self._note_renewed()

    def wait(self, seconds: float, is_silent: bool = False, may_miss: bool = False) -> None:
        """Wait by the board's own clock, as its ticks show it. A measurement may not miss any of them."""
        until_s = self.now_s + seconds
        patience_s = time.monotonic() + seconds * 3 + 10.0
        gaps_before = self.gaps_count
        while self.now_s < until_s - 0.005:
            self._hurry(until_s, is_silent)
            self._listen()
            if not is_silent and self._is_time_to_renew():
                self.renew()
            if time.monotonic() > patience_s:
                raise BenchError("the board tells nothing any more")
            if self.gaps_count != gaps_before and not may_miss:
                raise BenchError("some ticks were lost on the way here: what they would show is not known")

    def renew(self) -> None:
        self._ask("renew")
        self._note_renewed()

    def clock_s(self) -> float:
        return self.now_s + time.monotonic() - self._heard_s

    def state(self) -> int:
        return self._state

    def press(self, button: str) -> float:
        """As a service tool, which holds the machine: who runs a bench answers for what is on the hoses."""
        pressed_s = self.clock_s()
        if button in ("start", "clear"):
            self._ask("hold")
        self._ask(button, **({"answers": ["yes"] * COUNT} if button == "start" else {}))
        return pressed_s

    def load(self, program: str, minutes: int, mmhg: int) -> None:
        self._ask("load", program=program, minutes=minutes, pressure_mmhg=mmhg)

    def zero_mmhg(self) -> list[float]:
        return [pa / PA_PER_MMHG for pa in self._ask("bench_tape", on=True)["zero_pa"]]

    def fault(self) -> dict[str, Any] | None:
        fault = self._ask("status")["fault"]
        return dict(fault) if fault else None

    def plug_reference(self, chamber: int | None, reference_ml: float) -> None:
        if chamber is None:
            self._ask_person("Take the vessel off and put every hose back on its boot, then press Enter.")
            return
        name = self.board.boots.names[chamber]
        self._ask_person(
            f"Plug the rigid vessel of {reference_ml:g} mL on the hose of {name}, then press Enter."
        )

    def gauge_mmhg(self, chamber: int) -> float:
        name = self.board.boots.names[chamber]
        said = self._ask_person(f"Reference gauge on the hose of {name}: mmHg?")
        try:
            mmhg = float(said.replace(",", "."))
        except ValueError:
            mmhg = math.nan
        if not math.isfinite(mmhg):
            raise BenchError(f"the gauge: {said!r} is no pressure in mmHg")
        return mmhg

    def _ask_person(self, question: str) -> str:
        """Renew service while a person takes time to answer."""
        said: list[str] = []
        refused: list[BaseException] = []

        def ask() -> None:
            try:
                said.append(self.person(question))
            except BaseException as error:
                refused.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        while asking.is_alive():
            self.wait(ASKED_EVERY_S, may_miss=True)
        if refused:
            raise refused[0]
        return said[0]

    def raw(self) -> np.ndarray:
        """The mean of what the converters show over a few seconds."""
        rows = []
        for _ in range(RAW_ASKS):
            rows.append(self._ask("raw")["raw"])
            if self._is_time_to_renew():
                self.renew()
        seen = np.array(rows, float)
        if (seen < 0).any():
            raise BenchError("a sensor gives nothing to calibrate")
        return np.asarray(seen.mean(axis=0))

    def keep_calibration(self, pairs: dict[int, list[list[int]]], day: str) -> None:
        """Sensors without new pairs keep their calibration."""
        kept = list(self._ask("settings")["settings"]["calibration"])
        kept += [None] * (max(pairs) + 1 - len(kept))
        for index, pair in pairs.items():
            kept[index] = pair
        self._ask("set", settings={"calibration": kept, "calibrated_on": day})
        until_s = time.monotonic() + WRITTEN_WITHIN_S
        while self._ask("status")["waiting_writes"]:
            self.wait(0.5)
            if time.monotonic() > until_s:
                raise BenchError("the device does not come to write it down")

    def hang(self) -> float:
        raise NotApplicableError("a real board can't be told to hang; pull no plug for it")

    def close(self) -> None:
        with contextlib.suppress(BenchError, TimeoutError, OSError):
            self._ask("stop")
            self._ask("bench_tape", on=False)
        self.console.close()

    def _refuse_other_board(self) -> None:
        told = self._ask("hello")["board"]
        if told != self.board.name:
            expected = f"the board that answers, which was flashed as {told}"
            raise InputError("--board", "", self.board.name, expected)

    def _note_heard(self) -> None:
        """For a virtual board; a real one needs nothing here."""

    def _hurry(self, until_s: float, is_silent: bool) -> None:
        """For a virtual board; a real one can't be hurried."""

    def _is_time_to_renew(self) -> bool:
        """By this computer's clock or the board's, whichever is ahead: a virtual board's may run faster."""
        told_s = self.now_s - self._renewed_at_s
        return max(time.monotonic() - self._renewed_s, told_s) > RENEW_S

    def _note_renewed(self) -> None:
        self._renewed_s = time.monotonic()
        self._renewed_at_s = self.now_s

    def _ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer = self.console.ask(do, timeout_s=5.0, **arguments)
        except TimeoutError as error:
            raise BenchError(f"the board does not answer: {error}") from None
        self._take_events()
        if "error" in answer:
            raise BenchError(f"{do}: {answer['error']}")
        return answer

    def _listen(self) -> None:
        self.console.events.extend(self.console.listen())
        self._take_events()

    def _take_events(self) -> None:
        events, self.console.events = self.console.events, []
        for event in events:
            if event.get("event") == "tape":
                self._take_rows(event)

    def _note_gap(self, after_ms: int) -> None:
        """Missing ticks would make every measured time too short. A late tick is no gap: it says how late."""
        if self._has_told and after_ms - self.now_s * 1000 > GAP_MOST_MS:
            self.gaps_count += 1
        self._has_told = True

    def _take_rows(self, event: dict[str, Any]) -> None:
        raw = base64.b64decode(event["rows"])
        count = self.board.boots.count
        values = np.array(struct.unpack(f"<{len(raw) // 2}h", raw), int).reshape(-1, HEAD + count + 1)
        if not len(values):
            return
        dt_ms, state, fault = values[:, 0], values[:, 1] & 0xFF, values[:, 1] >> 8
        at_ms = self._offset_ms + int(event["at_ms"]) - (np.cumsum(dt_ms[::-1])[::-1] - dt_ms)
        pressures = values[:, HEAD : HEAD + count] * UNIT_PA / PA_PER_MMHG
        missing = values[:, HEAD : HEAD + count] == MISSING
        pressures[missing] = np.nan
        self._note_gap(int(at_ms[0] - dt_ms[0]))
        self._state = int(state[-1])
        self.now_s = float(at_ms[-1]) / 1000
        self._heard_s = time.monotonic()
        self._note_heard()
        self.tape.append(
            {
                "at_ms": at_ms, "state": state, "fault": fault,
                "fill": values[:, 2] & 0xFFFF, "seal": values[:, 3] & 0xFFFF, "pump": values[:, 4],
                "mmhg": pressures, "manifold_mmhg": values[:, HEAD + count] * UNIT_PA / PA_PER_MMHG,
            }
        )  # fmt: skip


def _digest(hashes: list[dict[str, str]]) -> str:
    text = repr([sorted(folder.items()) for folder in hashes])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
