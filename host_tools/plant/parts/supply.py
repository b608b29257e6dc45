"""The battery: its voltage falls with the charge used and with the current drawn."""

import numpy as np


class Supply:
    """Feeds pump and valves. Logic and sensors have a supply of their own, which outlives this one."""

    def __init__(
        self,
        full_v: float,
        empty_v: float,
        capacity_wh: float,
        charge: float,
        ohm: float,
        electronics_w: float,
    ) -> None:
        self.full_v = full_v
        self.empty_v = empty_v
        self.capacity_wh = capacity_wh
        self.start_charge = charge
        self.ohm = ohm
        self.electronics_w = electronics_w
        self.used_wh = 0.0
        self.current_a = 0.0
        self.open_v = empty_v + (full_v - empty_v) * charge
        self.terminal_v = self.open_v
        self.is_off = 0
        self.is_loose = 0
        self.strength = 1.0

    def heal(self) -> None:
        self.is_off = 0
        self.is_loose = 0
        self.strength = 1.0

    def advance(self, load_w: float, dt_ms: float, is_broken: bool) -> None:
        """Draw `load_w` for `dt_ms`; the current of the last beat sets the drop of this one."""
        charge = self.start_charge - self.used_wh / self.capacity_wh
        self.open_v = (self.empty_v + (self.full_v - self.empty_v) * charge) * self.strength
        # The battery's protection cuts it off when it is empty.
        if is_broken or charge <= 0.0:
            self.current_a = 0.0
            self.terminal_v = 0.0
            return
        self.terminal_v = max(0.0, self.open_v - self.current_a * self.ohm)
        load_w += self.electronics_w
        self.current_a = load_w / max(3.0, self.terminal_v)
        self.used_wh += self.open_v * self.current_a * dt_ms / 3.6e6


class CoilPower:
    """What the energised valves take: full power to pull in, then a share of it to hold."""

    def __init__(self, pull_w: float, hold_share: float, pull_ms: float) -> None:
        self.pull_w = pull_w
        self.hold_share = hold_share
        self.pull_ms = pull_ms

    def power_w(self, is_energised: np.ndarray, changed_ms: np.ndarray, now_ms: float) -> float:
        total_w = 0.0
        for valve in range(len(is_energised)):
            if is_energised[valve]:
                is_pulling = now_ms - changed_ms[valve] < self.pull_ms
                total_w += self.pull_w if is_pulling else self.pull_w * self.hold_share
        return total_w
