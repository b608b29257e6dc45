"""Replaces one application by the next; at no moment could a mixture of both start.

Every application has a folder of its own, its slot, named by its content. The file `/current-app` says which
slot starts. A new application is written into a new slot, read back and tried; only then a rename of that one
small file makes it the current one. An interruption at any point leaves the old pointer or the new one, each
with a whole slot.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from host_tools.flash.board.chooser import CHOOSER, POINTER
from host_tools.flash.board.device import Device, DeviceError
from host_tools.flash.board.trial import try_out
from host_tools.flash.contents.application import MANIFEST, SLOT_PREFIX, Application
from soleus.store.files import NEW_SUFFIX

# littlefs rounds every file up to a block.
BLOCK_BYTES = 4096


@dataclass
class Plan:
    """What is on the board, and what has to be done about it."""

    slot: str
    old_slot: str
    send: list[str] = field(default_factory=list)
    copy: list[str] = field(default_factory=list)
    """Files that the old slot has already, byte for byte: copied on the board, not sent."""
    extra: list[str] = field(default_factory=list)
    """Files in an unfinished slot that don't belong there."""
    chooser: list[str] = field(default_factory=list)
    carry: list[str] = field(default_factory=list)
    """What the old application has written: settings, calibration, learned leads."""
    stale_slots: list[str] = field(default_factory=list)
    """Slots older than the current one. The current one stays until the next flashing, to go back to."""

    @property
    def is_switch(self) -> bool:
        return self.slot != self.old_slot

    @property
    def is_done(self) -> bool:
        return not (self.is_switch or self.send or self.copy or self.chooser)


def make_plan(device: Device, app: Application) -> Plan:
    """Only reads from the board."""
    pointer = device.read_whole(f"/{POINTER}")
    folders = device.folders()
    old_slot = pointer.decode("ascii", "replace") if pointer else ""
    if old_slot not in folders:
        old_slot = ""
    plan = Plan(app.slot, old_slot)
    slots = [folder for folder in folders if folder.startswith(SLOT_PREFIX)]
    plan.stale_slots = [slot for slot in slots if slot not in (app.slot, old_slot)]
    there = device.tree(f"/{app.slot}") if app.slot in slots else {}
    old = device.tree(f"/{old_slot}") if old_slot and plan.is_switch else {}
    wanted = {name: _sha256(content) for name, content in app.files.items()}
    missing = [name for name in wanted if there.get(name) != wanted[name]]
    plan.copy = [name for name in missing if old.get(name) == wanted[name]]
    plan.send = [name for name in missing if name not in plan.copy]
    if plan.is_switch:
        plan.extra = [name for name in there if name not in wanted]
        plan.carry = _state_files(device, old_slot, old)
    root = {name: device.read_whole(f"/{name}") for name in CHOOSER}
    plan.chooser = [name for name, content in CHOOSER.items() if root[name] != content]
    return plan


def carry_out(device: Device, app: Application, plan: Plan, say: Callable[[str], None]) -> None:
    """Until the last line but one, the old application stays the current one."""
    for slot in plan.stale_slots:
        device.remove_folder(f"/{slot}")
    _refuse_too_full(device, app, plan)
    _fill_slot(device, app, plan, say)
    _verify(device, app)
    say("tried on the board")
    try_out(device, app)
    _write_chooser(device, plan)
    if plan.is_switch:
        point_to(device, app.slot)


def point_to(device: Device, slot: str) -> None:
    """The one step that changes which application starts."""
    device.write(f"/{POINTER}{NEW_SUFFIX}", slot.encode())
    if device.read_whole(f"/{POINTER}{NEW_SUFFIX}") != slot.encode():
        raise DeviceError("the pointer file was not read back as it was written")
    device.rename(f"/{POINTER}{NEW_SUFFIX}", POINTER)


def _fill_slot(device: Device, app: Application, plan: Plan, say: Callable[[str], None]) -> None:
    for name in plan.extra:
        device.remove(f"/{app.slot}/{name}")
    for name in plan.copy:
        device.copy(f"/{plan.old_slot}/{name}", f"/{app.slot}/{name}")
    for name in plan.send:
        say(name)
        _write_beside(device, f"/{app.slot}/{name}", app.files[name])
    for name in plan.carry:
        device.copy(f"/{plan.old_slot}/{name}", f"/{app.slot}/{name}")


def _write_beside(device: Device, path: str, content: bytes) -> None:
    """The current slot, too, must stay whole while a damaged file in it is replaced."""
    device.write(path + NEW_SUFFIX, content)
    device.rename(path + NEW_SUFFIX, path.rpartition("/")[2])


def _verify(device: Device, app: Application) -> None:
    found = device.tree(f"/{app.slot}")
    for name, content in app.files.items():
        if found.get(name) != _sha256(content):
            raise DeviceError(f"/{app.slot}/{name} was not read back as it was written")


def _write_chooser(device: Device, plan: Plan) -> None:
    for name in plan.chooser:
        _write_beside(device, f"/{name}", CHOOSER[name])
        if device.read_whole(f"/{name}") != CHOOSER[name]:
            raise DeviceError(f"/{name} was not read back as it was written")


def _state_files(device: Device, old_slot: str, old: dict[str, str]) -> list[str]:
    """Never code: only tables that the old slot's own manifest doesn't list."""
    listed = device.manifest_names(f"/{old_slot}/{MANIFEST}") if old_slot else []
    return [name for name in old if name.endswith(".json") and name not in (*listed, MANIFEST)]


def _refuse_too_full(device: Device, app: Application, plan: Plan) -> None:
    needed = sum(_blocks(len(app.files[name])) for name in (*plan.send, *plan.copy)) * BLOCK_BYTES
    free = device.free_bytes()
    if needed > free:
        raise DeviceError(
            f"the board's flash has {free} bytes left; {needed} are needed beside the old application"
        )


def _blocks(size_bytes: int) -> int:
    return -(-size_bytes // BLOCK_BYTES) or 1


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
