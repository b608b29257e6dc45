"""A board that runs MicroPython: a few operations on its files, over its raw prompt."""

import ast
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from host_tools.flash.contents.archive import archive_blocks
from host_tools.flash.prompt.errors import DeviceError, NoPromptError
from host_tools.flash.prompt.line import REOPEN_TIMEOUT_S, Line
from host_tools.flash.prompt.on_board import HELPERS, RECEIVER
from host_tools.flash.prompt.raw_repl import ENTER_TIMEOUT_S, RawRepl
from soleus.store.files import NEW_SUFFIX

__all__ = ["About", "Device", "DeviceError"]

# Fits into the 260 bytes that MicroPython keeps of what is typed. The line has no other flow control.
WINDOW_BYTES = 256
SHORT_HASH_DIGITS = 12
# The names of so many files fit well into one request.
COPIES_AT_ONCE = 16
Say = Callable[[str], None]


@dataclass(frozen=True)
class About:
    platform: str
    version: str
    machine: str


class Device:
    """Connecting interrupts the application, which vents before it ends."""

    def __init__(
        self,
        port: str,
        soft_reset: bool = True,
        say: Say = lambda _: None,
        timeout_s: float = ENTER_TIMEOUT_S,
    ) -> None:
        self.port = port
        self._say = say
        say(f"opening {port} (up to {REOPEN_TIMEOUT_S:g} s)")
        self._line = Line(port)
        self._repl = RawRepl(self._line, say)
        self._can_receive = False
        try:
            self._repl.enter(timeout_s, soft_reset)
            self.run(HELPERS)
        except NoPromptError:
            self.close()
            raise
        except BaseException:
            # Its application may have been stopped by now.
            self.reset()
            raise

    def about(self) -> About:
        machine = "getattr(sys.implementation, '_machine', '')"
        said = self.run(f"import sys; print(repr((sys.platform, sys.version, {machine})))")
        platform, words, machine = self._value(said)
        version = words.partition("MicroPython ")[2].split(" ")[0]
        return About(platform, version, machine)

    def tree(self, folder: str) -> dict[str, str]:
        """The SHA-256 of every file below a folder."""
        return dict(self._value(line) for line in self.run(f"_tree({folder!r})").splitlines())

    def differing(self, slot: str, manifest_sha: str) -> list[str] | None:
        """The files of a slot that are not as its manifest says; None when the manifest itself isn't."""
        names: list[str] | None = self._value(self.run(f"_check({slot!r}, {manifest_sha!r})"))
        return names

    def brought(self, slot: str) -> dict[str, str]:
        """What a slot's own manifest says that it brought: names, and the first digits of each hash."""
        return dict(self._value(line) for line in self.run(f"_brought({slot!r})").splitlines())

    def state_files(self, slot: str, there: list[str]) -> list[str]:
        """Tables beside a slot's own files, which the application has written, but for those named."""
        names: list[str] = self._value(self.run(f"_state({slot!r}, {there!r})"))
        return names

    def entries(self, folder: str) -> list[tuple[str, bool]]:
        """What is in a folder, and whether each is a folder itself; nothing in a folder that isn't there."""
        code = f"print([(e[0], bool(e[1] & 0x4000)) for e in os.ilistdir({folder!r})])"
        said = self.run(f"try: {code}\nexcept OSError: print([])")
        found: list[tuple[str, bool]] = self._value(said)
        return sorted(found)

    def read_whole(self, path: str) -> bytes | None:
        """For files that are short enough for the board's heap in one piece."""
        said = self.run(
            f"try:\n with open({path!r}, 'rb') as f: print(repr(f.read()))\nexcept OSError: print(None)"
        )
        content: bytes | None = self._value(said)
        return content

    def free_bytes(self) -> int:
        return int(self.run("s = os.statvfs('/'); print(s[0] * s[3])"))

    def write(self, path: str, content: bytes) -> None:
        """For files that are short enough for one request."""
        self.run(f"_write({path!r}, {content!r})")

    def send(self, folder: str, files: Mapping[str, bytes], is_in_use: bool) -> int:
        """All the files in one compressed archive; the number of bytes that went over the line.

        In a folder that is in use each file is written beside the old one, read back and renamed.
        """
        if not self._can_receive:
            self.run(RECEIVER)
            self._can_receive = True
        blocks = archive_blocks(files)
        suffix = NEW_SUFFIX if is_in_use else ""
        lengths = [len(block) for block in blocks]
        self._repl.begin(f"_receive({folder!r}, {len(files)}, {suffix!r}, {WINDOW_BYTES}, {lengths})")
        sent, whole = 0, sum(lengths)
        for block in blocks:
            for at in range(0, len(block), WINDOW_BYTES):
                self._repl.wait_for(b"+", f"room for more of the archive, at byte {sent} of {whole}")
                window = block[at : at + WINDOW_BYTES]
                self._line.write(window)
                sent += len(window)
            self._say(f"sending the archive: {100 * sent // whole} % of {whole} bytes")
        self._repl.finish()
        return whole

    def copy(self, old: str, new: str, hashes: Mapping[str, str]) -> list[str]:
        """From folder to folder, on the board; returns what did not have the hash that it should have."""
        bad = []
        names = list(hashes)
        for at in range(0, len(names), COPIES_AT_ONCE):
            some = names[at : at + COPIES_AT_ONCE]
            self._say(f"copying unchanged files on the board: {at} of {len(names)}")
            copied = self._value(self.run(f"_copies({old + '/'!r}, {new + '/'!r}, {some!r})"))
            bad += [
                name
                for name, sha in zip(some, copied, strict=True)
                if sha != hashes[name][:SHORT_HASH_DIGITS]
            ]
        return bad

    def copy_one(self, old: str, new: str) -> bool:
        """Whether the copy was read back as the original."""
        return self.run(f"print(_copy({old!r}, {new!r}) == _sha({new!r}))") == "True"

    def rename(self, path: str, new_name: str) -> None:
        """In one step, replacing a file that has the new name: littlefs guarantees that."""
        folder, _, name = path.rpartition("/")
        self.run(f"_rename({folder or '/'!r}, {name!r}, {new_name!r})")

    def remove(self, path: str) -> None:
        self.run(f"os.remove({path!r})")

    def remove_folder(self, folder: str) -> None:
        self.run(f"_drop({folder!r})")

    def run(self, code: str) -> str:
        return self._repl.run(code)

    def reset(self) -> None:
        """Reset as the button on the board does, whatever it is doing; that ends the connection."""
        with contextlib.suppress(DeviceError):
            self._repl.reset()
        self.close()

    def close(self) -> None:
        self._line.close()

    def _value(self, said: str) -> Any:
        """What the board printed, as a value: garbage becomes a `DeviceError`."""
        try:
            return ast.literal_eval(said)
        except (ValueError, SyntaxError):
            raise DeviceError(f"{self.port}: the board's answer is garbled: {said[-60:]!r}") from None
