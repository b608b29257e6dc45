# mypy: ignore-errors
# ruff: noqa: ARG002 (every chip is asked in the same words)
"""The chips on the virtual I2C bus: multiplexer, pressure sensors, converter, display."""

import wire

ENODEV = 19
STATUS_POWERED = 0x40
STATUS_BUSY = 0x20
CONVERSION_US = 5000
NEVER = -1


def chips_of(table: dict) -> dict:
    """The chips by address. `table` lists mux addresses, sensors by channel, converters and the display."""
    chips = {}
    selection = Selection(table.get("mux_addresses", []))
    for address in selection.addresses:
        chips[address] = selection
    if "honeywell_address" in table:
        chips[table["honeywell_address"]] = Honeywell(selection, table["channels"])
    for number, address in enumerate(table.get("ads1115_addresses", [])):
        chips[address] = Ads1115(number, table["channels"])
    if "display_address" in table:
        chips[table["display_address"]] = Display()
    return chips


class Selection:
    """All TCA9548A together: the channels that are joined to the bus."""

    def __init__(self, addresses: list) -> None:
        self.addresses = addresses
        self.bits = 0

    def write(self, address: int, content: bytes) -> None:
        shift = 8 * self.addresses.index(address)
        self.bits = self.bits & ~(0xFF << shift) | content[0] << shift

    def read(self, address: int, buffer: bytearray) -> None:
        buffer[0] = self.bits >> 8 * self.addresses.index(address) & 0xFF


class Honeywell:
    """Every ABP2 or MPRLS on the board: they share an address, so the selection decides which one answers."""

    def __init__(self, selection: Selection, channels: list) -> None:
        self.selection = selection
        self.channels = channels
        self.started_us = [NEVER] * len(channels)

    def write(self, address: int, content: bytes) -> None:
        is_acknowledged = False
        for index in range(len(self.channels)):
            if self._is_joined(index) and wire.frame[wire.SENSORS + index] != wire.NO_ANSWER:
                is_acknowledged = True
                self.started_us[index] = wire.now_us()
        if not is_acknowledged:
            raise OSError(ENODEV)

    def read(self, address: int, buffer: bytearray) -> None:
        for index in range(len(self.channels)):
            count = wire.frame[wire.SENSORS + index]
            if self._is_joined(index) and count != wire.NO_ANSWER:
                started_us = self.started_us[index]
                is_busy = started_us == NEVER or wire.now_us() - started_us < CONVERSION_US
                status = STATUS_POWERED | (STATUS_BUSY if is_busy else 0)
                # As many bytes as it is asked for.
                buffer[:] = bytes([status, count >> 16 & 0xFF, count >> 8 & 0xFF, count & 0xFF])[
                    : len(buffer)
                ]
                return
        raise OSError(ENODEV)

    def _is_joined(self, index: int) -> bool:
        return not self.selection.addresses or self.selection.bits >> self.channels[index] & 1


class Ads1115:
    def __init__(self, number: int, channels: list) -> None:
        self.number = number
        self.channels = channels
        self.register = 0
        self.input_number = 0

    def write(self, address: int, content: bytes) -> None:
        self.register = content[0]
        if len(content) == 3 and self.register == 1:
            self.input_number = content[1] >> 4 & 3

    def read(self, address: int, buffer: bytearray) -> None:
        if self.register == 1:
            buffer[0] = 0x80  # done
            buffer[1] = 0x83
            return
        channel = 4 * self.number + self.input_number
        count = wire.frame[wire.SENSORS + self.channels.index(channel)] if channel in self.channels else 0
        if count == wire.NO_ANSWER:
            count = 0
        buffer[0] = count >> 8 & 0xFF
        buffer[1] = count & 0xFF


class Display:
    """Its picture is kept on the board's side."""

    def write(self, address: int, content: bytes) -> None:
        wire.say_bytes(wire.I2C, address, content)

    def read(self, address: int, buffer: bytearray) -> None:
        buffer[0] = 0
