"""What flashing runs on the board itself, as source: files are read, hashed and copied where they are."""

# On a chip the flash is mounted anew, with larger reads: looking for free blocks before the first write then
# takes a tenth of the reads, and never longer than the watchdog of the application that was interrupted.
# What counts is what the flash gives back, so hashes are computed there, over large reads: each read costs a
# chip as much as ten thousand instructions.
HELPERS = """
import os, binascii, hashlib
def _mount_for_large_reads():
    try: from flashbdev import bdev
    except ImportError: return
    import gc, vfs
    # A file that nobody holds any more is closed before what it belongs to goes.
    gc.collect()
    os.chdir("/")
    vfs.umount("/")
    try: vfs.mount(vfs.VfsLfs2(bdev, readsize=512, lookahead=64), "/")
    except OSError: vfs.mount(bdev, "/")
_mount_for_large_reads()
_room = bytearray(4096)
def _pieces(path):
    with open(path, "rb") as f:
        while True:
            n = f.readinto(_room)
            if not n: return
            yield memoryview(_room)[:n]
def _hex(h):
    return binascii.hexlify(h.digest()).decode()
def _sha(path):
    h = hashlib.sha256()
    try:
        for piece in _pieces(path): h.update(piece)
    except OSError:
        return ""
    return _hex(h)
def _walk(top, inside=""):
    for entry in os.ilistdir(top + inside):
        name = inside + "/" + entry[0]
        if entry[1] & 0x4000:
            for _ in _walk(top, name): yield _
        else:
            yield name
def _tree(top):
    for name in _walk(top):
        print(repr((name[1:], _sha(top + name))))
def _manifest(top):
    import json
    try:
        with open(top + "/manifest.json") as f: return json.load(f)["files"]
    except (OSError, ValueError, KeyError): return {}
def _check(top, manifest_sha):
    if _sha(top + "/manifest.json") != manifest_sha: return print(None)
    files = _manifest(top)
    print([n for n in files if _sha(top + "/" + n) != files[n]])
def _brought(top):
    for name, sha in _manifest(top).items():
        print(repr((name, sha[:12])))
def _state(top, there):
    brought = _manifest(top)
    print([e[0] for e in os.ilistdir(top) if e[0].endswith(".json") and not e[1] & 0x4000
        and e[0] != "manifest.json" and e[0] not in brought and e[0] not in there])
_made = set()
def _folders(path):
    parts = path.split("/")
    for k in range(2, len(parts)):
        folder = "/".join(parts[:k])
        if folder in _made: continue
        try: os.mkdir(folder)
        except OSError: pass
        _made.add(folder)
def _drop(path):
    try: entries = list(os.ilistdir(path))
    except OSError: return
    for entry in entries:
        name = path + "/" + entry[0]
        if entry[1] & 0x4000: _drop(name)
        else: os.remove(name)
    os.rmdir(path)
    _made.clear()
def _copy(old, new):
    _folders(new)
    h = hashlib.sha256()
    try:
        with open(new, "wb") as g:
            for piece in _pieces(old):
                g.write(piece)
                h.update(piece)
    except OSError:
        return ""
    return _hex(h)
def _copies(old, new, names):
    print([_copy(old + n, new + n)[:12] for n in names])
def _write(path, content):
    _folders(path)
    with open(path, "wb") as f: f.write(content)
def _sync():
    if hasattr(os, "sync"): os.sync()
def _rename(folder, old, new):
    # By their names alone: the unix port mixes two whole paths up.
    os.chdir(folder)
    try:
        _sync()
        os.rename(old, new)
        _sync()
    finally:
        os.chdir("/")
"""

# The board asks for each window with a plus sign, and reads all of it before it goes on: its flash is idle
# while bytes are on the line, and a window fits into MicroPython's buffer.
RECEIVER = """
import sys, struct, deflate, io
class _Archive:
    def __init__(self, window, lengths):
        self.window, self.lengths, self.block = window, iter(lengths), None
    def _next(self):
        coded = bytearray(next(self.lengths))
        view = memoryview(coded)
        for at in range(0, len(coded), self.window):
            end = min(at + self.window, len(coded))
            sys.stdout.write("+")
            while at < end:
                at += sys.stdin.buffer.readinto(view[at:end])
        packed = bytes(coded).replace(b"\\4\\2", b"\\3").replace(b"\\4\\1", b"\\4")
        self.block = deflate.DeflateIO(io.BytesIO(packed), deflate.RAW, 12)
    def fill(self, view):
        at = 0
        while at < len(view):
            n = self.block.readinto(view[at:]) if self.block else 0
            if n: at += n
            else: self._next()
        return view
def _receive(folder, count, suffix, window, lengths):
    archive = _Archive(window, lengths)
    for _ in range(count):
        name_size, size = struct.unpack("<BI", archive.fill(memoryview(bytearray(5))))
        sha = binascii.hexlify(archive.fill(memoryview(bytearray(32)))).decode()
        path = folder + "/" + bytes(archive.fill(memoryview(bytearray(name_size)))).decode()
        _folders(path)
        h = hashlib.sha256()
        with open(path + suffix, "wb") as f:
            while size:
                piece = archive.fill(memoryview(_room)[:min(size, len(_room))])
                f.write(piece)
                h.update(piece)
                size -= len(piece)
        if _hex(h) != sha: raise ValueError(path + " did not arrive as it was sent")
        if suffix:
            if _sha(path + suffix) != sha:
                raise ValueError(path + " was not read back as it was written")
            at, name = path.rsplit("/", 1)
            _rename(at, name + suffix, name)
"""
