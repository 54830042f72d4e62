"""The pieces of a link that are a drawing: its strokes, or the one digit that the network sees."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np
import streamlit as st

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.numerics.packed_strokes import MOST_LETTERS, pack_strokes, unpack_strokes
from mnist_app.texts.user_error import UserError
from mnist_app.views.canvas import drawn_strokes, put_strokes
from mnist_app.views.links.piece import Piece
from mnist_app.views.training_probe import MY_DIGIT

SIZE = INPUT_SHAPE[:2]
BYTES = 4 * SIZE[0] * SIZE[1]
SHARED = "strokes_shared"  # in the session: the strokes of the last link


def _tell_strokes() -> str | None:
    """Return the drawing's strokes, and have the canvas draw anew exactly what the link holds."""
    strokes = drawn_strokes()
    if not strokes:
        return None
    packed = pack_strokes(strokes)
    # What was moved by hand, undone or drawn with a finger lies between the link's
    # 64ths of a pixel, or Fabric has rounded it: both sides shall see the same ink.
    if st.session_state.get(SHARED) != packed:
        st.session_state[SHARED] = packed
        put_strokes(unpack_strokes(packed))
    return packed


def _take_strokes(text: str) -> None:
    put_strokes(unpack_strokes(text))
    st.session_state[SHARED] = text


def pack_digit(digit: np.ndarray) -> str:
    """Return a digit, float32 (28, 28), as letters, digits, "-" and "_"; nothing is lost.

    The four bytes of a number stand apart, for the first ones are much alike.  A digit
    costs some 900 letters.
    """
    planes = np.ascontiguousarray(digit, "<f4").view(np.uint8).reshape(-1, 4).T
    return base64.urlsafe_b64encode(zlib.compress(planes.tobytes(), 9)).decode().rstrip("=")


def unpack_digit(text: str) -> np.ndarray:
    """Return the digit in a text of ``pack_digit``.

    Raises:
        UserError: it is none.
    """
    try:
        if len(text) > MOST_LETTERS:
            raise ValueError(len(text))
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        planes = np.frombuffer(unpacker.decompress(packed, BYTES + 1), np.uint8).reshape(4, -1)
        digit = np.ascontiguousarray(planes.T).view("<f4").reshape(SIZE).astype(np.float32)
        if not unpacker.eof or not np.all((digit >= 0) & (digit <= 1)):
            raise ValueError(text)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise UserError("error.digit_unreadable") from error
    return digit


def _tell_digit() -> str | None:
    digit = st.session_state.get(MY_DIGIT)
    return None if digit is None else pack_digit(digit)


def _take_digit(text: str) -> None:
    st.session_state[MY_DIGIT] = unpack_digit(text)


STROKES = Piece("strokes", _tell_strokes, _take_strokes)
DIGIT = Piece("digit", _tell_digit, _take_digit)
