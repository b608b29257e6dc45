"""Downloads."""

import urllib.error
import urllib.request

from host_tools.basics.errors import RefusalError

TIMEOUT_S = 30


def fetch(url: str, what: str, instead: str) -> bytes:
    """The bytes at a URL; without a network, an error of one line that says what to do instead."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            content: bytes = answer.read()
            return content
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        words = f"{what} could not be downloaded ({reason}); fetch it elsewhere and give it with {instead}"
        raise RefusalError(url, words) from None
