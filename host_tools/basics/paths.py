"""Where the programs, boards, plants and firmware files are: in the checkout, or in an installed wheel."""

from pathlib import Path

import soleus

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent
_ROOT = _CHECKOUT if (_CHECKOUT / "firmware" / "programs").exists() else _PACKAGE / "data"

FIRMWARE = _ROOT / "firmware"
"""What goes on the chip beside the package: `boot.py`, `main.py` and `programs/`."""

SOLEUS_PACKAGE = Path(soleus.__path__[0])
"""The firmware's package. A wheel holds it once, for the laptop to import and for the chip."""

PROGRAMS = FIRMWARE / "programs"
BOARDS = _ROOT / "boards"
PLANTS = _PACKAGE / "plants"
