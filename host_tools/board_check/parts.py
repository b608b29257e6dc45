"""The pressure sensors that Soleus knows, by the beginning of their names, and what they put out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AnalogPart:
    """Output in permille of the supply, from datasheets: at no pressure, and how much more at full range."""

    zero_permille: int
    span_permille: int
    supplies_mv: tuple[int, int]

    def millivolts(self, pa: float, range_pa: float, supply_mv: float) -> float:
        return supply_mv * (self.zero_permille + self.span_permille * pa / range_pa) / 1000

    def pascals(self, millivolts: float, range_pa: float, supply_mv: float) -> float:
        return (millivolts * 1000 / supply_mv - self.zero_permille) * range_pa / self.span_permille


@dataclass(frozen=True)
class DigitalPart:
    address: int
    is_absolute: bool
    supplies_mv: tuple[int, int]


ANALOG_PARTS = {
    "XGZP6847A": AnalogPart(zero_permille=50, span_permille=900, supplies_mv=(3000, 5500)),
    "MPX5050": AnalogPart(zero_permille=40, span_permille=900, supplies_mv=(4750, 5250)),
}
DIGITAL_PARTS = {
    "abp2": {"ABP2": DigitalPart(address=0x28, is_absolute=False, supplies_mv=(3000, 3600))},
    "mprls": {"MPRLS": DigitalPart(address=0x18, is_absolute=True, supplies_mv=(3000, 3600))},
}


def analog_part(name: str) -> AnalogPart | None:
    return next((part for prefix, part in ANALOG_PARTS.items() if name.upper().startswith(prefix)), None)


def digital_part(driver: str, name: str) -> DigitalPart | None:
    parts = DIGITAL_PARTS[driver]
    return next((part for prefix, part in parts.items() if name.upper().startswith(prefix)), None)
