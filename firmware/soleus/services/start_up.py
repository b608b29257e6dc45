"""What the app does once, before the first tick: its code doesn't stay in memory."""

import binascii
import json

import machine

from soleus.basics.annotations import Callable
from soleus.basics.loading import load
from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.store.files import encode, write_whole
from soleus.store.state_store import LEARNED_FILE, METER_FILE, SESSION_FILE, SETTINGS_FILE, StateStore

BOARD_FILE = "board.json"

_CAUSES = (
    ("WDT_RESET", "the watchdog reset it: the control tick had stopped"),
    ("HARD_RESET", "it was reset"),
    ("DEEPSLEEP_RESET", "it woke up"),
    ("SOFT_RESET", "it was restarted"),
)


def read_board() -> dict:
    try:
        with open(BOARD_FILE) as file:
            board = json.load(file)
    except (OSError, ValueError) as error:
        raise SettingError(BOARD_FILE, str(error), "a board's description, written when it is flashed")
    boots_of(board)
    return board


def boots_of(board: dict) -> Boots:
    return load("core.basics.boots_table").read_boots(board.get("boots"))


def block_bytes(board: dict, boots: Boots) -> int:
    return load("log.ring_size").block_bytes(boots, board["sensors"]["driver"])


def read_back(store: StateStore, controller: Controller, warn: Callable) -> tuple:
    """What the board's files say goes into `store` and `controller`.

    Returns the session that was lost, or None; and seconds and sessions of therapy, 0 where that file is
    broken.
    """
    state_load = load("store.state_load")
    table = state_load.read_or_warn(SETTINGS_FILE, warn)
    try:
        store.change_settings(table or {})
    except SettingError as error:
        warn("{}: {}; defaults used".format(SETTINGS_FILE, error))
    table = state_load.read_or_warn(LEARNED_FILE, warn)
    state_load.load_learned(table or {}, controller, warn)
    store.learned_crc = binascii.crc32(encode(state_load.learned(controller)))
    lost_session = state_load.read_or_warn(SESSION_FILE, warn)
    table = state_load.read_or_warn(METER_FILE, warn) or {}
    numbers = (table.get("therapy_s", 0), table.get("sessions", 0))
    return lost_session, numbers if all(type(number) is int for number in numbers) else (0, 0)


def why_last(was_in_session: bool) -> str:
    """Why the board had to start again. Reading it forgets it."""
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


def write_safe_pins(board: dict, name: str, warn: Callable) -> None:
    """The file that `boot.py` reads must be this board's; no tick is there yet that a write could hold up."""
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
