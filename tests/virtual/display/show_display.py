# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201 (in the chip's own words)
"""Draws with the real display driver; prints each transfer, then every dot. Runs on MicroPython."""

import binascii
import sys

sys.path.append("packages")
width, height, way = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


class Bus:
    def writeto(self, address, content):
        print("transfer", address, binascii.hexlify(content).decode())

    def writevto(self, address, parts):
        self.writeto(address, b"".join([bytes(part) for part in parts]))


if way == "as the driver does":
    from ssd1306 import SSD1306_I2C

    display = SSD1306_I2C(width, height, Bus())
else:
    from soleus.drivers.panel.display import Display

    display = Display({"width": width, "height": height}, Bus())

display.fill(0)
display.rect(0, 0, width, height, 1)
display.text("soleus", 3, 4)
display.line(0, height - 1, width - 1, 12, 1)
if way == "page by page":
    for page in range(display.pages):
        display.show_page(page)
else:
    display.show()
for row in range(height):
    print("dots", "".join([str(display.pixel(column, row)) for column in range(width)]))
