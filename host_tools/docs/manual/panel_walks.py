"""Walks through the panel on a virtual board, by its buttons; each frame is what its display shows."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image

from host_tools.catalogue.boards import load_board
from host_tools.link.console import Console
from host_tools.plant.faults import parse_fault
from host_tools.plant.plant import Plant
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.install import install
from soleus.panel.table import RENEW_MS

BOARD = "esp32-s3-duo"
# Two pictures that follow each other are the same when the display has been drawn.
DRAWN_MS = 260
SETTLED_LOOKS = 12
# A person reads before the next press.
READ_MS = 700
PRESS_MS = 120
START_S = 60.0
NIGHT_S = 600.0
NEARLY_EMPTY = 0.04
ZOOM, GAP = 2, 3
COLUMNS = 5
BACKGROUND, INK, PAPER = 200, 235, 20

Frames = list[Image.Image]


class Walker:
    """A person at the virtual board."""

    def __init__(self, board: VirtualBoard, console: Console) -> None:
        self.board, self.console = board, console
        self.frames: Frames = []

    def press(self, *buttons: str, ms: int = PRESS_MS) -> None:
        """Each button, one after the other; a frame after each."""
        for button in buttons:
            self.pass_ms(READ_MS)
            self.board.press(button, ms)
            self.pass_ms(ms)
            self.look()

    def press_unseen(self, *buttons: str) -> None:
        for button in buttons:
            self.pass_ms(READ_MS)
            self.board.press(button, PRESS_MS)

    def look(self) -> None:
        """A frame of what is shown, once it stands still."""
        before = self._shown()
        for _ in range(SETTLED_LOOKS):
            self.pass_ms(DRAWN_MS)
            now = self._shown()
            if now.tobytes() == before.tobytes():
                break
            before = now
        self.frames.append(before)

    def pass_ms(self, ms: int) -> None:
        until_ms = self.board.now_ms + ms
        self.board.wait_until(lambda board: board.now_ms >= until_ms, START_S)

    def until(self, is_so: Callable[[], bool], most_s: float = START_S) -> None:
        """The link is asked meanwhile, so that it isn't silent."""

        def look(_: VirtualBoard) -> bool:
            self.console.ask("hello")
            return is_so()

        self.board.wait_until(look, most_s)

    def state(self) -> str:
        return str(self.console.ask("status")["state"])

    def _shown(self) -> Image.Image:
        assert self.board.hardware.display
        return self.board.hardware.display.picture().convert("L")


@contextmanager
def at_a_board(name: str = BOARD) -> Iterator[Walker]:
    """A new one, that nobody has worn yet. A display's driver must have been fetched before."""
    with tempfile.TemporaryDirectory() as folder:
        flash = Path(folder) / "flash.img"
        install(load_board(name), flash)
        with (
            VirtualBoard(load_board(name), flash, has_own_time=True, patience_s=10.0, is_on=False) as board,
            Console(board.port) as console,
        ):
            board.power_on()
            console.expect("ready", START_S)
            walker = Walker(board, console)
            walker.pass_ms(2000)
            yield walker


def sheet(frames: Frames) -> bytes:
    """All frames as one picture, in reading order."""
    columns = min(COLUMNS, len(frames))
    rows = -(-len(frames) // columns)
    width, height = (edge * ZOOM + GAP for edge in frames[0].size)
    picture = Image.new("L", (columns * width + GAP, rows * height + GAP), BACKGROUND)
    for number, frame in enumerate(frames):
        large = frame.resize([edge * ZOOM for edge in frame.size], Image.Resampling.NEAREST)
        place = (number % columns * width + GAP, number // columns * height + GAP)
        picture.paste(large.point(lambda dot: INK if dot else PAPER), place)
    return png(picture.quantize(4))


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


# --- the walks ---

FOUR_YES = ("louder",) * 4


def first_use(walker: Walker) -> None:
    walker.look()
    walker.press("start_stop", "start_stop", *FOUR_YES, "start_stop")
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.look()
    walker.press("stop")
    walker.until(lambda: walker.state() == "done")


def check_fill(walker: Walker) -> None:
    walker.board.break_part("hose.left.calf:off")
    walker.press_unseen("start_stop", "start_stop", *FOUR_YES, "start_stop")
    walker.until(lambda: walker.state() == "service")
    walker.pass_ms(10_000)
    walker.look()
    walker.until(lambda: walker.state() == "done")
    walker.pass_ms(2500)
    walker.look()
    walker.board.change(_mend)
    walker.press_unseen("start_stop")
    walker.until(lambda: walker.state() == "running")
    walker.look()
    walker.press_unseen("stop")
    walker.until(lambda: walker.state() == "done")


def _mend(plant: Plant) -> None:
    plant.faults.count = plant.faults.next_ms = 0


def a_no(walker: Walker) -> None:
    walker.press_unseen("start_stop", "start_stop")
    walker.look()
    walker.press("louder", "softer", "start_stop")


def _begin(walker: Walker, *chosen: str) -> None:
    """Gentle beginnings declined, whatever was chosen, and four times yes."""
    walker.press_unseen("start_stop", "louder", "louder", "stop")
    walker.press_unseen(*chosen)
    walker.pass_ms(1500)
    walker.press_unseen("start_stop", *FOUR_YES, "start_stop")
    walker.until(lambda: walker.state() == "running")


def louder_and_softer(walker: Walker) -> None:
    """Louder does nothing before the level was felt in a whole cycle; softer always does."""
    _begin(walker)
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.look()
    walker.press("louder")
    status = walker.console.ask
    walker.until(lambda: int(status("status")["run_ms"]) > 130_000, 120)
    walker.press("louder", "softer", "softer")
    walker.press_unseen("stop")
    walker.until(lambda: walker.state() == "done")


def boost_and_leave_out(walker: Walker) -> None:
    walker.press_unseen("start_stop", "louder", "louder", "stop")
    walker.press("louder", "louder", "start_stop")
    walker.press_unseen("start_stop")
    walker.pass_ms(2000)
    walker.look()
    walker.press("start_stop", "start_stop", "louder", "louder", "start_stop", "softer", "start_stop")
    walker.press_unseen("start_stop")
    walker.pass_ms(2500)
    walker.look()
    walker.press_unseen("start_stop", *FOUR_YES, "start_stop")
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.look()
    walker.press_unseen("stop")
    walker.until(lambda: walker.state() == "done")


def stop_and_go_on(walker: Walker) -> None:
    _begin(walker)
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.look()
    walker.press("stop")
    walker.until(lambda: walker.state() == "done")
    walker.pass_ms(1000)
    walker.look()
    walker.press("start_stop")
    walker.press_unseen(*FOUR_YES)
    walker.look()
    walker.press("start_stop")
    walker.press_unseen("stop")
    walker.until(lambda: walker.state() == "done")


def fault_and_clearing(walker: Walker) -> None:
    _begin(walker)
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.board.change(_unplug_for_20_s)
    walker.until(lambda: walker.state() == "fault")
    walker.look()
    for _ in range(6):
        # The pages come by turns: what happened, what to look at, how to clear it.
        walker.pass_ms(4000)
        walker.look()
    for button in ("start_stop", "stop"):
        walker.board.press(button, 3500)
    walker.pass_ms(5000)
    walker.look()


def _unplug_for_20_s(plant: Plant) -> None:
    fault = f"sensor.right.calf:off@{plant.now_ms / 1000:.2f}s+20s"
    plant.set_fault(parse_fault(fault, load_board(BOARD).boots))


def power_cut(walker: Walker) -> None:
    _begin(walker)
    walker.until(lambda: int(walker.console.ask("status")["run_ms"]) > 70_000, 120)
    walker.look()
    walker.board.power_off()
    walker.pass_ms(2000)
    walker.board.power_on()
    walker.console.expect("ready", START_S)
    walker.pass_ms(2500)
    walker.look()
    walker.press("start_stop")
    walker.press_unseen(*FOUR_YES)
    walker.look()
    walker.press("start_stop")
    walker.until(lambda: walker.board.highest_mmhg() > 15)
    walker.look()
    walker.press_unseen("stop")
    walker.until(lambda: walker.state() == "done")


def asleep(walker: Walker) -> None:
    """The program for the night asks in its shortest session, too."""
    walker.press_unseen("start_stop", "louder", "louder", "stop")
    walker.pass_ms(READ_MS)
    walker.console.ask("load", program="bedtime")
    walker.pass_ms(READ_MS)
    walker.press_unseen("start_stop", *FOUR_YES, "start_stop")
    walker.until(lambda: bool(walker.console.ask("status")["asks_for_life"]), NIGHT_S)
    walker.look()
    walker.until(lambda: walker.state() == "done", NIGHT_S)
    walker.pass_ms(READ_MS)
    walker.look()


def low_battery(walker: Walker) -> None:
    """What is known of the battery is asked for anew when nobody has pressed anything for a minute."""
    walker.pass_ms(3000)
    walker.look()
    walker.board.change(_use_up_battery)
    walker.pass_ms(RENEW_MS + 3000)
    walker.look()
    walker.press("start_stop", "start_stop")


def _use_up_battery(plant: Plant) -> None:
    supply = plant.supply
    supply.used_wh = (supply.start_charge - NEARLY_EMPTY) * supply.capacity_wh


WALKS: dict[str, Callable[[Walker], None]] = {
    "first-use": first_use,
    "a-no": a_no,
    "check-fill": check_fill,
    "louder-and-softer": louder_and_softer,
    "boost-and-leave-out": boost_and_leave_out,
    "stop-and-go-on": stop_and_go_on,
    "fault-and-clearing": fault_and_clearing,
    "power-cut": power_cut,
    "asleep": asleep,
    "low-battery": low_battery,
}


def walked(name: str) -> Frames:
    with at_a_board() as walker:
        WALKS[name](walker)
        return walker.frames
