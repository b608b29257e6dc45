"""What only the start of the app needs: this code doesn't stay in memory."""

import binascii
import json
import os

import machine
from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load, load_to_stay
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.store.files import DATA_FOLDER, SESSION_FILE, STATE_FOLDER, encode, forget, write_whole
from soleus.store.state_store import LEARNED_FILE, SETTINGS_FILE, StateStore
from soleus.store.therapy_meter import METER_FILE, TherapyMeter

BOARD_FILE = "board.json"
_FIRST_WRITE_BYTES = const(1024)

_CAUSES = (
    ("WDT_RESET", "the watchdog reset it: the control tick had stopped"),
    ("HARD_RESET", "it was reset"),
    ("DEEPSLEEP_RESET", "it woke up"),
    ("SOFT_RESET", "it was restarted"),
)


def read_board() -> tuple:
    """The board's description, and its boots."""
    try:
        with open(BOARD_FILE) as file:
            board = json.load(file)
    except (OSError, ValueError) as error:
        raise SettingError(BOARD_FILE, str(error), "a board's description, written when it is flashed")
    if "clock_hz" in board:
        machine.freq(board["clock_hz"])
    return board, load("core.basics.boots_table").read_boots(board.get("boots"))


def write_first(warn: Callable) -> None:
    """The first write after a start looks for free blocks, through every file: now, while nothing is
    energised, and not when a session begins. A file that is short would lie inside its folder's own block.
    """
    try:
        for folder in (DATA_FOLDER, STATE_FOLDER):
            room, _, name = folder.rpartition("/")
            if name not in os.listdir(room or "/"):
                os.mkdir(folder)
        with open(STATE_FOLDER + "/first-write", "wb") as file:
            file.write(bytes(_FIRST_WRITE_BYTES))
    except OSError as error:
        warn("{}: {}".format(STATE_FOLDER, error))


def read_back(store: StateStore, controller: Controller, warn: Callable) -> tuple:
    """What the board's files say goes into `store` and `controller`.

    Returns the session that was lost, or None; what the panel had kept of one that was stopped; and the
    meter, which begins at 0 where its file is broken.
    """
    read_or_warn = load("store.state_read").read_or_warn
    table = read_or_warn(SETTINGS_FILE, warn) or {}
    for key in table:
        # One by one: another version's key costs no calibration.
        try:
            store.change_settings({key: table[key]})
        except SettingError as error:
            warn("{}: {}; its default used".format(SETTINGS_FILE, error))
    table = read_or_warn(LEARNED_FILE, warn)
    state_load = load("store.state_load")
    state_load.load_learned(table or {}, controller, warn)
    store.learned_crc = binascii.crc32(encode(state_load.learned(controller)))
    lost_session = read_or_warn(SESSION_FILE, warn)
    kept = lost_session.get("kept", {}) if lost_session else {}
    # Told once, because later starts have nothing to do with it.
    forget(SESSION_FILE)
    table = read_or_warn(METER_FILE, warn) or {}
    numbers = (table.get("therapy_s", 0), table.get("sessions", 0))
    is_whole = all(type(number) is int for number in numbers)
    return None if kept else lost_session, kept, TherapyMeter(*numbers) if is_whole else TherapyMeter(0, 0)


def why_last(was_in_session: bool) -> str:
    """Why the board has started. Reading the reason clears it."""
    memory = machine.RTC()
    reason = bytes(memory.memory())
    memory.memory(b"")
    cause = machine.reset_cause()
    if reason:
        return reason.decode()
    for name, words in _CAUSES:
        if cause == getattr(machine, name):
            return words
    if was_in_session:
        return "the power was lost, or sagged, during a session"
    return "power on"


def screen(app: Any, board: dict) -> Any:
    """A board works without its display, too: a warning says why there is none."""
    if "display" not in board:
        return None
    if app.parts.i2c is None:
        app.warn("display: the board has no [i2c]")
        return None
    try:
        return load_to_stay("services.screen").Screen(app, board["display"])
    except (ImportError, OSError) as error:
        app.warn("display: {}".format(error))
        return None


def write_safe_pins(board: dict, name: str, warn: Callable) -> None:
    """The file that `boot.py` reads must be this board's. No tick runs yet that a write could delay."""
    wanted = load("drivers.outputs.safe_pins").safe_pins(board)
    try:
        with open(name) as file:
            if json.load(file) == wanted:
                return
    except (OSError, ValueError):
        pass
    try:
        write_whole(name, json.dumps(wanted).encode())
    except OSError as error:
        warn("{}: {}".format(name, error))
