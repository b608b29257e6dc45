"""The shape of a pair of boots: legs, chambers, valves and sensors."""

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
        has_gate: bool,
        target_most_pa: int,
        supply_least_mv: int = 0,
    ) -> None:
        self.legs = legs
        self.chambers_per_leg = len(chambers)
        self.count = legs * self.chambers_per_leg
        self.all_bits = (1 << self.count) - 1
        self.zone_of = [ZONES.index(zone) for _ in range(legs) for zone in zones]
        self.names = [LEGS[leg] + "." + chamber for leg in range(legs) for chamber in chambers]
        self.is_three_way = is_three_way
        self.has_manifold_sensor_only = has_manifold_sensor_only
        self.has_gate = has_gate
        self.target_most_pa = target_most_pa
        # 0 where the board doesn't measure its supply.
        self.supply_least_mv = supply_least_mv

    @staticmethod
    def from_table(table: dict) -> "Boots":
        """From a board's `[boots]` table; a `SettingError` names what is wrong with it."""
        from soleus.core.basics.boots_table import read_boots

        return Boots(*read_boots(table))
