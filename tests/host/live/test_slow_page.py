"""A page that takes nothing costs nothing: what waits for it is merged, and never grows."""

import asyncio
import json
import tracemalloc

from host_tools.live.frames.history import ROWS_MOST, History
from host_tools.live.frames.update import EVENTS_MOST, FRAMES_MOST, LaneUpdate, Update
from host_tools.live.server.viewers import Viewer, Viewers
from tests.host.live.fake_source import frame_at


def update_at(at_ms: int, text: str = "") -> Update:
    events = ({"at_ms": at_ms, "kind": "act", "text": text, "help": ""},) if text else ()
    return Update((LaneUpdate((frame_at(at_ms),), events, None, None, "", 0.0, "1"),))  # type: ignore[arg-type]  # a table


def test_a_page_that_waits_gets_the_newest_frames_and_every_event() -> None:
    async def scenario() -> None:
        viewer = Viewer()
        assert await viewer.next() is None
        for k in range(10_000):
            viewer.offer(update_at(k, "pause" if k % 1000 == 0 else ""))
        update = await viewer.next()
        assert update is not None
        (lane,) = update.lanes
        assert [frame["at_ms"] for frame in lane.frames] == list(range(10_000 - FRAMES_MOST, 10_000))
        assert len(lane.events) == 10
        assert len(update.text) < 20_000

    asyncio.run(scenario())


def test_events_do_not_grow_without_end() -> None:
    whole = update_at(0, "a")
    for k in range(3 * EVENTS_MOST):
        whole = whole.then(update_at(k, str(k)))
    assert len(whole.lanes[0].events) == EVENTS_MOST


def test_a_new_session_reaches_every_page_as_a_beginning() -> None:
    async def scenario() -> None:
        viewers = Viewers()
        viewer = viewers.enter()
        assert viewer is not None
        await viewer.next()
        viewers.offer(update_at(50))
        viewers.begin_anew()
        assert await viewer.next() is None
        viewers.offer(update_at(100))
        update = await viewer.next()
        assert update is not None
        assert json.loads(update.text)["lanes"][0]["frames"][0]["at_ms"] == 100
        viewers.leave(viewer)
        assert len(viewers) == 0

    asyncio.run(scenario())


def test_a_history_of_hours_stays_small_and_keeps_both_ends() -> None:
    history = History()
    for k in range(2 * ROWS_MOST):
        history.add(frame_at(50 * k))
    lines = history.lines(0, 10**9, 400)
    assert len(lines["at_ms"]) <= 400
    assert lines["at_ms"][-1] == 50 * (2 * ROWS_MOST - 1)
    assert lines["at_ms"][0] < 50 * 2 * ROWS_MOST / 30
    assert lines["at_ms"] == sorted(lines["at_ms"])
    latest = history.lines(50 * (2 * ROWS_MOST - 100), 10**9, 1000)["at_ms"]
    assert len(latest) == 100


def test_a_history_of_half_an_hour_takes_no_more_than_ten_megabytes() -> None:
    history = History()
    frame = frame_at(0)
    tracemalloc.start()
    try:
        for k in range(ROWS_MOST):
            # A frame's numbers are its own: nothing is shared with the one before.
            pressure = [float(10 * k + chamber) for chamber in range(10)]
            wanted = [mmhg + 0.1 for mmhg in pressure]
            history.add({**frame, "at_ms": 50 * k, "pressure_mmhg": pressure, "wanted_mmhg": wanted})
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_bytes < 10_000_000
    latest = history.lines(50 * (ROWS_MOST - 1), 10**9, 400)
    assert latest["pressure_mmhg"] == [[10.0 * (ROWS_MOST - 1) + chamber for chamber in range(10)]]
    assert latest["wanted_mmhg"] == [[x + 0.1 for x in latest["pressure_mmhg"][0]]]


def test_there_is_no_line_where_nothing_happened() -> None:
    assert History().lines(0, 1000, 10)["at_ms"] == []
