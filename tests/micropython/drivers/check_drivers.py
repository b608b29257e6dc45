# ruff: noqa: ANN001, ANN003, ANN201, ANN202, ANN204, ARG002, E402, PERF401, PT018, RET503, RUF012
# ... because it runs on MicroPython, where a chip's modules are put in place before what imports them.
"""Every driver against pins and chips that behave as their datasheets say. Runs on MicroPython."""

import sys

import micropython

# --- the chip ---


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = 1, 3, 2, 1
    levels = {}
    watchers = []

    def __init__(self, number, mode=-1, pull=-1, value=None):
        self.number = number
        if value is not None:
            self.value(value)

    def init(self, mode, pull=-1, value=None):
        if value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            return Pin.levels.get(self.number, 1)
        before = Pin.levels.get(self.number, 0)
        Pin.levels[self.number] = level
        if level != before:
            for watcher in Pin.watchers:
                watcher.feel(self.number, level)


class PWM:
    duties = {}
    changes = []

    def __init__(self, pin, freq=0, duty_u16=0):
        self.number = pin.number
        self.duty_u16(duty_u16)

    def duty_u16(self, duty):
        PWM.duties[self.number] = duty
        PWM.changes.append(self.number)


class ADC:
    ATTN_11DB = 3
    uv = {}

    def __init__(self, pin, atten=0):
        self.number = pin.number

    def read_uv(self):
        return ADC.uv.get(self.number, 0)


def no_warning(warning):
    raise AssertionError(warning)


class SoftI2C:
    def __init__(self):
        self.chips = {}

    def writeto(self, address, content):
        self._chip(address).write(content)

    def readfrom_into(self, address, buffer):
        self._chip(address).read(buffer)

    def _chip(self, address):
        if address not in self.chips:
            raise OSError(19)
        return self.chips[address]


class Timer:
    PERIODIC = 1

    def __init__(self, number):
        self.number = number

    def init(self, **_):
        pass

    def deinit(self):
        pass


class machine:  # noqa: N801 (MicroPython's own name)
    pass


for _part in (Pin, PWM, ADC, SoftI2C, Timer):
    setattr(machine, _part.__name__, _part)
sys.modules["machine"] = machine

from soleus.core.basics import signals
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.signals import Commands, Readings
from soleus.core.session.session import DONE, IDLE, PAUSED, RUNNING
from soleus.drivers.battery import Battery
from soleus.drivers.outputs.outputs import Outputs
from soleus.drivers.outputs.safe_pins import safe_pins
from soleus.drivers.outputs.valves_gpio import GpioValves
from soleus.drivers.outputs.valves_shift_register import ShiftRegisterValves
from soleus.drivers.sensing.both import reads_both
from soleus.drivers.sensing.calibration import Line
from soleus.drivers.sensing.pressure import pressure_sensors
from soleus.services.presses import Presses

MMHG_PA = 133


def near(value, expected, within=14):
    assert abs(value - expected) <= within, (value, expected)


# --- outputs ---


def check_gpio_valves_pull_in_then_hold():
    valves = GpioValves({"fill": [1, 2], "vent": [3, 4], "peak_ms": 80, "hold_permille": 500}, 2)
    valves.apply(0b01, 0b11, 10)
    assert [PWM.duties[pin] for pin in (1, 2, 3, 4)] == [65535, 0, 65535, 65535]
    for _ in range(8):
        valves.apply(0b01, 0b11, 10)
    assert PWM.duties[1] == PWM.duties[3] == 32767
    valves.apply(0, 0b10, 10)
    assert [PWM.duties[pin] for pin in (1, 2, 3, 4)] == [0, 0, 0, 32767]


def check_gpio_valves_without_hold_need_no_pwm():
    PWM.duties.clear()
    valves = GpioValves({"fill": [1, 2]}, 2)
    valves.apply(0b10, 0, 10)
    assert (Pin.levels[1], Pin.levels[2]) == (0, 1)
    assert not PWM.duties
    valves.apply(0, 0, 10)
    assert Pin.levels[2] == 0


class Chain:
    """Three 74HC595 in a row."""

    def __init__(self):
        self.shifted = self.shown = 0

    def feel(self, pin, level):
        if level and pin == 12:
            self.shifted = (self.shifted << 1 | Pin.levels[11]) & 0xFFFFFF
        if level and pin == 10:
            self.shown = self.shifted


SHIFT = {"data": 11, "clock": 12, "latch": 10, "output_enable": 13, "registers": 3, "peak_ms": 80}


def check_shift_registers_show_the_right_outputs():
    chain = Chain()
    Pin.watchers.append(chain)
    table = dict(SHIFT, fill_outputs=[0, 9], vent_outputs=[17, 23], hold_permille=500)
    valves = ShiftRegisterValves(table, 2)
    assert PWM.duties[13] == 65535
    valves.apply(0b10, 0b11, 10)
    assert chain.shown == 1 << 9 | 1 << 17 | 1 << 23
    assert PWM.duties[13] == 0
    for _ in range(8):
        valves.apply(0b10, 0b11, 10)
    near(PWM.duties[13], 32768)
    valves.apply(0b11, 0b11, 10)
    assert PWM.duties[13] == 0
    chain.shown = 0
    for _ in range(10):
        valves.apply(0b11, 0b11, 10)
    assert chain.shown == 1 | 1 << 9 | 1 << 17 | 1 << 23
    valves.apply(0, 0, 10)
    assert (chain.shown, PWM.duties[13]) == (0, 65535)
    Pin.watchers.remove(chain)


BOOTS = {
    "legs": 1,
    "chambers": ["a", "b"],
    "zones": ["foot", "calf"],
    "valves": "fill_vent",
    "sensors": "per_chamber",
}
BOARD = {
    "boots": dict(BOOTS, gate=True),
    "valves": {"driver": "gpio", "fill": [1, 2], "vent": [3, 4], "hold_permille": 500},
    "pump": {"pin": 5, "pwm_hz": 20_000},
    "gate": {"pin": 6},
    "led": {"red": 7, "green": 8, "blue": 9},
}


def check_the_pump_stops_before_the_valves_close():
    outputs = Outputs(BOARD, read_boots(BOARD["boots"]))
    commands = Commands()
    commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on = 1, 1, 800, 1
    outputs.apply(commands, 10)
    assert PWM.duties[5] == 52428
    assert Pin.levels[6] == 1
    commands.fill_bits = commands.seal_bits = commands.pump_permille = commands.gate_on = 0
    PWM.changes.clear()
    outputs.apply(commands, 10)
    assert PWM.changes == [5, 1, 3], PWM.changes
    assert Pin.levels[6] == 0


def check_safe_pins():
    assert safe_pins(BOARD) == {"low": [5, 6, 1, 2, 3, 4, 7, 8, 9], "high": [], "lamp": [7, 8, 9]}
    registers = dict(BOARD, valves=dict(SHIFT, driver="shift_register"))
    assert safe_pins(registers)["high"] == [13]


class Edges:
    """Counts how often a pin rises."""

    def __init__(self, pin):
        self.pin, self.count = pin, 0

    def feel(self, pin, level):
        if pin == self.pin and level:
            self.count += 1


def check_every_tick_feeds_the_one_shot():
    boots = read_boots(BOARD["boots"])
    outputs = Outputs(dict(BOARD, one_shot={"pin": 19, "hold_ms": 50}), boots)
    edges = Edges(19)
    Pin.watchers.append(edges)
    for _ in range(5):
        outputs.apply(Commands(), 10)
    Pin.watchers.remove(edges)
    assert edges.count == 5
    assert Pin.levels[19] == 0
    assert 19 in safe_pins(dict(BOARD, one_shot={"pin": 19, "hold_ms": 50}))["low"]


# --- pressure ---


def read(sensors, count):
    readings = Readings(count)
    sensors.read_chambers(readings)
    return readings


def check_adc_pressure():
    table = {"driver": "adc", "part": "XGZP6847A040KPG", "pins": [34, 35], "range_kpa": 40, "supply_mv": 3300}
    sensors = pressure_sensors(table, [], None, no_warning)
    ADC.uv = {34: 165_000, 35: 165_000 + 1_485_000}
    readings = read(sensors, 2)
    near(readings.chamber_pa[0], 0)
    near(readings.chamber_pa[1], 20_000)
    ADC.uv[35] = 3_200_000
    readings = read(sensors, 2)
    assert readings.missing_bits == 0b10
    # Unplugged, the pin is pulled down: that reads less than 0 Pa, for the core to judge.
    ADC.uv[34] = 0
    near(read(sensors, 2).chamber_pa[0], -2222)
    assert sensors.raw[0] == 0


def check_the_other_part_and_a_persons_calibration():
    table = {"driver": "adc", "part": "MPX5050GP", "pins": [34], "range_kpa": 50, "supply_mv": 2500}
    ADC.uv = {34: 100_000 + 900_000}
    near(read(pressure_sensors(table, [], None, no_warning), 1).chamber_pa[0], 20_000)
    points = [[[90_000, 0], [990_000, 20_000]]]
    near(read(pressure_sensors(table, points, None, no_warning), 1).chamber_pa[0], 20_222)


class Ads1115:
    def __init__(self, counts):
        self.counts = counts
        self.register = self.input = 0
        self.is_done = True

    def write(self, content):
        self.register = content[0]
        if len(content) == 3:
            assert content[1] & 0x80 and content[1] >> 1 & 7 == 1 and content[1] & 1
            assert content[1] & 0x40 and content[2] >> 5 == 7
            self.input = content[1] >> 4 & 3

    def read(self, buffer):
        value = self.counts[self.input] if self.register == 0 else (0x8583 if self.is_done else 0x0583)
        buffer[0], buffer[1] = value >> 8 & 0xFF, value & 0xFF


def check_ads1115():
    i2c = SoftI2C()
    chip = i2c.chips[0x48] = Ads1115([1320, 13200, 0xFFF0, 32767])
    table = {"driver": "ads1115", "part": "XGZP6847A", "addresses": [0x48], "channels": [0, 1, 2, 3]}
    sensors = pressure_sensors(dict(table, range_kpa=40, supply_mv=3300), [], i2c, no_warning)
    for _ in range(2):
        readings = read(sensors, 4)
        near(readings.chamber_pa[0], 0)
        near(readings.chamber_pa[1], 20_000)
        assert readings.missing_bits == 0b1000
        sensors.prepare()
    chip.is_done = False
    assert read(sensors, 4).missing_bits == 0b1111
    del i2c.chips[0x48]
    sensors.prepare()
    assert read(sensors, 4).missing_bits == 0b1111


class Honeywell:
    """Sensors behind two multiplexers, with counts of their own on each of the sixteen buses."""

    def __init__(self, i2c, address):
        self.bits = [0, 0]
        self.counts = [None] * 16
        self.started = [False] * 16
        self.status = 0x40
        i2c.chips[address] = self
        i2c.chips[0x70] = Mux(self, 0)
        i2c.chips[0x71] = Mux(self, 1)

    def joined(self):
        return [n for n in range(16) if self.bits[n // 8] >> n % 8 & 1 and self.counts[n] is not None]

    def write(self, content):
        assert content == b"\xaa\x00\x00"
        if not self.joined():
            raise OSError(19)
        for channel in self.joined():
            self.started[channel] = True

    def read(self, buffer):
        if len(self.joined()) != 1:
            raise OSError(19)
        channel = self.joined()[0]
        count = self.counts[channel]
        status = self.status | (0 if self.started[channel] else 0x20)
        buffer[:] = bytes([status, count >> 16, count >> 8 & 0xFF, count & 0xFF])[: len(buffer)]
        self.started[channel] = False


class Mux:
    def __init__(self, sensors, number):
        self.sensors, self.number = sensors, number

    writes = 0

    def write(self, content):
        Mux.writes += 1
        self.sensors.bits[self.number] = content[0]


ABP2 = {"driver": "abp2", "mux_address": 0x70, "channels": [0, 1, 8], "range_kpa": 34.474}


def check_abp2_behind_two_multiplexers():
    i2c = SoftI2C()
    chips = Honeywell(i2c, 0x28)
    chips.counts[0], chips.counts[1], chips.counts[8] = (
        1_677_722,
        1_677_722 + 6_710_886,
        1_677_722 + 1_342_177,
    )
    sensors = pressure_sensors(ABP2, [], i2c, no_warning)
    assert read(sensors, 3).missing_bits == 0b111
    sensors.prepare()
    readings = read(sensors, 3)
    assert readings.missing_bits == 0
    near(readings.chamber_pa[0], 0)
    near(readings.chamber_pa[1], 17_237)
    near(readings.chamber_pa[2], 3447)
    # Without a new start there is no reading, rather than the old one.
    assert read(sensors, 3).missing_bits == 0b111
    # Two writes join all buses for the start; two, one and two more join each bus alone. None is superfluous.
    Mux.writes = 0
    sensors.prepare()
    read(sensors, 3)
    assert Mux.writes == 7, Mux.writes
    chips.counts[1] = None
    sensors.prepare()
    assert read(sensors, 3).missing_bits == 0b010
    for status in (0x00, 0x44, 0x41, 0x60):
        chips.status = status
        sensors.prepare()
        assert read(sensors, 3).missing_bits == 0b111
    del i2c.chips[0x71]
    chips.status = 0x40
    sensors.prepare()
    assert read(sensors, 3).missing_bits == 0b111


def check_two_legs_are_read_in_turns():
    """Each keeps what it showed while the other is read, and nobody shows anything before its first turn."""
    i2c = SoftI2C()
    chips = Honeywell(i2c, 0x28)
    channels = [0, 1, 2, 8, 9, 10]
    for channel in channels:
        chips.counts[channel] = 1_677_722
    sensors = pressure_sensors(dict(ABP2, channels=channels), [], i2c, no_warning)
    readings = Readings(6)
    sensors.read_chambers(readings)
    seen = []
    for tick in range(6):
        for channel in channels:
            chips.counts[channel] = 1_677_722 + (tick + 1) * 389_286
        if tick == 4:
            chips.counts[9] = None
        sensors.prepare()
        Mux.writes = 0
        sensors.read_chambers(readings)
        # The other leg's buses were parted for the start.
        assert Mux.writes == 3, Mux.writes
        thousands = [round(pa / 1000) for pa in readings.chamber_pa]
        seen.append((readings.missing_bits, thousands[0], thousands[5]))
    # The second leg's turn comes first, because the first one's has passed without a start.
    assert seen == [
        (0b000111, 0, 1),
        (0, 2, 1),
        (0, 2, 3),
        (0, 4, 3),
        (0b010000, 4, 5),
        (0b010000, 6, 5),
    ], seen


class HungI2C:
    """Somebody holds the clock low after so many transfers: each of the next takes its whole time-out."""

    def __init__(self, transfers):
        self.transfers = transfers
        self.waits = 0

    def writeto(self, _address, _content):
        self.transfers -= 1
        if self.transfers < 0:
            self.waits += 1
            raise OSError(116)

    def readfrom_into(self, address, buffer):
        self.writeto(address, buffer)
        buffer[0] = 0x40
        buffer[1] = 0x1A


def check_a_bus_that_hangs_is_given_up_at_once():
    channels = [0, 1, 2, 3, 4, 8, 9, 10, 11, 12]
    for transfers in range(40):
        i2c = HungI2C(transfers)
        sensors = pressure_sensors(dict(ABP2, channels=channels), [], i2c, no_warning)
        for _ in range(3):
            sensors.prepare()
            waits = i2c.waits
            missing_bits = read(sensors, 10).missing_bits
            # The start or the first sensor has waited, and nobody after it.
            assert i2c.waits <= waits + 1
            if i2c.waits:
                assert missing_bits == 0b11_1111_1111
    for transfers in range(20):
        i2c = HungI2C(transfers)
        table = {"driver": "ads1115", "part": "XGZP6847A", "addresses": [0x48], "channels": [0, 1, 2, 3]}
        sensors = pressure_sensors(dict(table, range_kpa=40, supply_mv=3300), [], i2c, no_warning)
        for _ in range(3):
            sensors.prepare()
            waits = i2c.waits
            missing_bits = read(sensors, 4).missing_bits
            assert i2c.waits <= waits + 1
            if i2c.waits:
                assert missing_bits == 0b1111


def check_a_multiplexer_that_forgot_is_told_again():
    i2c = SoftI2C()
    chips = Honeywell(i2c, 0x28)
    chips.counts[3] = 1_677_722
    sensors = pressure_sensors(dict(ABP2, channels=[3]), [], i2c, no_warning)
    for is_forgetful in (False, True, False):
        sensors.prepare()
        if is_forgetful:
            chips.bits = [0, 0]
        assert read(sensors, 1).missing_bits == is_forgetful


def check_mprls_takes_the_air_first():
    i2c = SoftI2C()
    chips = Honeywell(i2c, 0x18)
    sensors = pressure_sensors({"driver": "mprls", "mux_address": 0x70, "channels": [3]}, [], i2c, no_warning)
    air_counts = 1_677_722 + 13_421_772 * 101_325 // 172_369
    chips.counts[3] = air_counts
    ticks = 0
    while True:
        sensors.prepare()
        readings = read(sensors, 1)
        if not readings.missing_bits:
            break
        ticks += 1
    assert 200 <= ticks <= 260, ticks
    near(readings.chamber_pa[0], 0)
    chips.counts[3] = air_counts + 13_421_772 * 10_000 // 172_369
    sensors.prepare()
    near(read(sensors, 1).chamber_pa[0], 10_000)


def check_a_manifold_sensor_has_its_own_bit():
    table = {"driver": "adc", "part": "XGZP6847A", "pins": [34], "range_kpa": 40, "supply_mv": 3300}
    sensors = pressure_sensors(table, [], None, no_warning)
    readings = Readings(4)
    ADC.uv = {34: 165_000 + 742_500}
    sensors.read_manifold(readings)
    near(readings.manifold_pa, 10_000)
    ADC.uv = {34: 3_300_000}
    sensors.read_manifold(readings)
    assert readings.missing_bits == signals.MANIFOLD_BIT


def check_the_sensor_on_the_manifold_beside_the_others_is_the_last():
    table = {"driver": "adc", "part": "XGZP6847A", "pins": [34, 35, 32], "range_kpa": 40, "supply_mv": 3300}
    read_both = reads_both(pressure_sensors(table, [], None, no_warning).read_into, 2)
    readings = Readings(2)
    ADC.uv = {34: 165_000, 35: 165_000 + 1_485_000, 32: 165_000 + 742_500}
    for _ in range(3):
        read_both(readings)
        assert readings.manifold_pa == 0
    read_both(readings)
    near(readings.chamber_pa[0], 0)
    near(readings.chamber_pa[1], 20_000)
    near(readings.manifold_pa, 10_000)
    assert readings.missing_bits == 0
    ADC.uv[32] = ADC.uv[35] = 3_300_000
    read_both(readings)
    assert readings.missing_bits == signals.MANIFOLD_BIT | 0b10


def check_lines_stay_small():
    for low, high, pa in ((165_000, 3_135_000, 40_000), (1320, 25_080, 40_000), (26_214, 235_929, 172_369)):
        line = Line(low, 0, high, pa)
        for raw in (0, low, high, 3_300_000 if high > 1 << 18 else 1 << 15 if high < 1 << 15 else 1 << 18):
            zero_raw, shift, slope, _ = line.numbers
            product = (raw - zero_raw >> shift) * slope
            assert abs(product) < 1 << 30, (low, high, raw)
        near(line.pa(high), pa, pa // 500)


def check_battery():
    battery = Battery({"pin": 4, "top_ohm": 47_000, "bottom_ohm": 10_000})
    ADC.uv = {4: 2_000_000}
    near(battery.read_mv(), 11_400)


# --- buttons ---


def presses(buttons, pins, ms, state):
    """The buttons that are seen while these pins are held for so long, and in the tick after."""
    seen = []
    for pin in pins:
        Pin.levels[pin] = 0
    for _ in range(ms // 10):
        seen.append(buttons.step(state, 10))
    for pin in pins:
        Pin.levels[pin] = 1
    seen.append(buttons.step(state, 10))
    return [bits for bits in seen if bits]


def check_buttons():
    for pin in (21, 22, 23, 24):
        Pin.levels[pin] = 1
    buttons = Presses({"start_stop": 21, "softer": 22, "louder": 23, "stop": 24})
    assert presses(buttons, [21], 20, IDLE) == []
    # No press starts a session: the panel is told, and asks its questions first.
    assert presses(buttons, [21], 100, IDLE) == []
    assert (buttons.taps, buttons.taps_count) == (1, 1)
    assert presses(buttons, [21], 100, DONE) == []
    assert (buttons.taps, buttons.taps_count) == (1, 2)
    # Of two at once it is told the no, and a press that is held is one.
    presses(buttons, [22, 23], 5000, IDLE)
    assert (buttons.taps, buttons.taps_count) == (2, 4)
    presses(buttons, [21], 1500, IDLE)
    assert buttons.taps_count == 4
    assert presses(buttons, [21], 100, RUNNING) == [signals.BUTTON_STOP]
    assert presses(buttons, [21], 100, PAUSED) == [signals.BUTTON_RESUME]
    assert presses(buttons, [21], 1500, RUNNING) == [signals.BUTTON_PAUSE]
    assert presses(buttons, [22], 2000, RUNNING) == [signals.BUTTON_SOFTER]
    assert presses(buttons, [23], 50, RUNNING) == [signals.BUTTON_FIRMER]
    assert presses(buttons, [24], 20, RUNNING) == [signals.BUTTON_STOP] * 2
    held = presses(buttons, [21, 24], 4000, 6)
    assert [bits for bits in held if bits & signals.BUTTON_CLEAR] == [
        signals.BUTTON_CLEAR | signals.BUTTON_STOP
    ]
    assert presses(buttons, [21], 4000, 6) == []


# --- what a tick may cost ---


class QuietI2C:
    """A bus that allocates nothing. It has methods, as a chip's has: to look one up may allocate."""

    def writeto(self, address, content):
        pass

    def readfrom_into(self, address, buffer):
        buffer[0] = 0x40


def check_a_tick_of_the_drivers_allocates_nothing():
    sensors = pressure_sensors(ABP2, [], QuietI2C(), no_warning)
    sensors.prepare()
    table = dict(SHIFT, fill_outputs=[0, 9], vent_outputs=[17, 23], hold_permille=500)
    valves = ShiftRegisterValves(table, 2)
    adc = pressure_sensors(
        {"driver": "adc", "part": "XGZP6847A", "pins": [34, 35], "range_kpa": 40, "supply_mv": 3300},
        [],
        None,
        no_warning,
    )
    ADC.uv = {34: 1_000_000, 35: 3_300_000, 4: 2_000_000}
    battery = Battery({"pin": 4, "top_ohm": 47_000, "bottom_ohm": 10_000})
    buttons = Presses({"start_stop": 21, "softer": 22, "louder": 23, "stop": 24})
    readings = Readings(3)
    two = Readings(2)
    micropython.heap_lock()
    try:
        sensors.read_chambers(readings)
        sensors.prepare()
        adc.read_chambers(two)
        battery.read_mv()
        buttons.step(IDLE, 10)
        valves.apply(0b11, 0b10, 10)
    finally:
        micropython.heap_unlock()


count = 0
for name in sorted(globals()):
    if name.startswith("check_"):
        globals()[name]()
        count += 1
print(count, "checks")
