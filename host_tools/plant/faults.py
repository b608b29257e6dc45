"""What can break, how, and when: `COMPONENT:MODE@START[+DURATION]`."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.basics.times import time_ms
from host_tools.plant.parts.modes import KIND_NAMES, MODE_NAMES
from host_tools.plant.vocabulary import AMOUNTS, AT_THE_START, MODES

FAULTS_MOST = 64
FOREVER_MS = 1 << 60


@dataclass(frozen=True)
class Fault:
    """One failure: which part, how, from when to when."""

    text: str
    kind: int
    index: int
    mode: int
    start_ms: int
    end_ms: int

    @property
    def amount(self) -> float:
        return AMOUNTS.get((KIND_NAMES[self.kind], MODE_NAMES[self.mode]), 0.0)


class FaultSchedule:
    """The faults of a session in arrays, so that the compiled plant can look at them."""

    def __init__(self) -> None:
        self.count = 0
        self.next_ms = 0
        self.kind = np.zeros(FAULTS_MOST, np.int64)
        self.index = np.zeros(FAULTS_MOST, np.int64)
        self.mode = np.zeros(FAULTS_MOST, np.int64)
        self.start_ms = np.zeros(FAULTS_MOST, np.int64)
        self.end_ms = np.zeros(FAULTS_MOST, np.int64)
        self.amount = np.zeros(FAULTS_MOST)

    def append(self, fault: Fault) -> None:
        if self.count == FAULTS_MOST:
            raise InputError("--fault", "", fault.text, f"at most {FAULTS_MOST} faults in a session")
        k = self.count
        self.kind[k], self.index[k], self.mode[k] = fault.kind, fault.index, fault.mode
        self.start_ms[k], self.end_ms[k], self.amount[k] = fault.start_ms, fault.end_ms, fault.amount
        self.count = k + 1
        self.next_ms = 0

    def is_active(self, k: int, now_ms: int) -> bool:
        return bool(self.start_ms[k] <= now_ms < self.end_ms[k])

    def plan_next(self, now_ms: int) -> None:
        """Note when the next fault starts or ends."""
        next_ms = FOREVER_MS
        for k in range(self.count):
            if now_ms < self.start_ms[k] < next_ms:
                next_ms = int(self.start_ms[k])
            if now_ms < self.end_ms[k] < next_ms:
                next_ms = int(self.end_ms[k])
        self.next_ms = next_ms


def parse_fault(text: str, boots: Any, has_bus: bool = False) -> Fault:
    """Read `COMPONENT:MODE@START[+DURATION]` for these boots; `has_bus` says how their sensors are wired."""
    component, colon, when = text.strip().partition(":")
    mode, at, times = when.partition("@")
    if not colon or not at:
        raise InputError(
            "--fault", "", text, "COMPONENT:MODE@START[+DURATION], such as sensor.left.calf:stuck@60s+5s"
        )
    kind, index = _component(component, boots, has_bus)
    modes = MODES[KIND_NAMES[kind]] | AT_THE_START.get(KIND_NAMES[kind], {})
    if mode not in modes:
        raise InputError("--fault", "mode", mode, f"one of {', '.join(modes)}, for a {KIND_NAMES[kind]}")
    start, plus, duration = times.partition("+")
    start_ms = time_ms("--fault", "start", start)
    end_ms = start_ms + time_ms("--fault", "duration", duration) if plus else FOREVER_MS
    if end_ms == start_ms:
        raise InputError("--fault", "duration", duration, "a time longer than nothing")
    return Fault(text.strip(), kind, index, MODE_NAMES.index(mode), start_ms, end_ms)


def components(boots: Any, has_bus: bool = False) -> dict[str, tuple[int, int]]:
    """Every name that a fault can have on these boots, with its kind and index."""
    names: dict[str, tuple[int, int]] = {}
    for kind, kind_name in enumerate(KIND_NAMES):
        for part, index in _parts(kind_name, boots, has_bus):
            names[f"{kind_name}.{part}" if part else kind_name] = (kind, index)
    return names


def _parts(kind_name: str, boots: Any, has_bus: bool) -> list[tuple[str, int]]:
    chambers = [(name, i) for i, name in enumerate(boots.names)]
    if kind_name == "sensor":
        if boots.has_manifold_sensor_only:
            return [("manifold", 0)]
        return [*chambers, ("manifold", boots.count)] if boots.has_manifold_sensor_too else chambers
    if kind_name == "valve":
        if boots.is_three_way:
            return chambers
        vents = [(f"{name}.vent", boots.count + i) for name, i in chambers]
        return [(f"{name}.fill", i) for name, i in chambers] + vents
    if kind_name in ("hose", "garment"):
        return chambers
    if kind_name == "leg":
        return [(name, leg) for leg, name in enumerate(_leg_names(boots))]
    if kind_name == "bus" and not has_bus:
        return []
    return [("", 0)]


def _leg_names(boots: Any) -> list[str]:
    return [boots.names[leg * boots.chambers_per_leg].split(".")[0] for leg in range(boots.legs)]


def _component(component: str, boots: Any, has_bus: bool) -> tuple[int, int]:
    names = components(boots, has_bus)
    if boots.is_three_way and component.startswith("valve."):
        component = component.removesuffix(".fill")
    if component in names:
        return names[component]
    kind_name = component.partition(".")[0]
    if kind_name not in KIND_NAMES:
        raise InputError("--fault", "component", component, f"one of {', '.join(KIND_NAMES)}")
    parts = [part for part, _ in _parts(kind_name, boots, has_bus)]
    if not parts:
        raise InputError("--fault", "component", component, "a board whose sensors hang on a bus")
    if parts == [""]:
        raise InputError("--fault", "component", component, f"{kind_name} alone; there is one of it")
    known = ", ".join(f"{kind_name}.{part}" for part in parts)
    raise InputError("--fault", "component", component, f"one that these boots have: {known}")
