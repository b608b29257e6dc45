"""Runs the app; whatever ends it, the legs are vented before anything else happens."""

import gc

import machine

import boot

IMPORT_THRESHOLD_BYTES = 16 * 1024


def main() -> None:
    cause = None
    try:
        # From here on each step of the start feeds the watchdog, and later each good tick: a start that hangs
        # must not be kept alive by a timer.
        boot.stop_feeding()
        boot.WATCHDOG.feed()
        # Collecting now and then while modules are loaded keeps what stays close together, so that large
        # pieces remain free; more often, it would take a chip a second.
        gc.threshold(IMPORT_THRESHOLD_BYTES)
        # In two steps: while a module is loaded nothing else runs that could feed the watchdog.
        __import__("soleus.core.controller")
        boot.WATCHDOG.feed()
        from soleus import app

        app.run(boot)
    except BaseException as error:
        cause = error
    vent_surely()
    try:
        # What the app held is free only now.
        gc.collect()
        # Loaded only now: the app has the use of its 1 KB while it runs.
        from soleus.services import exit_report

        exit_report.leave(cause, boot.keep_log)
    except MemoryError:
        # Not even the reason can be said.
        machine.reset()


def vent_surely() -> None:
    """A second Ctrl-C must not come between the first one and the vents."""
    while True:
        try:
            return boot.stay_vented()
        except KeyboardInterrupt:
            pass


try:
    main()
except KeyboardInterrupt:
    # It has come again, perhaps on the way to the vents.
    vent_surely()
