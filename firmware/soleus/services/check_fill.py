"""The check fill on a board, and what is said of it. Loaded at rest, before it begins and when it is over."""

from soleus.basics.annotations import Any
from soleus.core.basics.boots import LEGS
from soleus.core.session.session import COMPLETED
from soleus.store.files import encode

# By the codes of `core/check_fill/findings.py`: what to do about it, whole on a display. Then of a leg, and
# the sizes of legs in one text: a chip keeps short ones for good.
_TEXTS = (
    "{}: fits",
    "{}: no air stays. Push its hose on.",
    "{}: open. Close its zip, look at its seam.",
    "{}: the hose is kinked. Lay it straight.",
    "{}: its hose is swapped with that of {}.",
    "{}: no leg felt. Is the boot on?",
    "legs: |unknown|large|average|small",
)
_KINDS = ("core.sealed_fill", "core.alone_fill")
# Without a hose, or open, a chamber stays empty, and that harms nobody.
_HARMLESS_MOST = 2
_NO_LEG = 5
_STOP_INDEX = 1
_SIZES = 6
# Whoever has looked and tried again may know better.
_TRIES = 2
# How much air lies between leg and boot, mL of a chamber of five [G].
_LARGE_MOST_ML = 450
_AVERAGE_MOST_ML = 650
# As in `panel/front.py` and `panel/table.py`.
_CHECK = 5
_MEND = 17
_UNSURE = 18
_FITS = 19


def begin(front: Any, is_led_by_link: bool) -> None:
    """The check takes the place of a bench's service. It is loaded once all of this has gone.

    Nothing of it is recorded tick by tick: the log of the session that follows tells of it.
    """
    app = front.app
    kept = front.kept
    boots = app.controller.boots
    is_alone = boots.is_three_way or boots.has_manifold_sensor_only
    kept["service"] = app.controller.service
    kept["led"] = is_led_by_link
    kept["before"] = kept.get("check_fill")
    # It is under way.
    kept["check_fill"] = {}
    ring = app.recorder.ring
    ring.is_still, ring.must_restart = True, False
    # After a loss of power nothing is left of it.
    app.store.note = encode({})
    app.requests.is_led_by_link = is_led_by_link
    front.close()
    kept["taps"] = taps_of(app)
    front.wish = (_CHECK, _KINDS[int(is_alone)])


def end(front: Any) -> bool:
    """True when the session may begin by itself: the boots fit, and nobody has pressed anything."""
    app = front.app
    kept = front.kept
    controller = app.controller
    check = controller.service
    controller.service = kept.pop("service")
    app.recorder.ring.restart()
    app.recorder.header = b""
    before = kept.pop("before") or {}
    taps_count = kept.pop("taps")
    kept["check_fill"] = None
    was_loaded = check is not controller.service
    if controller.latch.code or controller.session.ended_by != COMPLETED or not was_loaded:
        return False
    kept["check_fill"] = fit = as_table(check.findings)
    kept["lines"] = lines_of(fit, controller.boots.names)
    is_same = fit["found"] == before.get("found")
    fit["count"] = before["count"] + 1 if is_same else 1
    if fit["found"] or fit["no_leg_bits"]:
        kept["place"] = _UNSURE if _may_go_on(fit) else _MEND
        return False
    if taps_of(app) != taps_count:
        kept["place"] = _FITS
        return False
    # Until it has begun.
    kept["taps"] = taps_count
    return True


def taps_of(app: Any) -> int:
    """Goes up with every press at the machine, and every stop over the link."""
    taps_count = app.presses.taps_count if app.presses else 0
    return taps_count + app.tick.asked_count[_STOP_INDEX]


def as_table(findings: Any) -> dict:
    """As it is kept, told over the link, and written into the log of the session that follows."""
    codes = findings.found
    return {
        "found": [[i, codes[i], findings.other_index[i]] for i in range(len(codes)) if codes[i]],
        "no_leg_bits": findings.no_leg_bits,
        "room_ml": list(findings.room_ml),
    }


def _may_go_on(fit: dict) -> bool:
    """No leg felt is a guess. What is named twice may be wrong, and is left out where it harms nobody."""
    is_harmless = all(code <= _HARMLESS_MOST for _, code, _ in fit["found"])
    return is_harmless and (not fit["found"] or fit["count"] >= _TRIES)


def lines_of(fit: dict, names: list) -> list:
    """One for each chamber and leg that doesn't fit; the size of the legs where all do."""
    said = [_TEXTS[code].format(names[i], names[other]) for i, code, other in fit["found"]]
    rooms = fit["room_ml"]
    said += [_TEXTS[_NO_LEG].format(LEGS[leg]) for leg in range(len(rooms)) if fit["no_leg_bits"] >> leg & 1]
    return said or [_TEXTS[_SIZES].split("|")[0] + ", ".join([_size_word(ml) for ml in rooms])]


def _size_word(room_ml: int) -> str:
    size = 0 if room_ml == 0 else 1 if room_ml <= _LARGE_MOST_ML else 2 if room_ml <= _AVERAGE_MOST_ML else 3
    return _TEXTS[_SIZES].split("|")[1 + size]
