"""Which level every output has in the safe state: for `boot.py`, which reads it before anything else.

And the lamp with which it says that no application runs.
"""


def safe_pins(board: dict) -> dict:
    """Pins to drive low and pins to drive high so that nothing is energised."""
    valves = board["valves"]
    low = [board["pump"]["pin"]]
    high = []
    if board["boots"].get("gate"):
        low.append(board["gate"]["pin"])
    if "one_shot" in board:
        low.append(board["one_shot"]["pin"])
    if valves["driver"] == "shift_register":
        # An output-enable is active low: high switches every output of the registers off at once.
        high.append(valves["output_enable"])
        low += [valves["clock"], valves["data"], valves["latch"]]
    else:
        low += list(valves["fill"]) + list(valves.get("vent", ()))
    for part in ("led", "buzzer"):
        table = board.get(part, {})
        low += [table[key] for key in ("red", "green", "blue", "pin") if key in table]
    led = board.get("led", {})
    lamp = [led[colour] for colour in ("red", "green", "blue") if colour in led]
    return {"low": low, "high": high, "lamp": lamp}
