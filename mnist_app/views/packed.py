"""Numbers on their way to the browser: as they are, and nothing encoded as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt


def packed(
    header: Mapping[str, object], arrays: Iterable[np.ndarray], dtype: npt.DTypeLike = np.float32
) -> bytes:
    """Return a header and arrays in one piece of bytes.

    A uint32 with the header's length, the header as JSON padded with spaces to
    a multiple of 4 bytes, then all values as ``dtype``; little-endian throughout.
    """
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    stored = np.dtype(dtype).newbyteorder("<")
    values = b"".join(np.asarray(array, stored).tobytes() for array in arrays)
    return len(text).to_bytes(4, "little") + text + values
