"""What every step does with a target: seal, fill, vent. The guards and the interlock watch each act."""

from collections.abc import Callable, Iterable

import numpy as np

from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Curve
from host_tools.bench.measure.pump_curve import PumpCurve
from host_tools.bench.targets.tape import Piece
from host_tools.bench.targets.target import BenchError, Target, state_name
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.trace import TICK_S
from soleus.core.session.session import DONE, FAULT, IDLE, SERVICE

COAST_MS = 300
# The last slack of a boot empties slowly.
EMPTY_S = 15.0
ACT_MS = 140_000
SETTLE_S = 0.5
SLOW_PERMILLE = 500
WAIT_S = 0.1
LOOK_S = 0.3
# [G] A battery of 29 Wh falls from 12.6 to 9.5 V; a pump takes 9 W, some held valves and the board 2 W.
BATTERY_WH, BATTERY_SAG, PUMP_W, REST_W = 29.0, 0.25, 9.0, 2.0
# One reading in so many tells enough of a long hold.
SLOW_EVERY = 25

# Called with the latest piece of tape.
Watcher = Callable[[Piece], None]
Noter = Callable[[str, float], None]


class Bench:
    def __init__(
        self, target: Target, limits: Limits, on_tape: Watcher | None = None, on_note: Noter | None = None
    ) -> None:
        self.target = target
        self.limits = limits
        self.boots = target.board.boots
        # A chamber that can't be closed off, or isn't measured then, stays joined to the resting manifold.
        self.stays_joined = self.boots.is_three_way or self.boots.has_manifold_sensor_only
        self.curves: list[Curve] = []
        self.sealed_bits = 0
        # Set by the step `pump`.
        self.curve: PumpCurve | None = None
        self._empty_at_s = 0.0
        self._on_tape = on_tape
        self._on_note = on_note

    # --- service ---

    def begin(self) -> None:
        """Go into service from any state without a session; the check of every session comes first."""
        self.wait(WAIT_S)
        state = self.target.state()
        if state == SERVICE:
            return
        if state == FAULT:
            self.clear()
        if self.target.state() not in (IDLE, DONE):
            raise BenchError(f"the machine is {state_name(state)}, not at rest")
        self.sealed_bits = 0
        # Air that is still in the chambers would be taken for the sensors' zero.
        self.wait(max(0.0, self._empty_at_s - self.target.now_s))
        self.target.begin_service()
        if not self.wait_for(lambda: self.target.state() in (SERVICE, FAULT), 25.0):
            raise BenchError("the check before service did not end")
        self.refuse_fault()
        self.target.zero_mmhg()

    def end(self) -> None:
        """Leave service, with everything open."""
        if self.target.state() == SERVICE:
            self.target.press("stop")
        self.sealed_bits = 0
        self.wait_for(lambda: self.target.state() in (IDLE, DONE, FAULT), 20.0)
        self._empty_at_s = self.target.now_s + EMPTY_S

    def clear(self) -> None:
        """Clear the fault, as a person does who has seen it and that the pressure is gone."""
        for _ in range(30):
            self.target.press("clear")
            self.target.wait(1.0)
            if self.target.state() != FAULT:
                return
        raise BenchError(f"a fault that can't be cleared: {self.fault_words()}")

    def fault_words(self) -> str:
        fault = self.target.fault()
        return f"{fault['code']} {fault['name']}" if fault else "none"

    def wait_for(self, is_so: Callable[[], bool], most_s: float, every_s: float = WAIT_S) -> bool:
        until_s = self.target.now_s + most_s
        while self.target.now_s < until_s:
            if is_so():
                return True
            self.wait(every_s)
        return is_so()

    def wait(self, seconds: float) -> Piece:
        mark = self.target.tape.length
        self.target.wait(seconds)
        piece = self.target.tape.since(mark)
        if self._on_tape and len(piece):
            self._on_tape(piece)
        return piece

    # --- acts; each leaves the other chambers as they are ---

    def act(self, seconds: float, **table: int) -> Piece:
        """Ask for one act, and return what the sensors showed during it."""
        mark = self.target.tape.length
        self.target.act({"for_ms": ACT_MS, "limit_pa": _pa(110), **table})
        self.sealed_bits = table.get("then_seal", table.get("seal", 0))
        self.wait(seconds)
        self.refuse_fault()
        return self.target.tape.since(mark)

    def fill(
        self, chambers: Iterable[int], mmhg: float, permille: int = 1000, limit_mmhg: int = 110
    ) -> Piece:
        """Pump until one of them reads `mmhg` before its hose, then close and let the air settle."""
        bits = bits_of(chambers)
        mark = self.target.tape.length
        seal = self.kept(self.sealed_bits | bits)
        self.act(
            WAIT_S,
            fill=bits,
            seal=seal,
            then_fill=bits if self.stays_joined else 0,
            then_seal=seal,
            pump=permille,
            stop_pa=_pa(min(mmhg, 110)),
            run_ms=44_000,
            coast_ms=COAST_MS,
            limit_pa=_pa(limit_mmhg),
        )
        if not self.wait_for(lambda: self._has_closed(mark), 46.0):
            raise BenchError("a fill did not end")
        self.wait(SETTLE_S)
        self.refuse_fault()
        piece = self.target.tape.since(mark)
        if (piece.pump > 0).sum() > 4390:
            raise BenchError(f"{self.names(bits)}: {mmhg:g} mmHg not reached within 44 s")
        return piece

    def fill_to(self, chambers: Iterable[int], mmhg: float) -> list[Piece]:
        """Fill each by itself, fast and then slowly, until its settled pressure is `mmhg`."""
        pieces = []
        for chamber in chambers:
            pieces.append(self.fill([chamber], mmhg))
            for _ in range(8):
                missing = mmhg - self.settled()[chamber]
                if missing < 1.5:
                    break
                pieces.append(self.fill([chamber], mmhg + 5 - min(2.0, missing / 4), SLOW_PERMILLE))
        return pieces

    def vent(self, chambers: Iterable[int] | None = None, seconds: float = 2.5) -> Piece:
        """Open these chambers to the air, or all."""
        bits = self.boots.all_bits if chambers is None else bits_of(chambers)
        piece = self.act(seconds, seal=self.sealed_bits & ~bits)
        if self.boots.has_manifold_sensor_only:
            # A chamber that was not measured empty counts as pressed; a guard ends that after three minutes.
            self.act(LOOK_S, fill=bits, seal=self.kept(self.sealed_bits | bits))
            self.act(WAIT_S, seal=self.kept(self.sealed_bits & ~bits))
        return piece

    def settled(self, seconds: float = 0.3) -> np.ndarray:
        """Mean pressure of each chamber over the last moment."""
        return np.asarray(
            self.target.tape.since(self.target.tape.length - round(seconds * 100)).mmhg.mean(axis=0)
        )

    def settled_sensors(self, seconds: float = 0.3) -> np.ndarray:
        """The same of each sensor: where the manifold has one beside the chambers, it is the last."""
        chambers_mmhg = self.settled(seconds)
        if not self.boots.has_manifold_sensor_too:
            return chambers_mmhg
        tape = self.target.tape
        manifold_mmhg = tape.since(tape.length - round(seconds * 100)).manifold_mmhg.mean()
        return np.append(chambers_mmhg, manifold_mmhg)

    def empty_manifold(self, chambers: list[int]) -> None:
        """What a fill has left in it goes into empty chambers, which are opened again."""
        if self.boots.has_manifold_sensor_too:
            bits = bits_of(chambers)
            self.act(LOOK_S, fill=bits, seal=self.kept(self.sealed_bits | bits))
            self.act(WAIT_S, seal=self.kept(self.sealed_bits & ~bits))

    def is_pump_off(self) -> bool:
        tape = self.target.tape
        return bool(tape.since(tape.length - 1).pump[-1] == 0)

    def kept(self, bits: int) -> int:
        """Vents that an act closes; three-way valves have none of their own."""
        return 0 if self.boots.is_three_way else bits

    def keep(self, step: str, chamber: int, piece: Piece, every: int = 1, **facts: object) -> None:
        """Keep the curve of one chamber for the report and for a twin."""
        name = self.boots.names[chamber]
        key = f"{step}.{name}" + (f".{facts['part']}" if "part" in facts else "")
        self.curves.append(
            Curve(key, step, name, piece.time_s[::every], piece.mmhg[::every, chamber], dict(facts))
        )

    def keep_life(self, chamber: int, piece: Piece, fast_ticks: int, slow_ticks: int) -> None:
        """Keep a fill, a long hold and a vent with their commands: enough for a twin of this chamber."""
        ticks = np.arange(len(piece))
        is_slow = (ticks >= fast_ticks + 100) & (ticks < fast_ticks + slow_ticks)
        kept = ticks[~is_slow | (ticks % SLOW_EVERY == 0)]
        name = self.boots.names[chamber]
        joined, sealed = piece.fill >> chamber & 1, piece.seal >> chamber & 1
        orders = np.stack([joined, sealed, piece.pump * joined], axis=1)
        changes = np.flatnonzero(np.any(np.diff(orders, axis=0, prepend=-1), axis=1))
        facts = {
            "ticks": len(piece),
            "kept": kept,
            "orders": [[int(k), *map(int, orders[k])] for k in changes],
            "battery_share": self.battery_share(),
        }
        self.curves.append(
            Curve(f"life.{name}", "life", name, piece.time_s[kept], piece.mmhg[kept, chamber], facts)
        )

    def battery_share(self) -> float:
        """The share of its first voltage that a middling battery still has after all these commands."""
        tape = self.target.tape.since(0)
        pump_s = float(tape.pump.sum()) / 1000 * TICK_S
        used_wh = (pump_s * PUMP_W + len(tape) * TICK_S * REST_W) / 3600
        return 1.0 - used_wh / BATTERY_WH * BATTERY_SAG

    def keep_values(self, key: str, chamber: str, x: np.ndarray, values: np.ndarray) -> None:
        self.curves.append(Curve(f"{key}.{chamber}", key, chamber, x, values))

    def note(self, what: str, share: float) -> None:
        if self._on_note:
            self._on_note(what, share)

    def names(self, bits: int) -> str:
        return ", ".join(name for i, name in enumerate(self.boots.names) if bits >> i & 1)

    def _has_closed(self, mark: int) -> bool:
        piece = self.target.tape.since(mark)
        if self.target.state() != SERVICE:
            return True
        if self.stays_joined:
            pumped = np.flatnonzero(piece.pump)
            return bool(len(pumped)) and len(piece) - pumped[-1] > COAST_MS / 10
        return bool(len(np.flatnonzero(piece.fill))) and piece.fill[-1] == 0

    def refuse_fault(self) -> None:
        state = self.target.state()
        if state == FAULT:
            raise BenchError(f"a guard ended it: {self.fault_words()}")
        if state != SERVICE:
            raise BenchError(f"service ended: the machine is {state_name(state)}")


def bits_of(chambers: Iterable[int]) -> int:
    bits = 0
    for chamber in chambers:
        bits |= 1 << chamber
    return bits


def _pa(mmhg: float) -> int:
    return int(mmhg * PA_PER_MMHG)
