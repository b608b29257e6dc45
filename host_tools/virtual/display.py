"""An SSD1306 as in its datasheet: it takes bytes over I2C, and shows a picture.

Modules are mounted so that a picture is upright with columns and rows both reversed (A1, C8). Left out are
scrolling, brightness, and how fast the dots fade.
"""

from pathlib import Path

from PIL import Image

COLUMNS, ROWS, PAGE_ROWS = 128, 64, 8
PAGES = ROWS // PAGE_ROWS
ZOOM = 4

_CONTINUES, _IS_DATA = 0x80, 0x40
_HORIZONTAL, _VERTICAL, _BY_PAGE = 0, 1, 2
_PUMP_ON = 0x04
# How many bytes follow a command; none follows the others.
_ARGUMENTS = {
    # Order of the memory, its columns, its pages; charge pump, rows, their offset.
    0x20: 1,
    0x21: 2,
    0x22: 2,
    0x8D: 1,
    0xA8: 1,
    0xD3: 1,
    # Scrolling.
    0x26: 6,
    0x27: 6,
    0x29: 5,
    0x2A: 5,
    0xA3: 2,
    # Contrast, current, clock, precharge, pins, deselect level.
    0x81: 1,
    0xAD: 1,
    0xD5: 1,
    0xD9: 1,
    0xDA: 1,
    0xDB: 1,
}


class Ssd1306:
    """`width` x `height` is the size of the glass; a narrow glass is wired to the middle columns."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.memory = bytearray(COLUMNS * PAGES)
        self.is_on = self.has_voltage = self.is_inverted = self.is_all_lit = False
        self.is_turned_left_right = self.is_turned_upside_down = False
        self.first_row = self.offset = 0
        self.rows = ROWS
        self._mode = _BY_PAGE
        self._columns, self._pages = (0, COLUMNS - 1), (0, PAGES - 1)
        self._column = self._page = 0
        self._command: list[int] = []

    def write(self, content: bytes) -> None:
        """One transfer: control bytes say whether commands or data follow."""
        at = 0
        while at < len(content):
            control, at = content[at], at + 1
            end = at + 1 if control & _CONTINUES else len(content)
            take = self._take_data if control & _IS_DATA else self._take_command
            for byte in content[at:end]:
                take(byte)
            at = end

    def picture(self) -> Image.Image:
        picture = Image.new("1", (self.width, self.height))
        for row in range(self.height):
            for column in range(self.width):
                picture.putpixel((column, row), self.is_lit(column, row))
        return picture

    def is_lit(self, column: int, row: int) -> bool:
        if not (self.is_on and self.has_voltage) or row >= self.rows:
            return False
        if self.is_all_lit:
            return True
        column += (COLUMNS - self.width) // 2
        column = column if self.is_turned_left_right else COLUMNS - 1 - column
        row = row if self.is_turned_upside_down else self.rows - 1 - row
        row = (row + self.first_row + self.offset) % ROWS
        bit = self.memory[row // PAGE_ROWS * COLUMNS + column] >> row % PAGE_ROWS & 1
        return bool(bit) != self.is_inverted

    def save(self, file: Path) -> None:
        self.picture().resize((self.width * ZOOM, self.height * ZOOM)).save(file)

    def _take_command(self, byte: int) -> None:
        self._command.append(byte)
        if len(self._command) > _ARGUMENTS.get(self._command[0], 0):
            command, *arguments = self._command
            self._command = []
            self._obey(command, arguments)

    def _obey(self, command: int, arguments: list[int]) -> None:
        if command in _ARGUMENTS:
            self._obey_with_arguments(command, arguments)
        elif command <= 0x0F:
            self._column = self._column & 0x70 | command
        elif command <= 0x1F:
            self._column = self._column & 0x0F | (command & 0x07) << 4
        elif 0x40 <= command <= 0x7F:
            self.first_row = command & 0x3F
        elif 0xB0 <= command <= 0xB7:
            self._page = command & 0x07
        elif command & 0xF0 == 0xC0:
            self.is_turned_upside_down = bool(command & 0x08)
        elif command & 0xF0 == 0xA0:
            self._obey_switch(command)

    def _obey_switch(self, command: int) -> None:
        is_set = bool(command & 1)
        match command & 0xFE:
            case 0xA0:
                self.is_turned_left_right = is_set
            case 0xA4:
                self.is_all_lit = is_set
            case 0xA6:
                self.is_inverted = is_set
            case 0xAE:
                self.is_on = is_set

    def _obey_with_arguments(self, command: int, arguments: list[int]) -> None:
        first = arguments[0]
        match command:
            case 0x20:
                self._mode = first & 0x03
            case 0x21:
                self._columns = (first & 0x7F, arguments[1] & 0x7F)
                self._column = self._columns[0]
            case 0x22:
                self._pages = (first & 0x07, arguments[1] & 0x07)
                self._page = self._pages[0]
            case 0x8D:
                self.has_voltage = bool(first & _PUMP_ON)
            case 0xA8:
                self.rows = (first & 0x3F) + 1
            case 0xD3:
                self.offset = first & 0x3F

    def _take_data(self, byte: int) -> None:
        self.memory[self._page * COLUMNS + self._column] = byte
        if self._mode == _VERTICAL:
            self._page, is_through = _next(self._page, self._pages)
            if is_through:
                self._column, _ = _next(self._column, self._columns)
            return
        # In page mode the address wraps within its page, through all columns.
        columns = self._columns if self._mode == _HORIZONTAL else (0, COLUMNS - 1)
        self._column, is_through = _next(self._column, columns)
        if is_through and self._mode == _HORIZONTAL:
            self._page, _ = _next(self._page, self._pages)


def _next(place: int, window: tuple[int, int]) -> tuple[int, bool]:
    first, last = window
    return (first, True) if place == last else ((place + 1) & 0x7F, False)
