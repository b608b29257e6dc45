"""What can be asked for over the console link, each by its `do`: here what is asked for often."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics import faults, signals
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import tenths_mmhg_from_pa
from soleus.core.session.session import CHECKING, DONE, IDLE, PAUSED, RUNNING, SERVICE, STATE_NAMES

# What a person's buttons do, too; and in which states it makes sense.
PRESSES = (
    ("start", signals.BUTTON_START, (IDLE, DONE)),
    ("stop", signals.BUTTON_STOP, ()),
    ("pause", signals.BUTTON_PAUSE, (RUNNING,)),
    ("resume", signals.BUTTON_RESUME, (PAUSED,)),
    ("louder", signals.BUTTON_LOUDER, (RUNNING,)),
    ("softer", signals.BUTTON_SOFTER, (RUNNING,)),
    ("alive", signals.BUTTON_ALIVE, (RUNNING,)),
    ("clear", signals.BUTTON_CLEAR, ()),
)

# What a bench asks for; its code is in memory only once there was one.
BENCH_REQUESTS = ("service", "actuate", "renew", "bench_tape")

# A session that was started over the link ends when nobody has been heard there for so long.
LINK_LOST_MS = 5000
# A heap in pieces has no room for what answers; a moment later it may have.
NO_MEMORY = "no memory for that now: ask again"


class Requests:
    def __init__(self, app: Any) -> None:
        self.app = app
        self.telemetry_ms = 0
        self.is_led_by_link = False
        # While somebody records this machine over the link.
        self.ring_stream = None

    def answer(self, request: dict) -> dict:
        """Never fails: a mistake in a request is said in its answer."""
        do = str(request.get("do"))
        try:
            for name, button, states in PRESSES:
                if do == name:
                    return self._press(name, button, states)
            if do in BENCH_REQUESTS:
                from soleus.link.bench import answer

                return answer(self.app, do, request)
            if do == "hello":
                return self._hello()
            # These two need much room: no other answers beside them.
            if do in ("load", "programs"):
                return load("store.program_files").answer(self.app, do, request)
            if do == "log":
                return load("link.log_requests").answer(self, request)
            return load("link.answers").answer(self, do, request)
        except SettingError as error:
            return {"error": str(error), "key": error.key}
        except MemoryError:
            return {"error": NO_MEMORY}

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
            return {"error": "{}: not while {}".format(name, STATE_NAMES[session.state])}
        if name == "start":
            if session.duration_ms == 0:
                return {"error": "start: no program is loaded"}
            self.is_led_by_link = True
        self.app.tick.press(button)
        return {"ok": True}

    def _hello(self) -> dict:
        return {"ok": True, "soleus": load("services.about").VERSION, "board": self.app.board["name"]}


def is_in_session(state: int) -> bool:
    return state in (CHECKING, RUNNING, PAUSED, SERVICE)
