"""Valves behind 74HC595 or TPIC6B595 shift registers.

Both take a bit at each rising edge of the clock and show all of them at the rising edge of the
latch; output-enable is active low. (A TPIC6B595 sinks the coil's current itself, a 74HC595 needs
a transistor behind each output; a set bit energises with either.) Their setup times are tens of
nanoseconds: no Python is too fast for them. The register nearest to the chip has outputs 0 to 7,
so the bits of the farthest one go first.

The registers share one output-enable, so peak-and-hold chops them all together: fully on while
any valve is pulling in, `hold_permille` of the time otherwise.
"""

from machine import PWM, Pin
from micropython import const

from soleus.drivers.outputs.duty import FULL_U16, u16_from_permille

_HOLD_HZ = const(20_000)
# A bit that a spike on the cable has flipped is put right this often. It takes a third of a millisecond, so
# not in step with the log's rows, which come every half second.
_REFRESH_MS = const(90)


class ShiftRegisterValves:
    def __init__(self, table: dict, chamber_count: int) -> None:
        # Only what they are called for: to look a method up allocates.
        self.put_data = Pin(table["data"], Pin.OUT, value=0).value
        self.put_clock = Pin(table["clock"], Pin.OUT, value=0).value
        self.put_latch = Pin(table["latch"], Pin.OUT, value=0).value
        self.chamber_count = chamber_count
        self.output_count = 8 * table["registers"]
        self.fill_masks = [1 << output for output in table["fill_outputs"]]
        self.vent_masks = [1 << output for output in table.get("vent_outputs", ())]
        self.peak_ms = table.get("peak_ms", 100)
        # Chopped by an active-low pin: the share of the time that it is high is the share that is off.
        self.hold_off_u16 = FULL_U16 - u16_from_permille(table.get("hold_permille", 1000))
        self.fill_bits = self.seal_bits = 0
        self.shown_bits = 0
        self.since_rise_ms = self.peak_ms
        self.since_shift_ms = 0
        # The registers wake up with anything in them: clear them before the outputs are enabled.
        self._shift(0)
        self.enable = PWM(Pin(table["output_enable"]), freq=_HOLD_HZ, duty_u16=FULL_U16)
        self.off_u16 = FULL_U16

    def apply(self, fill_bits: int, seal_bits: int, dt_ms: int) -> None:
        self.since_shift_ms += dt_ms
        bits = self.shown_bits
        is_pulling = self.since_rise_ms < self.peak_ms
        if fill_bits != self.fill_bits or seal_bits != self.seal_bits:
            self.fill_bits, self.seal_bits = fill_bits, seal_bits
            bits = self._output_bits(fill_bits, seal_bits)
        elif not is_pulling and self.since_shift_ms < _REFRESH_MS:
            return
        if is_pulling:
            self.since_rise_ms += dt_ms
        if bits & ~self.shown_bits:
            self.since_rise_ms = 0
        if bits != self.shown_bits or self.since_shift_ms >= _REFRESH_MS:
            self._shift(bits)
        self._enable_share(bits)

    def _output_bits(self, fill_bits: int, seal_bits: int) -> int:
        bits = 0
        for index in range(self.chamber_count):
            if fill_bits >> index & 1:
                bits |= self.fill_masks[index]
            if seal_bits >> index & 1:
                bits |= self.vent_masks[index]
        return bits

    def _enable_share(self, bits: int) -> None:
        off_u16 = 0 if self.since_rise_ms < self.peak_ms else self.hold_off_u16
        if not bits:
            off_u16 = FULL_U16
        if off_u16 != self.off_u16:
            self.off_u16 = off_u16
            self.enable.duty_u16(off_u16)

    def _shift(self, bits: int) -> None:
        put_data, put_clock = self.put_data, self.put_clock
        before = -1
        for output in range(self.output_count - 1, -1, -1):
            level = bits >> output & 1
            if level != before:
                put_data(level)
                before = level
            put_clock(1)
            put_clock(0)
        self.put_latch(1)
        self.put_latch(0)
        self.shown_bits = bits
        self.since_shift_ms = 0
