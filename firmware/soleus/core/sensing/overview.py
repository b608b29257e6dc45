"""What the readings of one tick show, all chambers in a few numbers."""

from soleus.core.basics.boots import Boots


class Overview:
    """`Gauges` writes it in every tick. The guards look here before they look at each chamber."""

    def __init__(self, boots: Boots) -> None:
        # Chambers whose pressure is seen in this tick.
        self.seen_bits = 0
        # Chambers that show more than a vented one may; those that press their leg; and those that show
        # pressure although they were given up to the air.
        self.shown_bits = 0
        self.pressed_bits = 0
        self.unvented_bits = 0
        # Chambers that show less than open air has.
        self.low_bits = 0
        # The highest pressure of all, or 0.
        self.highest_pa = 0
        # Sensors that gave a reading; those that gave the same one as before; those whose reading jumped, and
        # how far. One sensor on the manifold speaks for every chamber.
        self.read_bits = 0
        self.unmoved_bits = 0
        # Those that gave the same one twice in a row: a board that reads its sensors in turns shows each once
        # more before the next.
        self.still_bits = 0
        self.jumped_bits = 0
        self.jump_pa = [0] * boots.count
        # A sensor gave no reading, jumped, is too low, or gave what no working sensor may give.
        self.is_odd = False
