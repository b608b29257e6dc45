"""An SSD1306 as its datasheet has it, as far as it is used: what was sent to it, as a picture."""

from pathlib import Path

from PIL import Image

CONTROL_COMMAND, CONTROL_DATA = 0x80, 0x40
SET_COLUMNS, SET_PAGES = 0x21, 0x22
# Commands that take one more byte, which must not be read as a command.
_WITH_ARGUMENT = {0x20, 0x81, 0x8D, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB}
ZOOM = 4


class DisplayPicture:
    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.memory = bytearray(width * height // 8)
        self._columns, self._pages = (0, width - 1), (0, height // 8 - 1)
        self._column, self._page = 0, 0
        self._command: list[int] = []

    def write(self, content: bytes) -> None:
        if content[0] == CONTROL_COMMAND:
            self._take_command(content[1])
        elif content[0] == CONTROL_DATA:
            for byte in content[1:]:
                self._take_data(byte)

    def save(self, file: Path) -> None:
        picture = Image.new("1", (self.width, self.height))
        for page in range(self.height // 8):
            for column in range(self.width):
                byte = self.memory[page * self.width + column]
                for bit in range(8):
                    picture.putpixel((column, 8 * page + bit), byte >> bit & 1)
        picture.resize((self.width * ZOOM, self.height * ZOOM)).save(file)

    def _take_command(self, byte: int) -> None:
        self._command.append(byte)
        first = self._command[0]
        if first in (SET_COLUMNS, SET_PAGES):
            if len(self._command) == 3:
                self._set_window(first, self._command[1], self._command[2])
                self._command = []
        elif first not in _WITH_ARGUMENT or len(self._command) == 2:
            self._command = []

    def _set_window(self, command: int, first: int, last: int) -> None:
        if command == SET_COLUMNS:
            self._columns, self._column = (first, last), first
        else:
            self._pages, self._page = (first, last), first

    def _take_data(self, byte: int) -> None:
        self.memory[self._page * self.width + self._column] = byte
        self._column += 1
        if self._column > self._columns[1]:
            self._column = self._columns[0]
            self._page = self._page + 1 if self._page < self._pages[1] else self._pages[0]
