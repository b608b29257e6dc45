"""What goes wrong on the board's side."""


class DeviceError(Exception):
    """The board stopped answering, or refused; what was done before stays as it is."""


class GoneError(DeviceError):
    """The port itself went away."""


class NoPromptError(DeviceError):
    """No MicroPython answered at all. Only then may the chip be erased."""
