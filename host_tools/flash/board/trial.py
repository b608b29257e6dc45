"""Tries a new application on the board itself before it becomes the current one.

The core is imported from the new slot, and its validators check the board's description and every program.
Nothing that moves air is imported.
"""

from host_tools.flash.board.device import Device
from host_tools.flash.contents.application import Application
from host_tools.flash.prompt.errors import DeviceError

_TRIAL = """
import sys, json, os
def _forget():
    for name in [n for n in sys.modules if n == "soleus" or n.startswith("soleus.")]:
        del sys.modules[name]
_forget()
os.chdir({slot!r})
sys.path.insert(0, {slot!r})
try:
    from soleus.core.basics.boots_table import read_boots
    from soleus.core.program.fit import refuse_unfit
    from soleus.core.program.table import read_program
    with open("board.json") as f:
        boots = read_boots(json.load(f)["boots"])
    count = 0
    for name in os.listdir("programs"):
        with open("programs/" + name) as f:
            refuse_unfit(read_program(json.load(f)), boots)
        count += 1
    print("tried", count)
finally:
    sys.path.pop(0)
    os.chdir("/")
    _forget()
"""


def try_out(device: Device, app: Application) -> None:
    said = device.run(_TRIAL.format(slot=f"/{app.slot}"))
    if said.splitlines()[-1:] != [f"tried {app.programs}"]:
        raise DeviceError(f"the new application did not pass its trial: {said or 'no answer'}")
