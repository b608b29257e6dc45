"""How long the battery lasts. Loaded for a moment, where there is a battery and a display to show it."""

import json

from soleus.basics.annotations import Any

BOARD_FILE = "board.json"


def read_battery(facts: Any, supply_mv: int) -> None:
    """By its voltage at rest, as if that fell evenly: near enough to know whether a session can end."""
    with open(BOARD_FILE) as file:
        board = json.load(file)
    full_minutes = board["battery"].get("full_minutes")
    least_mv, most_mv = [int(1000 * board["supply"][key]) for key in ("least_v", "most_v")]
    if full_minutes and supply_mv:
        percent = min(max((supply_mv - least_mv) * 100 // (most_mv - least_mv), 0), 100)
        facts.battery_percent = percent
        facts.battery_minutes = full_minutes * percent // 100
