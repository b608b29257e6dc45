"""One colour for each chamber, distal to proximal, the same in every picture.

From blue over violet and rose to amber. Each colour is yellower than the one before, which people with a
red-green deficiency see, too, and lighter, so that the order survives a black-and-white printer. All of them
stand out on white and on nearly black paper.
"""

_ANCHORS = ("#246fc6", "#7865d8", "#b45db8", "#dc6b80", "#e39433")

INK = "#1d2733"
MUTED = "#6b7785"
FAINT = "#d7dde4"
ALARM = "#c62828"
NOTE = "#00796b"

STATE_COLOURS = {
    "idle": "#c3ccd6",
    "checking": "#8fb4d9",
    "running": "#4f9d8f",
    "paused": "#e3b655",
    "venting": "#9fb3c8",
    "done": "#c3ccd6",
    "service": "#7aa7c7",
    "fault": ALARM,
}


def chamber_colours(chambers_count: int) -> list[str]:
    """The colours of one leg, distal first."""
    if chambers_count == 1:
        return [_ANCHORS[0]]
    return [_between(index / (chambers_count - 1)) for index in range(chambers_count)]


def _between(share: float) -> str:
    place = share * (len(_ANCHORS) - 1)
    low = min(int(place), len(_ANCHORS) - 2)
    pairs = zip(_channels(_ANCHORS[low]), _channels(_ANCHORS[low + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (place - low)):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
