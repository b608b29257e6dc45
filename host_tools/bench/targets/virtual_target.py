"""A virtual board as a target: the firmware over its console link, and what a person does at the machine."""

import tempfile
import time
from pathlib import Path
from typing import Any

from host_tools.bench.targets.link_target import LinkTarget
from host_tools.bench.targets.sim_target import firmware_hash
from host_tools.bench.targets.target import BenchError, Identity
from host_tools.bench.targets.vessel import Vessel
from host_tools.catalogue.boards import Board
from host_tools.link.console import Console
from host_tools.plant.files.spec import PlantSpec
from host_tools.plant.plant import Plant
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.install import install
from soleus.core.session.session import SERVICE

START_S, HELLO_S = 40.0, 2.0
# How often the bench says that it is there, in service and otherwise, in the board's time. When it is late by
# LATE_MOST_MS, the board goes by the clock, so that a busy laptop doesn't look like a bench that is gone.
RENEW_MS = 250
TALK_MS = 1500
LATE_MOST_MS = 350
WATCHDOG_S = 6.0
# A tick is reported within this time.
TOLD_AFTER_MS = 120
# A question is answered within this time.
ANSWERED_MS = 60
NEVER_MS = 1 << 60


class VirtualTarget(LinkTarget):
    kind = "virtual"

    def __init__(self, board: Board, plant: PlantSpec, seed: int = 0) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="soleus-bench-")
        flash = Path(self._folder.name) / "flash.img"
        install(board, flash)
        self.machine = VirtualBoard(board, flash, plant=plant, seed=seed, has_own_time=True)
        self.machine.__enter__()
        self._vessel = Vessel()
        self._about, self._seed = plant.about, seed
        self._renewed_ms = 0
        self._ahead_ms = NEVER_MS
        try:
            console = Console(self.machine.port)
            console.expect("ready", START_S)
            self.machine.pace.hurry_until_ms = 0
            super().__init__(board, console, lambda _: "")
        except BaseException:
            self.machine.close()
            raise

    def identity(self) -> Identity:
        its = super().identity()
        facts = {**its.facts, "plant": f"{self._about}, seed {self._seed}"}
        return Identity(
            f"virtual-{its.serial}-{self._seed}", its.board, firmware_hash(), its.calibrated_on, facts
        )

    def press(self, button: str) -> float:
        """The stop button is pressed at its pin; the others come over the link."""
        if button != "stop":
            return super().press(button)
        return (self.machine.press("stop") - self._ahead_ms) / 1000

    def plug_reference(self, chamber: int | None, reference_ml: float) -> None:
        def plug(plant: Plant) -> None:
            self._vessel.unplug(plant)
            if chamber is not None:
                self._vessel.plug(plant, chamber, reference_ml)

        self.machine.change(plug)

    def gauge_mmhg(self, chamber: int) -> float:
        return round(float(self.machine.change(lambda plant: plant.truth.node_mmhg[chamber])), 1)

    def hang(self) -> float:
        machine = self.machine
        began_ms = machine.now_ms
        machine.hang()
        until_s = time.monotonic() + WATCHDOG_S
        while not machine.is_vented():
            if time.monotonic() > until_s:
                raise BenchError(f"nothing let go within {WATCHDOG_S:g} s")
            time.sleep(0.005)
        took_s = (machine.now_ms - began_ms) / 1000
        self._come_back()
        return took_s

    def restart(self) -> None:
        """Press the reset button."""
        self.machine.reset()
        self._come_back()

    def close(self) -> None:
        super().close()
        self.machine.close()
        self._folder.cleanup()

    def _come_back(self) -> None:
        """After a reset the board's time begins at 0 again; the tape goes on."""
        self.machine.pace.hurry_until_ms = None
        self._expect_answer()
        self.machine.pace.hurry_until_ms = 0
        self._offset_ms = round(self.now_s * 1000)
        self._has_told = False
        self._ahead_ms = NEVER_MS
        self._ask("bench_tape", on=True)

    def _expect_answer(self) -> None:
        """The board's message that it is ready may be glued to a line that the reset cut off."""
        until_s = time.monotonic() + START_S
        while True:
            try:
                self.console.ask("hello", timeout_s=HELLO_S)
                return
            except TimeoutError:
                if time.monotonic() > until_s:
                    raise

    def _ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        if self._ahead_ms != NEVER_MS:
            self.machine.pace.hurry_until_ms = max(
                self.machine.pace.hurry_until_ms or 0, self.machine.now_ms + ANSWERED_MS
            )
        return super()._ask(do, **arguments)

    def clock_s(self) -> float:
        return (self.machine.now_ms - self._ahead_ms) / 1000

    def _note_heard(self) -> None:
        """The board's clock starts with its firmware; no tick that it reports lies in the future."""
        self._ahead_ms = min(self._ahead_ms, self.machine.now_ms - round(self.now_s * 1000))

    def _hurry(self, until_s: float, is_silent: bool) -> None:
        if self._ahead_ms == NEVER_MS:
            return
        wanted_ms = round(until_s * 1000) + self._ahead_ms + TOLD_AFTER_MS
        if not is_silent:
            wanted_ms = min(wanted_ms, self._renewed_ms + self._renew_every_ms() + LATE_MOST_MS)
        self.machine.pace.hurry_until_ms = wanted_ms

    def _is_time_to_renew(self) -> bool:
        return self.machine.now_ms - self._renewed_ms > self._renew_every_ms()

    def _renew_every_ms(self) -> int:
        """Outside of service nothing has to be renewed, but the board stops reporting to a silent link."""
        return RENEW_MS if self.state() == SERVICE else TALK_MS

    def _note_renewed(self) -> None:
        self._renewed_ms = self.machine.now_ms
