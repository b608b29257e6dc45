"""What the application remembers lies in `/data/state`, beside the slots: flashing doesn't touch it.

An older Soleus wrote it into its own slot. Its tables are copied out of there once; the old slot keeps its
own, so that one can go back to it.
"""

from host_tools.flash.board.device import Device
from host_tools.flash.prompt.errors import DeviceError
from soleus.store.files import NEW_SUFFIX, STATE_FOLDER


def state_to_carry(device: Device, old_slot: str) -> list[str]:
    """Tables that the old slot's manifest doesn't list, and that `/data/state` doesn't have yet."""
    there = [name for name, _ in device.entries(STATE_FOLDER)]
    return device.state_files(f"/{old_slot}", there)


def carry_state(device: Device, old_slot: str, names: list[str]) -> None:
    """Each is copied beside, then renamed: after a power cut it is there as a whole, or not at all."""
    for name in names:
        beside = f"{STATE_FOLDER}/{name}{NEW_SUFFIX}"
        if not device.copy_one(f"/{old_slot}/{name}", beside):
            raise DeviceError(f"{beside} was not read back as /{old_slot}/{name}")
        device.rename(beside, name)
