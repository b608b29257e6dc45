"""The shape of a pair of boots: legs, chambers, valves and sensors. `boots_table.py` reads it."""

ZONES = ("foot", "calf", "thigh")
LEGS = ("left", "right")


class Boots:
    """Chambers are numbered leg by leg, each leg from distal to proximal."""

    def __init__(
        self,
        legs: int,
        chambers: tuple,
        zones: tuple,
        is_three_way: bool,
        has_manifold_sensor_only: bool,
        target_most_pa: int,
    ) -> None:
        self.legs = legs
        self.chambers_per_leg = len(chambers)
        self.count = legs * self.chambers_per_leg
        self.all_bits = (1 << self.count) - 1
        self.zone_of = [ZONES.index(zone) for _ in range(legs) for zone in zones]
        self.names = [LEGS[leg] + "." + chamber for leg in range(legs) for chamber in chambers]
        self.is_three_way = is_three_way
        self.has_manifold_sensor_only = has_manifold_sensor_only
        # Beside those of the chambers, as the last: a second opinion.
        self.has_manifold_sensor_too = False
        self.sensors_count = 1 if has_manifold_sensor_only else self.count
        self.target_most_pa = target_most_pa
        self.has_gate = False
        # 0 where the board doesn't measure its supply.
        self.supply_least_mv = 0
