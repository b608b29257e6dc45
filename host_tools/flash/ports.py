"""Which serial port the board is on."""

from dataclasses import dataclass

from serial.tools import list_ports

from host_tools.basics.errors import InputError, RefusalError

# The USB chips that development boards have, by their makers' numbers.
MAKERS = {0x303A: "Espressif", 0x10C4: "Silicon Labs", 0x1A86: "WCH", 0x0403: "FTDI"}


@dataclass(frozen=True)
class Port:
    device: str
    words: str


def find_port(wanted: str | None) -> str:
    """The port that was asked for, or the only one with a board on it."""
    if wanted:
        return wanted
    found = likely_ports()
    if len(found) == 1:
        return found[0].device
    if not found:
        raise RefusalError("--port", "no board found; plug it in with a cable that carries data")
    names = ", ".join(f"{port.device} ({port.words})" for port in found)
    raise InputError("--port", "", None, f"one of {names}")


def likely_ports() -> list[Port]:
    """Ports whose USB chip is one that boards have; others are printers, modems and the like."""
    ports = [port for port in list_ports.comports() if port.vid in MAKERS]
    return [Port(port.device, f"{MAKERS[port.vid]}: {port.description}") for port in sorted(ports)]
