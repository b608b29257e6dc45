"""What a board remembers: settings, what the regulator has learned, and whether a session is under way.

`start_up.py` reads it back. A file that is broken or makes no sense means the defaults and a warning that
names it, never a refusal to start.
"""

import binascii

from soleus.basics.loading import load
from soleus.core.controller import Controller
from soleus.store.files import encode
from soleus.store.flash_writer import FlashWriter

SETTINGS_FILE = "settings.json"
LEARNED_FILE = "learned.json"
SESSION_FILE = "session.json"
METER_FILE = "meter.json"


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


class StateStore:
    def __init__(self, writer: FlashWriter) -> None:
        self.writer = writer
        self.settings = Settings()
        self.learned_crc = 0

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

    def note_session(self, table: "dict | None") -> None:
        """While it is there, a session is under way: after a loss of power it tells what was lost."""
        self.writer.put(SESSION_FILE, None if table is None else encode(table))
