"""Where Soleus keeps what it can fetch or compute again."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    return Path(os.environ.get("SOLEUS_CACHE_DIR") or platformdirs.user_cache_dir("soleus"))
