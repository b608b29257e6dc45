"""The words of a program: its patterns, its legs, and numbers that a person may change."""

PATTERNS = ("sequential", "wave", "pulse", "gradient", "uniform", "flow")
SEQUENTIAL, WAVE, PULSE, GRADIENT, UNIFORM, FLOW = range(6)

LEG_MODES = ("together", "alternating", "left", "right")
LEGS_TOGETHER, LEGS_ALTERNATING, LEG_LEFT, LEG_RIGHT = range(4)

# A three-way valve joins its chamber to the manifold or vents it, so all filled chambers share one
# pressure. These patterns need two pressures at once.
NEEDS_SEALED_CHAMBERS = (PULSE, GRADIENT, FLOW)


class Span:
    """A range with a start: a person may move within it, and begins at `start`."""

    def __init__(self, least: int, start: int, most: int) -> None:
        self.least = least
        self.start = start
        self.most = most
