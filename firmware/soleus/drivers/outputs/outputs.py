"""Everything that the core's commands move, behind one `apply`."""

from machine import Pin

from soleus.basics.loading import load_to_stay
from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands
from soleus.drivers.outputs.pump import Pump


class Outputs:
    def __init__(self, board: dict, boots: Boots) -> None:
        table = board["valves"]
        if table["driver"] == "shift_register":
            valves = load_to_stay("drivers.outputs.valves_shift_register").ShiftRegisterValves
        else:
            valves = load_to_stay("drivers.outputs.valves_gpio").GpioValves
        self.valves = valves(table, boots.count)
        self.pump = Pump(board["pump"])
        self.gate = Pin(board["gate"]["pin"], Pin.OUT, value=0) if boots.has_gate else None
        # Without a pulse at every tick, the one-shot takes the power away: of the gate, or of the pump.
        self.put_pulse = (
            Pin(board["one_shot"]["pin"], Pin.OUT, value=0).value if "one_shot" in board else None
        )

    def apply(self, commands: Commands, dt_ms: int) -> None:
        """What takes energy away goes first: the pump before the valves that it would blow against."""
        pump = self.pump
        pump_permille = commands.pump_permille
        if pump_permille < pump.permille:
            pump.apply(pump_permille)
        if self.gate:
            self.gate.value(commands.gate_on)
        self.valves.apply(commands.fill_bits, commands.seal_bits, dt_ms)
        # Nearly always it is as it was.
        if pump_permille != pump.permille:
            pump.apply(pump_permille)
        if self.put_pulse:
            self.put_pulse(1)
            self.put_pulse(0)
