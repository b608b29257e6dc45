"""The pump: a motor with inertia and stiction, and a curve that falls to nothing at its stall pressure."""

from math import exp


class Pump:
    """Duty in, speed and free flow out; a check valve keeps air from coming back through it."""

    def __init__(
        self,
        free_flow_ml_s: float,
        stall_mmhg: float,
        time_constant_ms: float,
        stiction_permille: float,
        ripple: float,
        ripple_hz: float,
        idle_w: float,
        load_w_per_mmhg: float,
        nominal_v: float,
    ) -> None:
        self.free_flow_ml_s = free_flow_ml_s
        self.per_stall_mmhg = 1.0 / stall_mmhg
        self.time_constant_ms = time_constant_ms
        self.stiction_permille = stiction_permille
        self.ripple = ripple
        self.ripple_hz = ripple_hz
        self.idle_w = idle_w
        self.load_w_per_mmhg = load_w_per_mmhg
        self.nominal_v = nominal_v
        self.speed = 0.0
        self.phase = 0.0
        self.wanted_speed = 0.0
        self.is_off = 0
        self.is_stuck_on = 0
        self.is_loose = 0
        self.strength = 1.0

    def heal(self) -> None:
        self.is_off = 0
        self.is_stuck_on = 0
        self.is_loose = 0
        self.strength = 1.0

    def drive(self, duty_permille: int, supply_v: float, has_power: bool) -> None:
        """Set the speed that the motor will settle to; from rest it needs more than its stiction."""
        volts = supply_v / self.nominal_v
        duty = float(duty_permille)
        if self.is_stuck_on:
            duty = 1000.0
        if self.is_off or not has_power:
            duty = 0.0
        push = duty * volts
        # Once it turns, the same motor keeps turning down to about two thirds of that [G].
        needed = self.stiction_permille if self.speed < 0.02 else 0.65 * self.stiction_permille
        self.wanted_speed = push * 0.001 if push >= needed else 0.0

    def spin(self, dt_ms: float, keep: float) -> float:
        """Advance by `dt_ms` and return the free flow; `keep` is `slowing(dt_ms)`, worked out once."""
        self.speed = self.wanted_speed + (self.speed - self.wanted_speed) * keep
        if self.speed < 1e-4 and self.wanted_speed == 0.0:
            self.speed = 0.0
            return 0.0
        self.phase += self.ripple_hz * self.speed * dt_ms * 0.001
        if self.phase >= 1.0:
            self.phase -= 1.0
        # A parabola for each half turn is as good as a sine here, and cheaper.
        half_turn = 2.0 * self.phase - 1.0
        wave = 4.0 * half_turn * (1.0 - abs(half_turn))
        return self.strength * self.free_flow_ml_s * self.speed * (1.0 + self.ripple * wave)

    def stands_still(self) -> bool:
        return self.speed == 0.0 and self.wanted_speed == 0.0

    def slowing(self, dt_ms: float) -> float:
        return exp(-dt_ms / self.time_constant_ms)

    def power_w(self, manifold_mmhg: float) -> float:
        return self.speed * (self.idle_w + self.load_w_per_mmhg * max(0.0, manifold_mmhg))
