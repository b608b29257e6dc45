"""What a real MicroPython finds in a littlefs image that it mounts from memory, as a chip from its flash."""

import subprocess
import sys
from pathlib import Path

_INTERPRETER = [sys.executable, "-c", "import sys, micropython_unix; sys.exit(micropython_unix.main())"]
# For an image of several megabytes.
_HEAP = ["-X", "heapsize=32m"]

# The class is a block device; littlefs may read from it, but a mount must not write.
_MOUNT = """
import binascii, hashlib, os, sys
class Flash:
    def __init__(self, data, block_bytes):
        self.data, self.block_bytes = data, block_bytes
    def readblocks(self, block, buffer, offset=0):
        at = block * self.block_bytes + offset
        buffer[:] = self.data[at : at + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        raise OSError("written to")
    def ioctl(self, request, _):
        return {{4: len(self.data) // self.block_bytes, 5: self.block_bytes}}.get(request, 0)
def walk(folder):
    for entry in os.ilistdir(folder):
        path = folder + "/" + entry[0]
        if entry[1] & 0x4000:
            walk(path)
            continue
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        print(binascii.hexlify(digest).decode(), path[len("/flash/"):])
with open({file!r}, "rb") as file:
    image = memoryview(file.read())
os.mount(os.VfsLfs2(Flash(image, {block_bytes})), "/flash")
walk("/flash")
"""


def files_seen_by_micropython(image: bytes, block_bytes: int, folder: Path) -> dict[str, str]:
    """The SHA-256 of each file, by its path."""
    file = folder / "image.bin"
    file.write_bytes(image)
    code = _MOUNT.format(file=str(file), block_bytes=block_bytes)
    done = subprocess.run([*_INTERPRETER, *_HEAP, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split(" ", 1) for line in done.stdout.replace("\r", "").splitlines()]
    return {name: digest for digest, name in lines}
