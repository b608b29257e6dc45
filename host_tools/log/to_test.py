"""Makes a test case of a recording: what happened once in the field is tested from then on."""

import re
import shutil
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.log.log_file import Log
from host_tools.log.replay import Replay, replay
from soleus.log.folder import SUFFIX

_TEST = '''"""{about}

Made by `soleus log to-test`.
"""

from pathlib import Path

from host_tools.log.log_file import read_log
from host_tools.log.replay import replay

RECORDING = Path(__file__).with_name("{recording}")
TICKS = {ticks}


def test_{name}() -> None:
    replayed = replay(read_log(RECORDING))
    assert replayed.difference is None, str(replayed)
    assert replayed.ticks == TICKS
'''


def write_test(log: Log, folder: Path, name: str) -> tuple[Path | None, Replay]:
    """Write `test_NAME.py` and its recording to `folder`; nothing if this core replays it differently."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError("--name", "", name, "small letters, digits and _, such as calf_sensor_off")
    if not log.blocks:
        raise InputError(log.path, "", None, "a log with ticks at full rate, as a fault or a stop leaves it")
    replayed = replay(log)
    if replayed.difference:
        return None, replayed
    recording = folder / f"{name}{SUFFIX}"
    if recording.resolve() != log.path.resolve():
        shutil.copyfile(log.path, recording)
    ended = log.end.get("fault_name", log.ended_by) if log.end else log.ended_by
    about = f"Recorded on {log.header.get('board')}, soleus {log.versions}: {ended}."
    test = folder / f"test_{name}.py"
    test.write_text(_TEST.format(about=about, recording=recording.name, name=name, ticks=replayed.ticks))
    return test, replayed
