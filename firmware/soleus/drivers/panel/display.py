"""SSD1306 displays by micropython-lib's driver, sent one page at a time.

A whole picture is 1 KB, 23 ms at 400 kHz, and while a transfer runs no tick can: a page takes 3 ms.
"""

import ssd1306  # pyright: ignore[reportMissingImports] (micropython-lib's, fetched by `soleus flash`)
from machine import SoftI2C
from micropython import const

_ROWS_A_PAGE = const(8)


class Display(ssd1306.SSD1306_I2C):
    def __init__(self, table: dict, i2c: SoftI2C) -> None:
        super().__init__(table["width"], table["height"], i2c, table.get("address", 0x3C))
        self.view = memoryview(self.buffer)

    def show(self) -> None:
        for page in range(self.pages):
            self.show_page(page)

    def show_page(self, page: int) -> None:
        left = (128 - self.width) // 2
        for command in (ssd1306.SET_COL_ADDR, left, left + self.width - 1, ssd1306.SET_PAGE_ADDR, page, page):
            self.write_cmd(command)
        self.write_data(memoryview(self.buffer)[page * self.width : (page + 1) * self.width])
