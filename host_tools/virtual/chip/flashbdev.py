# mypy: ignore-errors
"""The partition with the files, under the name that MicroPython's own start gives it."""

from esp32 import Partition

bdev = Partition.find(Partition.TYPE_DATA, label="vfs")[0]
