"""For all tests."""

import signal

# A shell lets its background jobs ignore Ctrl-C; they would hand that on to every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
