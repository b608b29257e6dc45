"""Where the programs, boards, plants and firmware files are: in the checkout, or in an installed wheel."""

from pathlib import Path

import soleus

_PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = _PACKAGE.parent
_ROOT = CHECKOUT if (CHECKOUT / "firmware" / "programs").exists() else _PACKAGE / "data"

FIRMWARE = _ROOT / "firmware"
"""The files for the chip beside the package: `boot.py`, `main.py` and `programs/`."""

SOLEUS_PACKAGE = Path(soleus.__path__[0])
"""The firmware's package. A wheel holds it once, for the laptop to import and for the chip."""

PROGRAMS = FIRMWARE / "programs"
BOARDS = _ROOT / "boards"
PLANTS = _PACKAGE / "plants"

CORE_PACKAGE = SOLEUS_PACKAGE / "core"


def core_sources() -> list[Path]:
    """Every file of the core, in all its rooms: hashes, compilers and rules take the list from here."""
    return sorted(CORE_PACKAGE.rglob("*.py"))


def core_folders() -> list[str]:
    """The folders of the core by their names on a board, `soleus/core` first."""
    folders = sorted({source.parent for source in core_sources()})
    return [folder.relative_to(SOLEUS_PACKAGE.parent).as_posix() for folder in folders]
