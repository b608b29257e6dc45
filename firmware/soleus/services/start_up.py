"""What the app does once, before the first tick: its code doesn't stay in memory."""

import binascii
import json

import machine
from machine import Timer

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.link.link import Link
from soleus.link.requests import Requests
from soleus.log.recorder import Recorder
from soleus.store.files import encode, write_whole
from soleus.store.flash_writer import FlashWriter
from soleus.store.state_store import LEARNED_FILE, METER_FILE, SESSION_FILE, SETTINGS_FILE, StateStore
from soleus.tick import Tick

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
    _boots(board)
    return board


def build(app: Any, board: dict, boot: Any) -> None:
    """Everything that stays, in the order in which one part needs another."""
    boots = _boots(board)
    app.controller = Controller(boots)
    app.writer = FlashWriter(app.tick_is_at_rest, boot.WATCHDOG.feed, app.note_failed_write)
    app.store = StateStore(app.writer)
    therapy = _remember(app)
    app.why = why_last(app.lost_session is not None)
    fitted = load("drivers.build_drivers")
    fitted.fit(app.parts, board, boots, app.store.settings.calibration)
    block_bytes = load("log.ring_size").block_bytes(boots, board["sensors"]["driver"])
    app.recorder = Recorder(app, therapy, block_bytes)
    app.tick = Tick(app.controller, app.parts, boot.vent, boot.WATCHDOG.feed, app.recorder.record)
    boot.keep_log = app.recorder.write_crash
    app.requests = Requests(app)
    app.link = Link(app.requests.answer, app.after_look, app.tick)
    app.timer = Timer(boot.CONTROL_TIMER)
    no_display = fitted.fit_display(app.parts, board)
    if no_display:
        app.warn(no_display)
    _write_safe_pins(app, board, boot.SAFE_PINS_FILE)


def _boots(board: dict) -> Boots:
    return load("core.basics.boots_table").read_boots(board.get("boots"))


def _remember(app: Any) -> tuple:
    """What the board's files say. Returns seconds and sessions of therapy, 0 where that file is broken."""
    state_load, store = load("store.state_load"), app.store
    table = state_load.read_or_warn(SETTINGS_FILE, app.warn)
    try:
        store.change_settings(table or {})
    except SettingError as error:
        app.warn("{}: {}; defaults used".format(SETTINGS_FILE, error))
    table = state_load.read_or_warn(LEARNED_FILE, app.warn)
    state_load.load_learned(table or {}, app.controller, app.warn)
    store.learned_crc = binascii.crc32(encode(state_load.learned(app.controller)))
    app.lost_session = state_load.read_or_warn(SESSION_FILE, app.warn)
    table = state_load.read_or_warn(METER_FILE, app.warn) or {}
    numbers = (table.get("therapy_s", 0), table.get("sessions", 0))
    return numbers if all(type(number) is int for number in numbers) else (0, 0)


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


def _write_safe_pins(app: Any, board: dict, name: str) -> None:
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
        app.warn("{}: {}".format(name, error))
