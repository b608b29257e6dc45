"""What a board remembers: settings, what the regulator has learned, and whether a session is under way.

A file that is broken or makes no sense means the defaults and a warning that names it, never a
refusal to start.
"""

from soleus.annotations import Callable
from soleus.core.controller import Controller
from soleus.core.errors import SettingError
from soleus.core.learned import COAST_LEAST_MS, COAST_MOST_MS, DROP_MOST_PA, POUR_MOST_PERMILLE
from soleus.core.regulation import LEAD_MOST_PA, RISE_LEAST_PA_S, RISE_MOST_PA_S

from .files import BrokenFileError, encode, read_table
from .flash_writer import FlashWriter

SETTINGS_FILE = "settings.json"
LEARNED_FILE = "learned.json"
SESSION_FILE = "session.json"
METER_FILE = "meter.json"

# The regulator's lists, whichever of them it has, with the least and the most that each may hold.
LEARNED = (
    ("coast_lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("shut_lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("rise_pa_s", RISE_LEAST_PA_S, RISE_MOST_PA_S),
    ("fall_pa_s", RISE_LEAST_PA_S, RISE_MOST_PA_S),
    ("drop_pa", 0, DROP_MOST_PA),
    ("pour_permille", 0, POUR_MOST_PERMILLE),
    ("coast_x10_ms", COAST_LEAST_MS * 10, COAST_MOST_MS * 10),
)


class Settings:
    def __init__(self) -> None:
        self.program = "easy-run"
        self.minutes = 0
        self.pressure_mmhg = 0
        self.sound = True
        # For each sensor [[raw, pa], [raw, pa]] or null; empty means as the datasheet says.
        self.calibration = []

    def table(self) -> dict:
        return {
            "program": self.program,
            "minutes": self.minutes,
            "pressure_mmhg": self.pressure_mmhg,
            "sound": self.sound,
            "calibration": self.calibration,
        }

    def change(self, table: dict) -> None:
        """All or nothing; a `SettingError` says what is wrong."""
        known = self.table()
        for key in table:
            if key not in known:
                raise SettingError(key, table[key], "one of " + ", ".join(known))
            if type(table[key]) is not type(known[key]):
                raise SettingError(key, table[key], "of the kind of {!r}".format(known[key]))
        if not _are_point_pairs(table.get("calibration", [])):
            raise SettingError(
                "calibration", table["calibration"], "[[raw, pa], [raw, pa]] or null for each sensor"
            )
        for key in table:
            setattr(self, key, table[key])


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
        for name, least, most in LEARNED:
            values = table.get(name)
            known = getattr(_learner(controller), name, None)
            if values is None or known is None:
                continue
            if not _are_numbers(values, len(known), least, most):
                self.on_warning("{}: {} makes no sense; defaults used".format(LEARNED_FILE, name))
                continue
            for index in range(len(known)):
                known[index] = values[index]
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
        try:
            return read_table(name)
        except BrokenFileError as error:
            self.on_warning("{}; defaults used".format(error))
            return None


def learned(controller: Controller) -> dict:
    table = {}
    learner = _learner(controller)
    for name, _, _ in LEARNED:
        if hasattr(learner, name):
            table[name] = list(getattr(learner, name))
    return table


def _learner(controller: Controller) -> object:
    """The sealed regulator keeps apart what it learns; the shared one has little to keep."""
    return getattr(controller.regulator, "learned", controller.regulator)


def _are_numbers(values: object, count: int, least: int, most: int) -> bool:
    if not isinstance(values, list) or len(values) != count:
        return False
    return all(type(value) is int and least <= value <= most for value in values)


def _are_point_pairs(pairs: list) -> bool:
    for pair in pairs:
        if pair is None:
            continue
        if not isinstance(pair, list) or len(pair) != 2:
            return False
        if not all(_are_numbers(point, 2, -4_000_000, 4_000_000) for point in pair):
            return False
        if pair[1][0] <= pair[0][0] or pair[1][1] <= pair[0][1]:
            return False
    return True
