"""What a board remembers: settings, what the regulator has learned, and whether a session is under way.

`start_up.py` reads it back. When a file is broken or makes no sense, the defaults are used and a warning
names the file; the board starts all the same.
"""

import binascii

from soleus.basics.loading import load
from soleus.core.controller import Controller
from soleus.core.session.session import CHECKING, DONE, FAULT, IDLE, PAUSED, RUNNING, SERVICE
from soleus.store.files import SESSION_FILE, STATE_FOLDER, encode
from soleus.store.flash_writer import FlashWriter

SETTINGS_FILE = STATE_FOLDER + "/settings.json"
LEARNED_FILE = STATE_FOLDER + "/learned.json"


class Settings:
    def __init__(self) -> None:
        self.program = "easy-run"
        self.minutes = 0
        self.pressure_mmhg = 0
        self.sound = True
        self.check_fill = True
        # For each sensor [[raw, pa], [raw, pa]] or null; empty means as the datasheet says.
        self.calibration = []
        # The day of the calibration, as it was given with it.
        self.calibrated_on = ""


class StateStore:
    def __init__(self, writer: FlashWriter) -> None:
        self.writer = writer
        self.settings = Settings()
        self.learned_crc = 0
        self.is_in_session = False
        # What is noted when the next session begins: see `panel/acts.py`.
        self.note = encode({})

    def change_settings(self, table: dict) -> None:
        """All or nothing; a `SettingError` says what is wrong."""
        load("store.state_load").change(self.settings, table)

    def save_settings(self) -> None:
        self.writer.put(SETTINGS_FILE, encode(load("store.state_load").settings_table(self.settings)))

    def save_learned(self, controller: Controller) -> None:
        content = encode(load("store.state_load").learned(controller))
        crc = binascii.crc32(content)
        if crc != self.learned_crc:
            self.writer.put(LEARNED_FILE, content)
            self.learned_crc = crc

    def follow_session(self, controller: Controller) -> bool:
        """Notes when a session begins or ends, and what was learned in it. True when it has just ended."""
        state = controller.session.state
        if is_in_session(state) and not self.is_in_session:
            self.note_session(self.note)
            self.is_in_session = True
        elif state in (IDLE, DONE, FAULT) and self.is_in_session:
            self.note_session(None)
            self.save_learned(controller)
            self.is_in_session = False
            return True
        return False

    def note_session(self, content: "bytes | None") -> None:
        """While the file is there, a session is under way: after a loss of power it tells what was lost."""
        self.writer.put(SESSION_FILE, content)


def is_in_session(state: int) -> bool:
    return state in (CHECKING, RUNNING, PAUSED, SERVICE)
