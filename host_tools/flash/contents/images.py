"""The MicroPython that Soleus is flashed with: one version, one image for each chip, one checksum each.

MicroPython's download page gives the images but no checksums. People who downloaded the images computed
these: many for the ESP32, one for each of the other two. A checksum that doesn't match stops the flashing
before anything is written.
"""

from dataclasses import dataclass

MICROPYTHON_VERSION = "v1.28.0"
_FOLDER = "https://micropython.org/resources/firmware/"


@dataclass(frozen=True)
class Image:
    file_name: str
    sha256: str
    offset: int
    """Where the image begins in flash: an ESP32 keeps the first 4 KB to itself."""
    chip_id: int
    """The chip's number in the image's header, so that no chip gets another one's image."""
    esptool_chip: str
    machine_word: str
    """The chip's name in `sys.implementation`."""

    @property
    def url(self) -> str:
        return _FOLDER + self.file_name


IMAGES = {
    "esp32": Image(
        file_name="ESP32_GENERIC-20260406-v1.28.0.bin",
        sha256="cd7820d02c35d34dd403b44263129c6a511b350aea8446c229890753fe240784",
        offset=0x1000,
        chip_id=0,
        esptool_chip="esp32",
        machine_word="ESP32",
    ),
    "esp32-s3": Image(
        file_name="ESP32_GENERIC_S3-20260406-v1.28.0.bin",
        sha256="8c6039d40024cae3c6b04bb434f77901548f5487df9789af15548c54f9e11d7f",
        offset=0,
        chip_id=9,
        esptool_chip="esp32s3",
        machine_word="ESP32S3",
    ),
    "esp32-c3": Image(
        file_name="ESP32_GENERIC_C3-20260406-v1.28.0.bin",
        sha256="c749c22b6fe00cb8211a3b227ed6c0ce9babb518fd8f5a661f7496eb878fa895",
        offset=0,
        chip_id=5,
        esptool_chip="esp32c3",
        machine_word="ESP32C3",
    ),
}
