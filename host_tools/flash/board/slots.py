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
from host_tools.flash.board.device import SHORT_HASH_DIGITS, Device
from host_tools.flash.board.state import carry_state, state_to_carry
from host_tools.flash.board.trial import try_out
from host_tools.flash.contents.application import MANIFEST, SLOT_PREFIX, Application
from host_tools.flash.contents.filesystem import BLOCK_BYTES
from host_tools.flash.prompt.errors import DeviceError
from soleus.store.files import NEW_SUFFIX

# littlefs rounds every file up to a block, and a folder takes two.
FOLDER_BLOCKS = 2
Say = Callable[[str], None]


@dataclass
class Plan:
    """What is on the board, and what has to be done about it."""

    slot: str
    old_slot: str
    send: list[str] = field(default_factory=list)
    copy: list[str] = field(default_factory=list)
    """Files that the old slot says it has already, byte for byte: copied on the board, not sent."""
    extra: list[str] = field(default_factory=list)
    """Files in an unfinished slot that don't belong there."""
    chooser: list[str] = field(default_factory=list)
    carry: list[str] = field(default_factory=list)
    """What an older Soleus has written into its slot: settings, calibration, learned leads."""
    stale_slots: list[str] = field(default_factory=list)
    """Slots older than the current one. The current one stays until the next flashing, to go back to."""
    sent_bytes: int = 0
    """How much went over the line, compressed."""

    @property
    def is_switch(self) -> bool:
        return self.slot != self.old_slot

    @property
    def is_done(self) -> bool:
        return not (self.is_switch or self.send or self.copy or self.chooser)


def make_plan(device: Device, app: Application, say: Say = lambda _: None) -> Plan:
    """Only reads from the board."""
    say("reading what is on the board")
    pointer = device.read_whole(f"/{POINTER}")
    folders = [name for name, is_folder in device.entries("/") if is_folder]
    old_slot = pointer.decode("ascii", "replace") if pointer else ""
    if old_slot not in folders:
        old_slot = ""
    plan = Plan(app.slot, old_slot)
    slots = [folder for folder in folders if folder.startswith(SLOT_PREFIX)]
    plan.stale_slots = [slot for slot in slots if slot not in (app.slot, old_slot)]
    missing = _missing(device, app, plan) if app.slot in slots else list(app.files)
    old = device.brought(f"/{old_slot}") if old_slot and plan.is_switch else {}
    plan.copy = [name for name in missing if old.get(name) == _sha256(app.files[name])[:SHORT_HASH_DIGITS]]
    plan.send = [name for name in missing if name not in plan.copy]
    if old_slot and plan.is_switch:
        plan.carry = state_to_carry(device, old_slot)
    root = {name: device.read_whole(f"/{name}") for name in CHOOSER}
    plan.chooser = [name for name, content in CHOOSER.items() if root[name] != content]
    return plan


def carry_out(device: Device, app: Application, plan: Plan, say: Say) -> None:
    """Until the last line, the old application stays the current one."""
    for slot in plan.stale_slots:
        say(f"removing {slot}, which is older than the one before")
        device.remove_folder(f"/{slot}")
    _refuse_too_full(device, app, plan)
    _fill_slot(device, app, plan)
    if plan.send or plan.copy:
        say("reading all files back")
        _verify(device, app)
    say("trying the application on the board")
    try_out(device, app)
    _write_chooser(device, plan)
    carry_state(device, plan.old_slot, plan.carry)
    if plan.is_switch:
        point_to(device, app.slot)


def point_to(device: Device, slot: str) -> None:
    """The one step that changes which application starts."""
    device.write(f"/{POINTER}{NEW_SUFFIX}", slot.encode())
    if device.read_whole(f"/{POINTER}{NEW_SUFFIX}") != slot.encode():
        raise DeviceError("the pointer file was not read back as it was written")
    device.rename(f"/{POINTER}{NEW_SUFFIX}", POINTER)


def _missing(device: Device, app: Application, plan: Plan) -> list[str]:
    """What the slot lacks. All of it is read in one pass; the manifest's own hash stands for the list."""
    if not plan.is_switch:
        manifest_sha = _sha256(app.files[MANIFEST])
        differing = device.differing(f"/{app.slot}", manifest_sha)
        if differing is not None:
            return differing
    there = device.tree(f"/{app.slot}")
    if plan.is_switch:
        plan.extra = [name for name in there if name not in app.files]
    return [name for name, content in app.files.items() if there.get(name) != _sha256(content)]


def _fill_slot(device: Device, app: Application, plan: Plan) -> None:
    for name in plan.extra:
        device.remove(f"/{app.slot}/{name}")
    hashes = {name: _sha256(app.files[name]) for name in plan.copy}
    bad = device.copy(f"/{plan.old_slot}", f"/{app.slot}", hashes)
    plan.copy = [name for name in plan.copy if name not in bad]
    plan.send += bad
    if plan.send:
        files = {name: app.files[name] for name in plan.send}
        plan.sent_bytes = device.send(f"/{app.slot}", files, is_in_use=not plan.is_switch)


def _verify(device: Device, app: Application) -> None:
    differing = device.differing(f"/{app.slot}", _sha256(app.files[MANIFEST]))
    for name in [MANIFEST] if differing is None else differing:
        raise DeviceError(f"/{app.slot}/{name} was not read back as it was written")


def _write_chooser(device: Device, plan: Plan) -> None:
    for name in plan.chooser:
        device.write(f"/{name}{NEW_SUFFIX}", CHOOSER[name])
        if device.read_whole(f"/{name}{NEW_SUFFIX}") != CHOOSER[name]:
            raise DeviceError(f"/{name} was not read back as it was written")
        device.rename(f"/{name}{NEW_SUFFIX}", name)


def _refuse_too_full(device: Device, app: Application, plan: Plan) -> None:
    names = [*plan.send, *plan.copy]
    folders = {name.rpartition("/")[0] for name in names}
    blocks = sum(_blocks(len(app.files[name])) for name in names) + FOLDER_BLOCKS * len(folders)
    needed, free = blocks * BLOCK_BYTES, device.free_bytes()
    if needed > free:
        raise DeviceError(
            f"the board's flash has {free} bytes left; {needed} are needed beside the old application"
        )


def _blocks(size_bytes: int) -> int:
    return -(-size_bytes // BLOCK_BYTES) or 1


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
