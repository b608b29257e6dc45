"""What a board remembers: settings, what the regulator has learned, and whether a session is under way.

A file that is broken or makes no sense means the defaults and a warning that names it, never a
refusal to start.
"""

from soleus.annotations import Callable
from soleus.core.controller import Controller
from soleus.core.errors import SettingError

from .borrowed import borrow
from .files import encode
from .flash_writer import FlashWriter

SETTINGS_FILE = "settings.json"
LEARNED_FILE = "learned.json"
SESSION_FILE = "session.json"
METER_FILE = "meter.json"

# The regulator's lists, whichever of them it has; `state_load.py` knows what each may hold.
LEARNED_NAMES = (
    "coast_lead_pa",
    "shut_lead_pa",
    "lead_pa",
    "rise_pa_s",
    "fall_pa_s",
    "drop_pa",
    "pour_permille",
    "coast_x10_ms",
)


class Settings:
    def __init__(self) -> None:
        self.program = "easy-run"
        self.minutes = 0
        self.pressure_mmhg = 0
        self.sound = True
        # For each sensor [[raw, pa], [raw, pa]] or null; empty means as the datasheet says.
        self.calibration = []
        # The day of it, as whoever wrote it says.
        self.calibrated_on = ""

    def table(self) -> dict:
        return {
            "program": self.program,
            "minutes": self.minutes,
            "pressure_mmhg": self.pressure_mmhg,
            "sound": self.sound,
            "calibration": self.calibration,
            "calibrated_on": self.calibrated_on,
        }

    def change(self, table: dict) -> None:
        """All or nothing; a `SettingError` says what is wrong."""
        borrow("state_load").change(self, table)


class StateStore:
    def __init__(self, writer: FlashWriter, on_warning: Callable) -> None:
        self.writer = writer
        self.on_warning = on_warning
        self.settings = Settings()
        self._learned_before = {}

    def load_settings(self) -> None:
        table = self._read(SETTINGS_FILE)
        try:
            self.settings.change(table or {})
        except SettingError as error:
            self.on_warning("{}: {}; defaults used".format(SETTINGS_FILE, error))

    def save_settings(self) -> None:
        self.writer.put(SETTINGS_FILE, encode(self.settings.table()))

    def load_learned(self, controller: Controller) -> None:
        table = self._read(LEARNED_FILE) or {}
        borrow("state_load").load_learned(table, learner_of(controller), self.on_warning)
        self._learned_before = learned(controller)

    def save_learned(self, controller: Controller) -> None:
        table = learned(controller)
        if table != self._learned_before:
            self._learned_before = table
            self.writer.put(LEARNED_FILE, encode(table))

    def note_session(self, table: "dict | None") -> None:
        """While it is there, a session is under way: after a loss of power it tells what was lost."""
        self.writer.put(SESSION_FILE, None if table is None else encode(table))

    def therapy(self) -> tuple:
        """Seconds of pressed legs in this board's life, and sessions; from 0 where the file is broken."""
        table = self._read(METER_FILE) or {}
        numbers = (table.get("therapy_s", 0), table.get("sessions", 0))
        return numbers if all(type(number) is int for number in numbers) else (0, 0)

    def lost_session(self) -> "dict | None":
        return self._read(SESSION_FILE)

    def _read(self, name: str) -> "dict | None":
        return borrow("state_load").read_or_warn(name, self.on_warning)


def learned(controller: Controller) -> dict:
    table = {}
    learner = learner_of(controller)
    for name in LEARNED_NAMES:
        if hasattr(learner, name):
            table[name] = list(getattr(learner, name))
    return table


def learner_of(controller: Controller) -> object:
    """The sealed regulator keeps apart what it learns; the shared one has little to keep."""
    return getattr(controller.regulator, "learned", controller.regulator)
