"""What must be true in every tick, whatever was read and pressed before it."""

from __future__ import annotations

from dataclasses import dataclass

from host_tools.verify.explore.machine import Machine
from soleus.core.basics import faults
from soleus.core.basics.signals import BUTTON_CLEAR, BUTTON_STOP
from soleus.core.regulate.doses import BACKFLOW_SEEN_PA
from soleus.core.regulate.regulation import DOSE
from soleus.core.session.session import CHECKING, FAULT, IDLE, RUNNING, STATE_NAMES, VENTING


@dataclass(frozen=True)
class Before:
    """What the laws need to know of the state before the tick."""

    state: int
    code: int
    keep_bits: int
    once_reached_bits: int
    fill_bits: int
    is_pump_on: bool

    @staticmethod
    def of(machine: Machine) -> Before:
        controller = machine.controller
        commands = controller.commands
        return Before(
            controller.session.state,
            controller.latch.code,
            controller.sequencer.keep_bits,
            machine.once_reached_bits,
            commands.fill_bits,
            commands.pump_permille > 0,
        )


def broken_law(before: Before, machine: Machine, is_sequential: bool) -> str:
    """The first law that this tick broke, in words; empty if none."""
    return (
        _energy(machine)
        or _valves(before, machine)
        or _stop(before, machine)
        or _latch(before, machine)
        or (_order(before, machine) if is_sequential else "")
    )


def _energy(machine: Machine) -> str:
    controller = machine.controller
    if not machine.has_guarded:
        return "a tick without a look of the guards"
    if not _is_energised(machine):
        return ""
    if controller.latch.code != faults.NONE:
        return "energy with a latched fault"
    if controller.session.state not in (CHECKING, RUNNING, VENTING):
        return f"energy while {STATE_NAMES[controller.session.state]}"
    return ""


def _valves(before: Before, machine: Machine) -> str:
    controller, commands = machine.controller, machine.controller.commands
    if controller.interlock.refused_count:
        return "an illegal wish, which the interlock had to catch"
    if commands.pump_permille and not commands.fill_bits:
        return "the pump runs against closed valves"
    is_handed_over = commands.fill_bits & before.fill_bits
    if commands.pump_permille and before.is_pump_on and not is_handed_over and not _rises_far(machine):
        return "the running pump was handed over without an overlap"
    if controller.boots.is_three_way:
        return "a vent valve that isn't there" if commands.seal_bits else ""
    is_blown_through = commands.pump_permille and commands.fill_bits & ~commands.seal_bits
    return "a chamber is filled and vented at once" if is_blown_through else ""


def _rises_far(machine: Machine) -> bool:
    """A dose to a chamber far above the others needs no overlap: the manifold has room for the air."""
    regulator, fill_bits = machine.controller.regulator, machine.controller.commands.fill_bits
    if machine.controller.boots.is_three_way:
        return False
    return any(
        fill_bits >> index & 1 and phase == DOSE and regulator.doses.above_pa[index] >= BACKFLOW_SEEN_PA
        for index, phase in enumerate(regulator.phase)
    )


def _stop(before: Before, machine: Machine) -> str:
    """All vent in the same tick. A peek at chambers that were open for long puts no pressure on a leg.

    What the rotor still brings leaves through a chamber that was filled: one with its vent open or, where a
    valve can't be joined and open, one alone.
    """
    if not machine.buttons.pressed & BUTTON_STOP:
        return ""
    state, commands = machine.controller.session.state, machine.controller.commands
    if state in (CHECKING, RUNNING):
        return "stop, and the session goes on"
    if commands.pump_permille:
        return "stop, and the pump runs"
    closed_bits = commands.seal_bits
    if machine.controller.boots.is_three_way:
        kept_bits = commands.fill_bits & before.keep_bits
        closed_bits = kept_bits & (kept_bits - 1)
    if before.keep_bits and closed_bits:
        return "stop, and a chamber that was kept isn't open"
    return ""


def _latch(before: Before, machine: Machine) -> str:
    controller = machine.controller
    state, code = controller.session.state, controller.latch.code
    if code != faults.NONE and (state != FAULT or _is_energised(machine) or controller.commands.gate_on):
        return "a latched fault, and the machine isn't in its safe state"
    if before.code == faults.NONE or code == before.code:
        return ""
    if code != faults.NONE:
        return "a later fault took the place of the first"
    if not machine.buttons.pressed & BUTTON_CLEAR or state != IDLE:
        return "a latched fault ended without a person"
    return ""


def _order(before: Before, machine: Machine) -> str:
    """A chamber is kept only if all below it are, and begins only when those have had their pressure."""
    controller = machine.controller
    if controller.session.is_winding_down():
        # The sequence stands still.
        return ""
    keep_bits = controller.sequencer.keep_bits
    below_bits = controller.boots.all_bits & ~controller.sequencer.rested_bits
    for index in range(controller.boots.count):
        bit = 1 << index
        distal_bits = below_bits & (bit - 1)
        if not keep_bits & bit:
            continue
        if distal_bits & ~keep_bits:
            return "a proximal chamber is kept, and a distal one isn't"
        if not before.keep_bits & bit and distal_bits & ~before.once_reached_bits:
            return "a proximal chamber begins before the distal one has its pressure"
    return ""


def _is_energised(machine: Machine) -> bool:
    commands = machine.controller.commands
    return bool(commands.fill_bits or commands.seal_bits or commands.pump_permille)
