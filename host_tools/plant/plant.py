"""One pair of boots on a pair of legs: commands in, true pressures and readings out, tick by tick."""

from math import floor
from typing import Any

from host_tools.plant.clock import Clock
from host_tools.plant.faults import Fault, FaultSchedule
from host_tools.plant.legs import Legs
from host_tools.plant.parts.chambers import Chambers
from host_tools.plant.parts.manifold import Manifold
from host_tools.plant.parts.modes import (
    AWAY,
    BUS,
    CLOCK,
    GARMENT,
    HANG,
    HOSE,
    INTERMITTENT,
    KINK,
    LEAK,
    LEG,
    LOOSE_SLOT_MS,
    MANIFOLD,
    NARROW,
    OFF,
    PUMP,
    RELIEF,
    SENSOR,
    SLOW,
    STUCK,
    SUPPLY,
    SWAPPED,
    VALVE,
    WRONG,
)
from host_tools.plant.parts.network import AirBalance, Hoses, Network
from host_tools.plant.parts.noise import Noise, flickers
from host_tools.plant.parts.pump import Pump
from host_tools.plant.parts.sensors import MANIFOLD_BIT, Sensors
from host_tools.plant.parts.supply import CoilPower, Supply
from host_tools.plant.parts.units import BEAT_MS, CHAMBERS_DESCRIBED
from host_tools.plant.parts.valves import Valves

SUPPLY_COUNT_MV = 20.0
PUMP_CONTACT, SUPPLY_CONTACT = 101, 102


class Truth:
    """The true state, whatever the sensors say. The arrays are the plant's own: only read them."""

    def __init__(self, chambers: Chambers) -> None:
        self.pressure_mmhg = chambers.pressure_mmhg
        self.node_mmhg = chambers.node_mmhg
        self.air_ml = chambers.air_ml
        self.manifold_mmhg = 0.0
        self.manifold_max_mmhg = 0.0
        self.manifold_air_ml = 0.0
        self.pump_flow_ml_s = 0.0
        self.supply_v = 0.0
        self.battery_wh_used = 0.0


class Plant:
    """`tick` advances true time by one tick of the firmware: 10 ms, unless its clock is broken."""

    def __init__(
        self,
        has_gate: int,
        pump: Pump,
        manifold: Manifold,
        valves: Valves,
        hoses: Hoses,
        chambers: Chambers,
        legs: Legs,
        sensors: Sensors,
        supply: Supply,
        coils: CoilPower,
        network: Network,
        noise: Noise,
    ) -> None:
        self.has_gate = has_gate
        # After so long without a tick the one-shot takes the gate's power, or the pump's; 0: there is none.
        self.one_shot_ms = 0
        self.pump = pump
        self.manifold = manifold
        self.valves = valves
        self.hoses = hoses
        self.chambers = chambers
        self.legs = legs
        self.sensors = sensors
        self.supply = supply
        self.coils = coils
        self.network = network
        self.noise = noise
        self.clock = Clock()
        self.faults = FaultSchedule()
        self.balance = AirBalance()
        self.truth = Truth(chambers)
        self.now_ms = 0
        self.dt_ms = BEAT_MS
        self.tick_ms = BEAT_MS
        self.note_truth()

    def set_fault(self, fault: Fault) -> None:
        """Schedule a fault; any number may overlap."""
        self.faults.append(fault)

    def tick(self, commands: Any, readings: Any) -> None:
        """Hold these commands until the firmware's next tick, then take its readings."""
        if self.now_ms >= self.faults.next_ms:
            self.apply_faults()
        beats = self.clock.next_beats(self.noise)
        self.network.manifold_max_mmhg = self.manifold.pressure_mmhg
        is_gated_off = self.has_gate and commands.gate_on == 0
        pump_permille = commands.pump_permille
        for passed_beats in range(beats):
            if self.one_shot_ms and passed_beats * BEAT_MS >= self.one_shot_ms:
                is_gated_off = self.has_gate != 0
                pump_permille = 0
            self.beat(commands.fill_bits, commands.seal_bits, pump_permille, not is_gated_off)
        self.dt_ms = self.clock.dt_ms
        self.tick_ms = self.clock.tick_ms
        self.note_truth()
        self.read(readings)

    def beat(self, fill_bits: int, seal_bits: int, pump_permille: int, gate_is_on: bool) -> None:
        """Advance everything by ten milliseconds."""
        now_ms = self.now_ms
        if now_ms >= self.faults.next_ms:
            self.apply_faults()
        supply_v = self.supply.terminal_v
        has_power = gate_is_on and supply_v > 0.0
        pump_has_power = has_power and not (
            self.pump.is_loose and flickers(now_ms // LOOSE_SLOT_MS, PUMP_CONTACT)
        )
        self.pump.drive(pump_permille, supply_v, pump_has_power)
        moves = self.valves.command(fill_bits, seal_bits, supply_v, has_power, now_ms, self.noise)
        self.legs.advance(now_ms, self.chambers.moved_ml)
        self.network.advance(
            now_ms, moves, self.pump, self.manifold, self.valves, self.hoses, self.chambers, self.balance
        )
        self.balance.leaked_ml += self.chambers.relax()
        self.chambers.settle(True)
        self.sensors.follow(self.chambers.node_mmhg, self.manifold.pressure_mmhg)
        self.draw_power(now_ms)
        self.now_ms = now_ms + BEAT_MS

    def draw_power(self, now_ms: int) -> None:
        load_w = self.pump.power_w(self.manifold.pressure_mmhg)
        load_w += self.coils.power_w(self.valves.is_energised, self.valves.changed_ms, now_ms)
        is_loose_now = self.supply.is_loose and flickers(now_ms // LOOSE_SLOT_MS, SUPPLY_CONTACT)
        self.supply.advance(load_w, 10.0, bool(self.supply.is_off or is_loose_now))

    def read(self, readings: Any) -> None:
        sensors = self.sensors
        readings.missing_bits = sensors.read_chambers(readings.chamber_pa, self.now_ms, self.noise)
        if sensors.manifold_index >= 0:
            readings.manifold_pa = sensors.read_manifold(readings.manifold_pa, self.now_ms, self.noise)
            readings.missing_bits |= sensors.is_manifold_missing << MANIFOLD_BIT
        supply_mv = floor(self.supply.terminal_v * 1000.0 / SUPPLY_COUNT_MV + 0.5) * SUPPLY_COUNT_MV
        readings.supply_mv = int(supply_mv)

    def note_truth(self) -> None:
        truth = self.truth
        truth.manifold_mmhg = self.manifold.pressure_mmhg
        truth.manifold_max_mmhg = self.network.manifold_max_mmhg
        truth.manifold_air_ml = self.manifold.air_ml
        truth.pump_flow_ml_s = self.network.pump_flow_ml_s
        truth.supply_v = self.supply.terminal_v
        truth.battery_wh_used = self.supply.used_wh

    def apply_faults(self) -> None:
        """Repair everything, then break the parts that are broken now."""
        self.pump.heal()
        self.manifold.heal()
        self.valves.heal()
        self.hoses.heal()
        self.chambers.heal()
        self.legs.heal()
        self.sensors.heal()
        self.supply.heal()
        self.clock.heal()
        faults = self.faults
        for k in range(faults.count):
            if faults.is_active(k, self.now_ms):
                self.break_part(
                    faults.kind[k], faults.index[k], faults.mode[k], faults.start_ms[k], faults.amount[k]
                )
        faults.plan_next(self.now_ms)

    def break_part(self, kind: int, index: int, mode: int, start_ms: int, amount: float) -> None:
        if kind == SENSOR:
            self.sensors.mode[index] = mode
        elif kind == VALVE:
            self.break_valve(index, mode, amount)
        elif kind == HOSE:
            self.break_hose(index, mode, amount)
        elif kind == GARMENT:
            self.chambers.hole_k[index] += amount
        elif kind == LEG:
            self.break_leg(index, mode, start_ms, amount)
        else:
            self.break_only_one(kind, mode, start_ms, amount)

    def break_only_one(self, kind: int, mode: int, start_ms: int, amount: float) -> None:
        """What all chambers share."""
        if kind == PUMP:
            self.break_pump(mode, amount)
        elif kind == CLOCK:
            self.clock.break_as(int(mode), int(start_ms))
        elif kind == SUPPLY:
            self.break_supply(mode, amount)
        elif kind == MANIFOLD:
            self.manifold.hole_k += float(amount)
        elif kind == RELIEF:
            self.manifold.is_relief_stuck = 1
        elif kind == BUS:
            self.break_bus(mode)

    def break_valve(self, valve: int, mode: int, amount: float) -> None:
        if mode == OFF:
            self.valves.is_dead[valve] = 1
        elif mode == STUCK:
            self.valves.is_frozen[valve] = 1
        elif mode == SLOW:
            self.valves.slowness[valve] = amount
        elif mode == INTERMITTENT:
            self.valves.is_loose[valve] = 1
        elif mode == LEAK:
            self.valves.seat_leak[valve] = amount

    def break_pump(self, mode: int, amount: float) -> None:
        if mode == OFF:
            self.pump.is_off = 1
        elif mode == STUCK:
            self.pump.is_stuck_on = 1
        elif mode == SLOW:
            self.pump.strength = float(amount)
        elif mode == INTERMITTENT:
            self.pump.is_loose = 1

    def break_hose(self, chamber: int, mode: int, amount: float) -> None:
        if mode == OFF:
            self.hoses.hose_k[chamber] = 0.0
            self.hoses.hole_k[chamber] += amount
            self.chambers.hole_k[chamber] += amount
        elif mode == LEAK:
            self.hoses.hole_k[chamber] += amount
        elif mode == SWAPPED:
            self.sensors.swap_taps(chamber, self.chambers.per_leg)
        elif mode in (KINK, NARROW):
            self.hoses.hose_k[chamber] *= amount

    def break_leg(self, leg: int, mode: int, start_ms: int, amount: float) -> None:
        if mode != AWAY:
            self.legs.is_restless[leg] = 1
            self.legs.restless_from_ms[leg] = start_ms
            return
        chambers = self.chambers
        room_ml = amount * CHAMBERS_DESCRIBED / chambers.per_leg
        for i in range(leg * chambers.per_leg, (leg + 1) * chambers.per_leg):
            chambers.left_ml[i] = max(0.0, room_ml - chambers.slack_ml[i])

    def break_supply(self, mode: int, amount: float) -> None:
        if mode == OFF:
            self.supply.is_off = 1
        elif mode == WRONG:
            self.supply.strength = float(amount)
        elif mode == INTERMITTENT:
            self.supply.is_loose = 1

    def break_bus(self, mode: int) -> None:
        """Who asks a hung bus gives it up for that tick at once, so only the readings are lost."""
        if mode == HANG:
            self.sensors.is_bus_hung = 1
        elif mode == SLOW:
            self.clock.is_bus_slow = 1
