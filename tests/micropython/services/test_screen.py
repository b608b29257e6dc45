"""What the display says, in two real MicroPythons."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.micropython.interpreters.run import INTERPRETERS
from tests.micropython.services.test_services import boots

SCRIPT = Path(__file__).with_name("check_screen.py")


@pytest.mark.parametrize("run", INTERPRETERS)
def test_the_display_says_what_is_seen_and_what_to_do(run: Callable[..., str]) -> None:
    said = run(SCRIPT, files={"boots.json": json.dumps(boots()).encode()}, heap_bytes=1 << 20)
    shown = dict(json.loads(line) for line in said.splitlines())
    heads = {name: pages[0][0] for name, pages in shown.items()}
    # VENTED only when every chamber was seen, and only after the time that a vent may take.
    assert heads["vented"] == "E41 VENTED"
    assert heads["venting"] == "E41 venting"
    assert heads["unseen"] == "E14 NOT SEEN"
    assert heads["contradicted"] == "E17 NOT SEEN"
    assert heads["one sensor"] == "E41 NOT SEEN"
    assert heads["one sensor, not emptied"] == "E31 PRESSED"
    # Every chamber in its turn.
    assert [page[1:4] for page in shown["pressed"][:2]] == [
        ["left.thigh", "still pressed:", "open the boot"],
        ["left.calf", "still pressed:", "open the boot"],
    ]
    assert shown["unseen"][0][1:4] == ["left.thigh", "not seen. Tight?", "open the boot"]
    assert {page[1] for page in shown["one sensor"]} == {"left.foot", "left.calf", "left.knee", "left.thigh"}
    # What happened, what to look at, how to clear it: on some page.
    for name in ("vented", "pressed", "unseen", "one sensor"):
        told = " ".join(" ".join(page[1:]) for page in shown[name])
        for word in ("Look at", "plug.", "hold", "start/stop", "3 s."):
            assert word in told, told
    assert shown["long name"][-3:] == ["hamstring-", "recovery", "-soft +firm >end"]
    assert shown["short name"][-2:] == ["pre-run", "-soft +firm >end"]
    assert shown["done"][0] == "done"
    # The last line says what the buttons do now.
    assert shown["by turns"][-1] == "hold >: pause"
    assert (shown["soft start"][0], shown["soft start"][-1]) == ("soft start", "-soft >end")
    assert shown["asleep"][-1] == "Awake? Press any"
    assert shown["paused"][-1] == "-soft >go on"
    assert shown["checking"][-1] == "-soft >end"
    assert shown["done, but not quite"][0] == "emptying"
