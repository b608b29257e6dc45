"""The board's buttons, and the levels that they put on their pins."""

from collections.abc import Mapping
from typing import Any

BUTTONS = ("start_stop", "softer", "louder", "stop")


class Buttons:
    def __init__(self, board: Mapping[str, Any]) -> None:
        table: Mapping[str, Any] = board.get("buttons", {})
        self._pins = {button: table[button] for button in BUTTONS if button in table}
        self._is_active_low = bool(table.get("active_low", True))
        self._pressed_until_ms: dict[str, int] = {}

    def press(self, button: str, until_ms: int) -> None:
        if button not in self._pins:
            raise ValueError(f"no such button: {button}")
        self._pressed_until_ms[button] = until_ms

    def levels(self, now_ms: int) -> int:
        """A bit for each pin. A button that is not pressed reads high, or low if the board says so."""
        levels = 0
        for button, pin in self._pins.items():
            is_pressed = self._pressed_until_ms.get(button, 0) > now_ms
            levels |= int(is_pressed != self._is_active_low) << pin
        return levels
