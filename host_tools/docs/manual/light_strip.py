"""A walk on a board without a display, drawn as what one sees and hears: the lamp over time, and tones."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from host_tools.docs.manual.panel_walks import FOUR_YES, PRESS_MS, Walker, at_a_board, png

BOARD = "esp32-devkit"
PINS = ("red", "green", "blue")
COLOURS = ("#303030", "#e03020", "#30b040", "#e8c020", "#3070e0", "#c040c0", "#30c0c0", "#ffffff")
# In which a question's beeps and the rest after them have passed.
WHOLE_BEEP_MS = 4300
BUTTON_WORDS = {"start_stop": ">", "softer": "-", "louder": "+", "stop": "stop"}

ROW_MS = 15_000
PIXELS_A_S = 56
MARGIN, WORDS_PX, LAMP_PX, TONE_PX, GAP_PX = 8, 16, 22, 12, 12
PAPER, INK = "white", "#202020"


@dataclass
class Strip:
    """What was seen and heard: (ms, colour, is there a tone), and what was pressed and said when."""

    seen: list[tuple[int, int, bool]] = field(default_factory=list)
    pressed: list[tuple[int, str]] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)


class Listener:
    """Presses as a person would, and notes light and sound all the while."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.strip = walker, Strip()
        self.begun_ms = walker.board.now_ms

    def say(self, words: str) -> None:
        self.strip.said.append((self._now_ms(), words))

    def press(self, button: str, words: str, ms: int = WHOLE_BEEP_MS) -> None:
        """And what that led to, for so long."""
        self.strip.pressed.append((self._now_ms(), BUTTON_WORDS[button]))
        self.walker.board.press(button, PRESS_MS)
        self.say(words)
        self.listen(ms)

    def listen(self, ms: int) -> None:
        until_ms = self._now_ms() + ms
        self.until(lambda: self._now_ms() >= until_ms)

    def until(self, is_so: Callable[[], bool]) -> None:
        def look(_: object) -> bool:
            self._note()
            return is_so()

        self.walker.board.wait_until(look, 120.0)

    def _note(self) -> None:
        board = self.walker.board
        pins = board.hardware.wiring.pins
        led, buzzer = board.board.table["led"], board.board.table["buzzer"]
        colour = sum(int(pins.high_share(led[key]) > 0.5) << bit for bit, key in enumerate(PINS))
        self.strip.seen.append((self._now_ms(), colour, pins.high_share(buzzer["pin"]) > 0.1))

    def _now_ms(self) -> int:
        return self.walker.board.now_ms - self.begun_ms


def no_display() -> bytes:
    """Somebody's first session at such a board: questions, start, softer, stop, and what was left."""
    with at_a_board(BOARD) as walker:
        one = Listener(walker)
        one.say("ready")
        one.listen(1500)
        one.press("start_stop", "gently?", 1500)
        one.press("start_stop", "question 1")
        for number, button in enumerate(FOUR_YES, start=2):
            one.press(button, f"question {number}" if number <= len(FOUR_YES) else "all yes: start?")
        one.press("start_stop", "check, soft start", 6000)
        one.press("softer", "softer", 1500)
        one.press("stop", "stop", 1500)
        one.until(lambda: bool(walker.board.is_vented() and walker.state() == "done"))
        one.listen(1500)
        one.press("start_stop", "what is left?", 2000)
        one.press("softer", "not now", 2000)
        return png(drawn(one.strip))


def drawn(strip: Strip) -> Image.Image:
    """Rows of the same length, from left to right: what is pressed, the lamp, the tones, what it means."""
    end_ms = strip.seen[-1][0]
    rows = end_ms // ROW_MS + 1
    height = 2 * WORDS_PX + LAMP_PX + TONE_PX + GAP_PX
    width = ROW_MS * PIXELS_A_S // 1000
    picture = Image.new("RGB", (width + 2 * MARGIN, rows * height + 2 * MARGIN), PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(12)

    def at(ms: int) -> tuple[int, int]:
        return MARGIN + ms % ROW_MS * PIXELS_A_S // 1000, MARGIN + ms // ROW_MS * height

    for (ms, colour, is_tone), (until_ms, *_) in zip(strip.seen, strip.seen[1:], strict=False):
        left, top = at(ms)
        is_same_row = until_ms // ROW_MS == ms // ROW_MS
        right = at(until_ms)[0] if is_same_row else left
        lamp = top + WORDS_PX
        draw.rectangle((left, lamp, right, lamp + LAMP_PX - 1), COLOURS[colour])
        if is_tone:
            draw.rectangle((left, lamp + LAMP_PX + 2, right, lamp + LAMP_PX + TONE_PX - 3), INK)
    for ms, words in strip.pressed:
        left, top = at(ms)
        draw.text((left, top), words, INK, font)
    for ms, words in strip.said:
        left, top = at(ms)
        draw.text((left, top + WORDS_PX + LAMP_PX + TONE_PX), words, INK, font)
    return picture.quantize(16)
