# mypy: ignore-errors
# ruff: noqa: ARG002 (MicroPython's own signatures)
"""`machine` as an ESP32 has it, as far as Soleus uses it, with the virtual board at the other end."""

import long_calls
import utime
import wire

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

# Set by start.py before anything else is imported.
config = {}
ESP_ERR_NOT_SUPPORTED = 0x106
# As ADC.read_u16 has it at 11 dB.
ADC_RANGE_UV = 3_100_000
ETIMEDOUT = 116
PROCESSOR_COSTS = (
    "collect_kb_us",
    "import_kb_us",
    "import_module_us",
    "callback_us",
    "pin_write_us",
    "tick_us",
    "service_us",
)
_clock_hz = 0


class Pin:
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    _input_only = ()

    def __init__(self, number: int, mode: int = -1, pull: int = -1, value: "int | None" = None) -> None:
        self.number = number
        self.is_output = False
        self.level = 0
        if mode != -1:
            self.init(mode, pull, value)

    def init(self, mode: int, pull: int = -1, value: "int | None" = None) -> None:
        self.is_output = mode != Pin.IN
        if value is not None:
            self.level = 1 if value else 0
        wire.say(wire.PIN, self.number, 1 if self.is_output else 0, self.level)
        wire.spend(wire.cost_us("pin_write_us"))

    def value(self, level: "int | None" = None) -> "int | None":
        if level is None:
            return self.level if self.is_output else _input_level(self.number)
        self.level = 1 if level else 0
        if self.is_output:
            wire.say(wire.PIN, self.number, 1, self.level)
            wire.spend(wire.cost_us("pin_write_us"))
        return None

    def __call__(self, level: "int | None" = None) -> "int | None":
        return self.value(level)

    def on(self) -> None:
        self.value(1)

    def off(self) -> None:
        self.value(0)


def _input_level(number: int) -> int:
    if number < 32:
        return wire.frame[wire.LEVELS_LOW] >> number & 1
    return wire.frame[wire.LEVELS_HIGH] >> (number - 32) & 1


class PWM:
    def __init__(self, pin: Pin, freq: int = 5000, duty_u16: int = 0) -> None:
        self.number = pin.number
        self.hz = freq
        self.duty_u16(duty_u16)

    def duty_u16(self, duty: "int | None" = None) -> "int | None":
        if duty is None:
            return self.duty
        self.duty = duty
        wire.say(wire.PWM, self.number, min(self.hz, 0xFFFF), duty)
        wire.spend(wire.cost_us("pwm_change_us"))
        return None

    def freq(self, hz: "int | None" = None) -> "int | None":
        if hz is None:
            return self.hz
        self.hz = hz
        return None

    def deinit(self) -> None:
        self.duty_u16(0)


class ADC:
    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3

    def __init__(self, pin: Pin, atten: int = 0) -> None:
        self.number = pin.number

    def read_uv(self) -> int:
        if not config["has_adc_calibration"]:
            raise OSError(-ESP_ERR_NOT_SUPPORTED)
        wire.spend(wire.cost_us("adc_sample_us"))
        return wire.frame[wire.UV + self.number]

    def read_u16(self) -> int:
        """Without a calibration: the whole range is some 3.1 V, a tenth more or less from chip to chip."""
        wire.spend(wire.cost_us("adc_sample_us"))
        return min(wire.frame[wire.UV + self.number] * 65_535 // ADC_RANGE_UV, 65_535)


class Timer:
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, number: int) -> None:
        self.number = number
        # Calls that are in MicroPython's queue, and those that will be when the chip looks again.
        self.queued = 0
        self.put_off = 0
        self.is_running = False
        self.fire = self._fire

    def init(self, mode: int = 1, period: int = -1, callback: object = None) -> None:
        wire.disarm(self.number)
        self.period_ms = period
        self.callback = callback
        self.is_periodic = mode == Timer.PERIODIC
        self.due_ms = wire.now_ms() + period
        self.queued = self.put_off = 0
        wire.arm(self)

    def deinit(self) -> None:
        wire.disarm(self.number)

    def calls_due(self, now_ms: int) -> int:
        """How often it has fallen due since the last look."""
        count = 0
        while self.due_ms <= now_ms:
            self.due_ms += self.period_ms
            count += 1
        return count

    def is_busy(self) -> bool:
        return self.queued > 0 or self.is_running

    def _fire(self, _argument: int) -> None:
        # Before the first jump, where Ctrl-C may come.
        self.queued -= 1
        is_held = wire.is_held()
        started_us = utime.ticks_us()
        try:
            self._begin(is_held)
        except KeyboardInterrupt:
            # On a chip nothing of this is bytecode. Printed and forgotten here, Ctrl-C would be lost.
            wire.keep_interrupt()
        if is_held:
            return
        self.is_running = True
        try:
            self.callback(self)
        finally:
            self.is_running = False
            try:
                wire.took(self.number, utime.ticks_diff(utime.ticks_us(), started_us))
            except KeyboardInterrupt:
                wire.keep_interrupt()

    def _begin(self, is_held: bool) -> None:
        if is_held:
            # Only the stand-ins for C run bytecode here: a chip would not have looked for callbacks yet.
            self.put_off += 1
            return
        if not self.is_periodic:
            wire.disarm(self.number)
        if self.number == wire.CONTROL_TIMER:
            # Spent inside of the callback, as the work of a tick.
            wire.owe(wire.cost_us("callback_us") + wire.cost_us("tick_us") + long_calls.collected_us())


class WDT:
    def __init__(self, id: int = 0, timeout: int = 5000) -> None:  # noqa: A002 (the chip's own name)
        wire.say(wire.WDT, 0, 0, timeout)

    def feed(self) -> None:
        was_locked = wire.open_heap()
        wire.spend_owed()
        wire.say(wire.WDT, 1)
        wire.close_heap(was_locked)


class RTC:
    _memory = b""

    def memory(self, content: "bytes | None" = None) -> "bytes | None":
        if content is None:
            return RTC._memory
        RTC._memory = bytes(content)
        wire.say_bytes(wire.MEMORY, 0, RTC._memory)
        return None


class I2C:
    """The chips that answer are in i2c_chips.py."""

    _transaction, _bit = "i2c_transaction_us", "i2c_bit_us"

    def __init__(
        self, number: int, *, scl: Pin, sda: Pin, freq: int = 400_000, timeout: int = 50_000
    ) -> None:
        self._begin(freq, timeout)

    def _begin(self, hz: int, timeout_us: int) -> None:
        from i2c_chips import chips_of

        self.bit_us = max(wire.cost_us(self._bit), 1_000_000 / hz if wire.costs else 0)
        self.timeout_us = timeout_us
        self.chips = chips_of(config["i2c"])

    def writeto(self, address: int, content: bytes, stop: bool = True) -> int:
        was_locked = wire.open_heap()
        try:
            self._spend(1 + len(content))
            self._chip(address).write(address, content)
        finally:
            wire.close_heap(was_locked)
        return len(content)

    def writevto(self, address: int, parts: list, stop: bool = True) -> int:
        return self.writeto(address, b"".join([bytes(part) for part in parts]))

    def readfrom_into(self, address: int, buffer: bytearray, stop: bool = True) -> None:
        was_locked = wire.open_heap()
        try:
            self._spend(1 + len(buffer))
            self._chip(address).read(address, buffer)
        finally:
            wire.close_heap(was_locked)

    def readfrom(self, address: int, count: int, stop: bool = True) -> bytes:
        buffer = bytearray(count)
        self.readfrom_into(address, buffer)
        return bytes(buffer)

    def scan(self) -> list:
        return sorted(self.chips)

    def _spend(self, byte_count: int) -> None:
        if wire.frame[wire.IS_BUS_HUNG]:
            # Somebody holds the clock low: the driver waits for as long as it was told to.
            wire.spend(self.timeout_us)
            raise OSError(ETIMEDOUT)
        wire.spend(wire.cost_us(self._transaction) + 9 * byte_count * self.bit_us)

    def _chip(self, address: int) -> object:
        chip = self.chips.get(address)
        if chip is None:
            raise OSError(19)  # ENODEV: nobody acknowledged
        return chip


class SoftI2C(I2C):
    _transaction, _bit = "soft_i2c_transaction_us", "soft_i2c_bit_us"

    def __init__(self, scl: Pin, sda: Pin, *, freq: int = 400_000, timeout: int = 50_000) -> None:
        self._begin(freq, timeout)


def reset() -> None:
    wire.say(wire.RESET)
    while True:
        utime.sleep(1)


def soft_reset() -> None:
    raise SystemExit


def reset_cause() -> int:
    return config["reset_cause"]


def unique_id() -> bytes:
    return b"\x24\x0a\xc4\x00\x00\x01"


def freq(hz: int = 0) -> "int | None":
    if hz:
        set_clock(hz)
        return None
    return _clock_hz


def set_clock(hz: int) -> None:
    """What the processor does itself takes longer with a slower clock; `config` has it for the firmware's."""
    global _clock_hz
    _clock_hz = hz
    for name in PROCESSOR_COSTS:
        if name in wire.costs:
            wire.costs[name] = config["costs"][name] * config["clock_hz"] / hz


def idle() -> None:
    utime.sleep_us(100)


def disable_irq() -> int:
    return 0


def enable_irq(state: int) -> None:
    pass
