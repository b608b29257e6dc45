"""Files as a littlefs image, such as MicroPython would have made it by itself."""

from collections.abc import Mapping

from littlefs import LittleFS

BLOCK_BYTES = 4096
# As MicroPython mounts it, so that files and folders lie on the flash as it would lay them.
READ_BYTES = 32
CACHE_BYTES = 4 * READ_BYTES
LOOKAHEAD_BYTES = 32
BLOCK_CYCLES = 100
# Understood by every MicroPython from 1.24 on.
DISK_VERSION = 0x0002_0000
# For reading: a newer MicroPython raises the version when it writes.
ANY_VERSION = 0
# Both must be written: littlefs would read an old one of another file system, too.
SUPERBLOCKS = 2
MAGIC, MAGIC_AT = b"littlefs", 8
# Writing a few empty blocks costs less than telling esptool of a further run.
BRIDGED_BYTES = 8 * BLOCK_BYTES
ERASED = b"\xff" * BLOCK_BYTES


def filesystem_image(files: Mapping[str, bytes], size_bytes: int) -> bytes:
    """A whole partition of this size; the same files give the same bytes."""
    fs = _unmounted(size_bytes, DISK_VERSION)
    fs.format()
    fs.mount()
    put_files(fs, files)
    fs.unmount()
    return bytes(fs.context.buffer)


def mounted(image: bytes) -> LittleFS:
    """The file system in a partition; a `LittleFSError` where there is none."""
    fs = _unmounted(len(image), ANY_VERSION)
    fs.context.buffer = bytearray(image)
    fs.mount()
    return fs


def put_files(fs: LittleFS, files: Mapping[str, bytes]) -> None:
    """Write these files beside those that are there."""
    for name, content in files.items():
        folder = name.rpartition("/")[0]
        if folder:
            fs.makedirs(folder, exist_ok=True)
        with fs.open(name, "wb") as file:
            file.write(content)


def _unmounted(size_bytes: int, disk_version: int) -> LittleFS:
    return LittleFS(
        block_size=BLOCK_BYTES,
        block_count=size_bytes // BLOCK_BYTES,
        read_size=READ_BYTES,
        prog_size=READ_BYTES,
        cache_size=CACHE_BYTES,
        lookahead_size=LOOKAHEAD_BYTES,
        block_cycles=BLOCK_CYCLES,
        disk_version=disk_version,
        mount=False,
    )


def has_superblock(first_blocks: bytes) -> bool:
    """Whether there is a littlefs in a partition that begins so."""
    places = range(MAGIC_AT, SUPERBLOCKS * BLOCK_BYTES, BLOCK_BYTES)
    return any(first_blocks[at : at + len(MAGIC)] == MAGIC for at in places)


def used_pieces(image: bytes) -> list[tuple[int, bytes]]:
    """The used blocks in a few runs, each with its offset; last the superblocks: without them none counts."""
    first = SUPERBLOCKS * BLOCK_BYTES
    runs: list[list[int]] = []
    for at in range(first, len(image), BLOCK_BYTES):
        end = at + BLOCK_BYTES
        if image[at:end] == ERASED:
            continue
        if runs and at - runs[-1][1] <= BRIDGED_BYTES:
            runs[-1][1] = end
        else:
            runs.append([at, end])
    return [*((at, image[at:end]) for at, end in runs), (0, image[:first])]
