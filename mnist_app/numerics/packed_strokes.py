"""Pen strokes as a short text, for an address."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mnist_app.texts.user_error import UserError

FINEST = 6  # as a power of two: 1/64 pixel, the unit in which Chromium lays out a page
MOST_LETTERS = 6_000  # an address with more of them is cut by many a program
MOST_STROKES, MOST_POINTS = 300, 6_000
FURTHEST = 2_000  # pixels from the canvas's corner: a pen may leave the canvas
WIDEST = 100  # pixels
MOST_BYTES = 10 * MOST_POINTS  # unpacked


@dataclass(frozen=True)
class PenStroke:
    """One stroke: where the pen was, in pixels from the upper left corner, and how wide it is."""

    points: tuple[tuple[float, float], ...]
    width: int
    erases: bool = False


def pack_strokes(strokes: Sequence[PenStroke]) -> str:
    """Return strokes as letters, digits, "-" and "_".

    Every point is written as its distance from the one before, in units of 1 down
    to 1/64 pixel: the coarsest in which all distances are whole numbers, else the
    finest.  A mouse moves by whole pixels, so nothing is lost; a finger loses at
    most 1/128 pixel.  Then deflate and base64.  A digit of one stroke and 40 points
    costs some 110 letters, a number of four digits some 400.

    Raises:
        UserError: there is more of it than an address can hold.
    """
    exact = [[(round(x * 2**FINEST), round(y * 2**FINEST)) for x, y in each.points] for each in strokes]
    distances = [
        [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(points)]
        for points in exact
    ]
    rest = FINEST
    while rest and any(x % 2**rest or y % 2**rest for each in distances for x, y in each):
        rest -= 1
    numbers = [rest, len(strokes)]
    for stroke, points, between in zip(strokes, exact, distances, strict=True):
        numbers += [stroke.width * 2 + stroke.erases, len(points), *map(_unsigned, points[0])]
        numbers += [_unsigned(value >> rest) for pair in between for value in pair]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(b"".join(map(_bytes, numbers))) + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(text) > MOST_LETTERS or len(strokes) > MOST_STROKES or sum(map(len, exact)) > MOST_POINTS:
        raise UserError("error.strokes_too_long")
    return text


def unpack_strokes(text: str) -> list[PenStroke]:
    """Return the strokes in a text of ``pack_strokes``.

    Raises:
        UserError: it is none, or holds more than can be.
    """
    if len(text) > MOST_LETTERS:
        raise UserError("error.strokes_too_long")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        content = unpacker.decompress(packed, MOST_BYTES)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError(text)
        return [*_strokes(_numbers(content))]
    except (binascii.Error, zlib.error, ValueError, StopIteration, RuntimeError) as error:
        raise UserError("error.strokes_unreadable") from error


def _strokes(numbers: Iterator[int]) -> Iterator[PenStroke]:
    """Yield the strokes that numbers stand for.

    Raises:
        ValueError: they stand for none.
        RuntimeError: there are too few of them.
    """
    rest, count = next(numbers), next(numbers)
    if rest > FINEST or count > MOST_STROKES:
        raise ValueError(rest, count)
    left = MOST_POINTS
    for _ in range(count):
        width, erases = divmod(next(numbers), 2)
        length = next(numbers)
        left -= length
        if not 1 <= width <= WIDEST or length < 1 or left < 0:
            raise ValueError(width, length)
        place = (_signed(next(numbers)), _signed(next(numbers)))
        places = [place]
        for _ in range(length - 1):
            place = (
                place[0] + (_signed(next(numbers)) << rest),
                place[1] + (_signed(next(numbers)) << rest),
            )
            places.append(place)
        points = tuple((x / 2**FINEST, y / 2**FINEST) for x, y in places)
        if any(abs(value) > FURTHEST for point in points for value in point):
            raise ValueError(points)
        yield PenStroke(points, width, bool(erases))
    if next(numbers, None) is not None:
        raise ValueError("more than the strokes")


def _unsigned(value: int) -> int:
    """Return 0, 1, 2, 3, 4 for 0, -1, 1, -2, 2: small numbers for small distances."""
    return 2 * value if value >= 0 else -2 * value - 1


def _signed(value: int) -> int:
    return value // 2 if value % 2 == 0 else -(value + 1) // 2


def _bytes(value: int) -> bytes:
    """Return a number seven bits a byte, the lowest first; the eighth bit says that more follow."""
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _numbers(content: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
        elif shift > 28:
            raise ValueError("a number is too large")
    if shift:
        raise ValueError("a number is cut off")
