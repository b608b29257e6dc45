"""The pump's transistor, by PWM. Below about a quarter of the duty a small motor stands still."""

from machine import PWM, Pin
from micropython import const

from soleus.drivers.outputs.duty import u16_from_permille

_DEFAULT_HZ = const(20_000)


class Pump:
    def __init__(self, table: dict) -> None:
        self.pwm = PWM(Pin(table["pin"]), freq=table.get("pwm_hz", _DEFAULT_HZ), duty_u16=0)
        self.permille = 0

    def apply(self, permille: int) -> None:
        if permille != self.permille:
            self.permille = permille
            self.pwm.duty_u16(u16_from_permille(permille))
