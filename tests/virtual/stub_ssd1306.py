# mypy: ignore-errors
"""Stands in for micropython-lib's display driver where that isn't at hand: the same transfers."""

import framebuf

SET_COL_ADDR = 0x21
SET_PAGE_ADDR = 0x22


class SSD1306_I2C(framebuf.FrameBuffer):  # noqa: N801 (the driver's own name)
    def __init__(self, width: int, height: int, i2c: object, addr: int = 0x3C) -> None:
        self.width, self.height, self.pages = width, height, height // 8
        self.i2c, self.addr = i2c, addr
        self.buffer = bytearray(self.pages * width)
        super().__init__(self.buffer, width, height, framebuf.MONO_VLSB)

    def write_cmd(self, command: int) -> None:
        self.i2c.writeto(self.addr, bytes([0x80, command]))

    def write_data(self, content: bytes) -> None:
        self.i2c.writevto(self.addr, [b"\x40", content])
