"""What a wheel carries beside the two packages: the boards, and the firmware files that aren't a package."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = "host_tools/data"


class DataHook(BuildHookInterface):
    """An editable install finds these files in the checkout; see host_tools/basics/paths.py."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for path in [root / "boards", *(root / "firmware").iterdir()]:
            if path.name not in {"soleus", "__pycache__"}:
                build_data["force_include"][str(path)] = f"{DATA}/{path.relative_to(root).as_posix()}"
