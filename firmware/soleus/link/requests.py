"""The requests of the console link, by their `do`.

Those that a session may bring are answered from what stays in memory. For others a module is loaded, and some
read files: that takes a chip longer than the guards wait for a tick, so it is refused while a session runs.
"""

from soleus.basics.annotations import Any
from soleus.basics.loading import is_loaded, load, load_to_stay
from soleus.basics.version import VERSION
from soleus.core.basics import faults, signals
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import tenths_mmhg_from_pa
from soleus.core.session.session import PAUSED, RUNNING, STATE_NAMES
from soleus.link.status import status

# What a person's buttons do, too, and the states in which each makes sense: () is all of them.
PRESSES = (
    ("stop", signals.BUTTON_STOP, ()),
    ("pause", signals.BUTTON_PAUSE, (RUNNING,)),
    ("resume", signals.BUTTON_RESUME, (PAUSED,)),
    ("louder", signals.BUTTON_FIRMER, (RUNNING,)),
    ("softer", signals.BUTTON_SOFTER, (RUNNING,)),
    ("alive", signals.BUTTON_ALIVE, (RUNNING,)),
    ("clear", signals.BUTTON_CLEAR, ()),
)

# The requests of a bench. Their code is loaded by the first of them.
BENCH_REQUESTS = ("service", "actuate", "renew", "bench_tape")

LOOK_EVERY_MS = 10
# A session that was started over the link ends when nothing has been heard there for so long.
LINK_LOST_MS = 5000
# A fragmented heap may have no room for the module that answers; a moment later it may have.
NO_MEMORY = "no memory for that now: ask again"

_TELEMETRY_LEAST_MS = 50
_TELEMETRY_MOST_MS = 10_000
# A tape is sent when it has so many rows.
_TAPE_ROWS = 10


class Requests:
    def __init__(self, app: Any) -> None:
        self.app = app
        self.telemetry_ms = 0
        self.since_telemetry_ms = 0
        # Since the last line came over the link.
        self.silent_ms = 0
        self.is_led_by_link = False
        # A service tool holds the machine: no person wears the boots. Until the link falls silent.
        self.is_held = False
        # While a laptop records this board over the link.
        self.ring_stream = None
        self.answers = {
            "hello": self._hello,
            "raw": self._raw,
            "status": self._status,
            "telemetry": self._tell,
            "why": self._why,
        }

    def answer(self, request: dict) -> dict:
        """Never fails: the answer says what is wrong with a request."""
        do = str(request.get("do"))
        try:
            for name, button, states in PRESSES:
                if do == name:
                    return self._press(name, button, states)
            answer_of = self.answers.get(do)
            if answer_of:
                return answer_of(request)
            if do == "log" and request.get("piece_bytes") == 0:
                self.ring_stream = None
                return {"ok": True}
            is_there = do in BENCH_REQUESTS and is_loaded("link.bench")
            if not is_there and not self.app.may_load():
                return {"error": "{}: not during a session".format(do)}
            return self._answer_of_module(do, request)
        except SettingError as error:
            return {"error": str(error), "key": error.key}
        except MemoryError:
            return {"error": NO_MEMORY}

    def _answer_of_module(self, do: str, request: dict) -> dict:
        if do in BENCH_REQUESTS:
            return load_to_stay("link.bench").answer(self.app, do, request)
        # These two need much memory, so no other answers are loaded with them.
        if do in ("load", "programs"):
            return load("store.program_files").answer(self.app, do, request)
        if do in ("start", "hold", "clock", "panel"):
            return load("panel.requests").answer(self.app, do, request)
        if do == "log":
            return load("link.log_requests").answer(self, request)
        return load("link.answers").answer(self.app, do, request)

    def after_look(self, has_heard: bool, passed_ms: int) -> None:
        """After each look at the link, which says whether a line came: sends what is due."""
        self.silent_ms = 0 if has_heard else self.silent_ms + passed_ms
        if self.silent_ms >= LINK_LOST_MS:
            self._give_up_link()
        app = self.app
        if self.ring_stream:
            self.ring_stream.send(app.link)
        tape = app.tick.tape
        if tape and tape.waiting_count() >= _TAPE_ROWS:
            app.link.send(tape.event())
        if not self.telemetry_ms:
            return
        self.since_telemetry_ms += passed_ms
        if self.since_telemetry_ms >= self.telemetry_ms:
            self.since_telemetry_ms = 0
            app.link.send(self.telemetry())

    def _give_up_link(self) -> None:
        """No bench is there any more, and a session that was started over the link ends."""
        app = self.app
        app.tick.tape = None
        self.is_held = False
        if app.front.walk:
            app.front.walk.lose_link()
        if self.is_led_by_link and app.store.is_in_session:
            self.is_led_by_link = False
            app.tick.press(signals.BUTTON_STOP)
            app.warn("the link was lost: session stopped")

    def telemetry(self) -> dict:
        app = self.app
        controller = app.controller
        commands = controller.commands
        latch = controller.latch
        return {
            "event": "telemetry",
            "at_ms": controller.at_ms,
            "state": STATE_NAMES[controller.session.state],
            "run_ms": controller.session.run_ms,
            "cycle": controller.sequencer.cycles_count,
            "mmhg_x10": [tenths_mmhg_from_pa(pa) for pa in controller.gauges.pressure_pa],
            "target_mmhg_x10": [tenths_mmhg_from_pa(pa) for pa in controller.sequencer.target_pa],
            "manifold_mmhg_x10": tenths_mmhg_from_pa(controller.gauges.manifold_pa),
            "missing": controller.readings.missing_bits,
            "fill": commands.fill_bits,
            "seal": commands.seal_bits,
            "pump": commands.pump_permille,
            "gate": commands.gate_on,
            "supply_mv": controller.readings.supply_mv,
            "fault": faults.code_of(latch.code),
        }

    def _press(self, name: str, button: int, states: tuple) -> dict:
        session = self.app.controller.session
        if states and session.state not in states:
            return self.refusal(name)
        if name == "clear" and not self.is_held:
            return {"error": "clear: at the machine only: hold start/stop and stop for 3 s"}
        self.app.tick.press(button)
        return {"ok": True}

    def refusal(self, do: str) -> dict:
        """The request is fine, but the machine's state is in its way."""
        state = STATE_NAMES[self.app.controller.session.state]
        return {"error": "{}: not while {}".format(do, state), "state": state}

    def _hello(self, _request: dict) -> dict:
        return {"ok": True, "soleus": VERSION, "board": self.app.board["name"]}

    def _status(self, request: dict) -> dict:
        return status(self.app, request)

    def _why(self, _request: dict) -> dict:
        app = self.app
        fault = status(app, {})["fault"]
        return {"ok": True, "why": app.why, "lost_session": app.lost_session, "fault": fault}

    def _raw(self, _request: dict) -> dict:
        """The converters' own numbers, for a calibration."""
        return {"ok": True, "raw": list(self.app.parts.sensors.raw)}

    def _tell(self, request: dict) -> dict:
        period_ms = request.get("period_ms", 0)
        is_whole = type(period_ms) is int and _TELEMETRY_LEAST_MS <= period_ms <= _TELEMETRY_MOST_MS
        if period_ms != 0 and not is_whole:
            expected = "0, or {} to {}".format(_TELEMETRY_LEAST_MS, _TELEMETRY_MOST_MS)
            raise SettingError("period_ms", period_ms, expected)
        self.telemetry_ms = period_ms
        return {"ok": True}
