"""From what the board said to the costs of a chip file."""

from collections.abc import Callable
from statistics import median

from host_tools.bench.chip.board import Measured, Results
from host_tools.bench.chip.pieces import FAST_HZ, LONG_FUNCTIONS, SAMPLES, SHORT_FUNCTIONS, SLOW_HZ
from host_tools.bench.chip.sample import sample_module

KB = 1024
PAGE_BYTES = 256
SECTOR_BYTES = 4096
# Start, eight bits of the address, the missing acknowledgement, stop.
ADDRESS_BITS = 11
BITS_A_BYTE = 9
# The bits of an address take what they should, give or take this much; else the bus isn't what it seems.
LEAST_SHARE, MOST_SHARE = 0.5, 2.0
# A piece that came with an erase stands out by so much.
ERASE_STANDS_OUT = 3


class NotMeasuredError(Exception):
    """Its text says why."""


def costs_of(measured: Measured) -> dict[str, float]:
    """Every cost that could be measured; `measured.failed` says of the others why not."""
    found: dict[str, float] = {}
    for names, rule in _RULES.items():
        if any(name in measured.failed for name in names):
            continue
        try:
            found.update(zip(names, rule(measured.results), strict=True))
        except KeyError as error:
            measured.failed.update(dict.fromkeys(names, f"the board did not say {error.args[0]}"))
        except NotMeasuredError as error:
            measured.failed.update(dict.fromkeys(names, str(error)))
    return {name: value for name, value in found.items() if _is_a_cost(measured, name, value)}


def _is_a_cost(measured: Measured, name: str, value: float) -> bool:
    """Jitter can make a difference negative; no cost is."""
    if value > 0:
        return True
    measured.failed[name] = f"too small to be seen ({value:.3g})"
    return False


def _direct(name: str) -> Callable[[Results], tuple[float, ...]]:
    return lambda said: (float(said[name]),)


def _collect(said: Results) -> tuple[float, ...]:
    return (said["collect_us"] / (said["collect_used_bytes"] / KB),)


def _imports(said: Results) -> tuple[float, ...]:
    """The medians of a short and a long module, and the line through them."""
    times, sizes = [], []
    for functions in (SHORT_FUNCTIONS, LONG_FUNCTIONS):
        names = [f"{tag}{functions}" for tag in SAMPLES]
        times.append(median(said[f"{name}.import_us"] for name in names))
        sizes.append(len(sample_module(names[0], functions)) / KB)
    kb_us = (times[1] - times[0]) / (sizes[1] - sizes[0])
    return times[0] - sizes[0] * kb_us, kb_us


def _flash_reads(said: Results) -> tuple[float, ...]:
    short_bytes, block_bytes = said["flash_read_bytes"]
    byte_us = (said["flash_read_block_us"] - said["flash_read_short_us"]) / (block_bytes - short_bytes)
    return said["flash_read_short_us"] - short_bytes * byte_us, byte_us * KB


def _flash_writes(said: Results) -> tuple[float, ...]:
    """littlefs reads back what it wrote, so a read is taken off each piece; the erase is what one piece
    of each block costs more than the others. A page is two of its pieces, as littlefs writes it."""
    pieces_us, piece_bytes = said["flash_pieces_us"], said["flash_piece_bytes"]
    usual_us = median(pieces_us)
    count = SECTOR_BYTES // piece_bytes
    # The first block is begun in littlefs's own memory.
    blocks = [pieces_us[begin : begin + count] for begin in range(count, len(pieces_us), count)]
    dearest_us = median(max(block) for block in blocks)
    if dearest_us < ERASE_STANDS_OUT * usual_us:
        raise NotMeasuredError("no erase stands out among the writes")
    read_us = said.get("flash_read_short_us", 0)
    page_us = max(usual_us - read_us, 0) * PAGE_BYTES / piece_bytes
    return page_us, dearest_us - usual_us


def _i2c(said: Results) -> tuple[float, ...]:
    """Both clocks send the same bits: what differs is how long they take."""
    fast_bit_us, slow_bit_us = 1e6 / FAST_HZ, 1e6 / SLOW_HZ
    share = (said["i2c_slow_us"] - said["i2c_fast_us"]) / (ADDRESS_BITS * (slow_bit_us - fast_bit_us))
    if not LEAST_SHARE < share < MOST_SHARE:
        raise NotMeasuredError(f"a slower clock makes {share:.2f} of the difference that it should")
    return said["i2c_fast_us"] - ADDRESS_BITS * fast_bit_us * share, fast_bit_us * share


def _soft_i2c(said: Results) -> tuple[float, ...]:
    bit_us = (said["soft_i2c_20_us"] - said["soft_i2c_1_us"]) / (19 * BITS_A_BYTE)
    return said["soft_i2c_address_us"] - ADDRESS_BITS * bit_us, bit_us


def _callback(said: Results) -> tuple[float, ...]:
    if not said["callback_count"]:
        raise NotMeasuredError("no callback ran in a second")
    alone_us, beside_us = said["callback_seconds_us"]
    return ((beside_us - alone_us) / said["callback_count"],)


def _adc(said: Results) -> tuple[float, ...]:
    if not said["is_adc_calibrated"]:
        raise NotMeasuredError("this chip has no calibration in its eFuse: ADC.read_uv() fails")
    return (said["adc_sample_us"],)


_RULES: dict[tuple[str, ...], Callable[[Results], tuple[float, ...]]] = {
    ("instruction_ns",): _direct("instruction_ns"),
    ("heap_bytes",): _direct("heap_bytes"),
    ("collect_kb_us",): _collect,
    ("import_module_us", "import_kb_us"): _imports,
    ("flash_read_us", "flash_read_kb_us"): _flash_reads,
    ("flash_page_us", "flash_erase_us"): _flash_writes,
    ("i2c_transaction_us", "i2c_bit_us"): _i2c,
    ("soft_i2c_transaction_us", "soft_i2c_bit_us"): _soft_i2c,
    ("adc_sample_us",): _adc,
    ("pwm_change_us",): _direct("pwm_change_us"),
    ("pin_write_us",): _direct("pin_write_us"),
    ("callback_us",): _callback,
    ("console_byte_us",): _direct("console_byte_us"),
}
