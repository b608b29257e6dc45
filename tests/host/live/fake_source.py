"""A source without a machine behind it: its frames count up, and it remembers what was asked of it."""

from host_tools.catalogue.boards import load_board
from host_tools.live.about import about
from host_tools.live.acts import Act, Press
from host_tools.live.frames.frame import About, Event, Frame, Panel
from host_tools.live.guards.outside import Outside
from host_tools.live.guards.shown import TOLD_ON_THE_LINE
from host_tools.live.player import Player
from host_tools.live.source import RefusedError, Repeated

BOARD = load_board("esp32-devkit")


class FakeSource:
    def __init__(self) -> None:
        self.trouble = ""
        self.speed = "1"
        self.asked: list[Act] = []
        self.is_closed = False
        self.about: About = about(BOARD.boots, "sim", title="a fake", presses=["start", "stop"])
        self._at_ms = 0

    def advance(self, passed_s: float) -> list[Frame]:
        self._at_ms += round(passed_s * 1000)
        return [frame_at(self._at_ms)]

    def past(self) -> list[Frame]:
        return []

    def new_events(self) -> list[Event]:
        return []

    def panel(self) -> Panel | None:
        return None

    def checklist(self) -> None:
        return None

    def silent_s(self) -> float:
        return 0.0

    def act(self, act: Act) -> str:
        self.asked.append(act)
        if isinstance(act, Press) and act.button in self.about["presses"]:
            return act.button
        raise RefusedError("a fake does nothing else")

    def repeat(self) -> Repeated:
        raise RefusedError("a fake is never the same")

    def close(self) -> None:
        self.is_closed = True


def fake_player(source: FakeSource | None = None) -> Player:
    return Player([source or FakeSource()], {"programs": [], "plants": []})


def frame_at(at_ms: int) -> Frame:
    count = BOARD.boots.count
    pressure_mmhg = [float(at_ms % 40)] * count
    frame: Frame = {
        "at_ms": at_ms,
        "state": "running",
        "fault": "",
        "cycle": 1,
        "stage": "hold",
        "level_mmhg": 40,
        "run_ms": at_ms,
        "left_ms": 0,
        "pressure_mmhg": pressure_mmhg,
        "wanted_mmhg": [40.0] * count,
        "target_mmhg": [40.0] * count,
        "phase": ["hold"] * count,
        "fill_bits": 0,
        "seal_bits": 1,
        "pump_permille": 0,
        "gate_on": 1,
        "missing_bits": 0,
        "rested_bits": 0,
        "manifold_mmhg": 0.0,
        "supply_v": 12.0,
        "clicks": 0,
        "energy_wh": 0.0,
        "asks_for_life": False,
        "near": [],
    }
    frame["near"] = Outside(BOARD.boots, TOLD_ON_THE_LINE).near(frame)
    return frame
