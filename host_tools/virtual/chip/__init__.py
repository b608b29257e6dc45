"""The chip's modules, such as `machine`, for MicroPython's unix port. CPython never imports them."""
