"""Pictures of any kind as ink: how much pen there is at each pixel.

Ink is float32, shape (height, width), 0 (paper) to 1 (pen), whatever the
picture was: white on black, black on white, transparent, 16 bits deep, or a
photograph of paper in uneven light.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import scipy
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_app.texts.user_error import UserError

# Not all that Pillow opens: an EPS, say, is a program.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MAX_PIXELS = 64_000_000  # above it, decoding alone would take some 200 MB
MAX_SIDE = 1_024  # a digit needs 20 pixels; more than this only costs time
FLAT_SPREAD = 2 / 255  # grey levels this near to the commonest one are background
FLAT_SHARE = 0.4  # a picture with so much background is evenly lit
MIN_CONTRAST = 0.12  # fainter marks than this are dirt on the paper


def read_picture(content: bytes) -> np.ndarray:
    """Return the ink in a picture file: float32 (height, width), 0 to 1.

    The longer side of a large picture is reduced to at most ``MAX_SIDE``.

    Args:
        content: the file's bytes, in one of ``FORMATS``.

    Raises:
        UserError: the bytes are no picture, are damaged, or hold more than
            ``MAX_PIXELS`` pixels.
    """
    return ink_of(*_decoded(content))


def read_darkness(content: bytes) -> np.ndarray:
    """Return how dark a picture file is: float32 (height, width), 0 (white, transparent) to 1 (black).

    Unlike the ink this keeps all shades of a photograph, paper or not.  Size, arguments and
    errors are those of ``read_picture``.
    """
    grey, alpha = _decoded(content)
    return 1 - grey if alpha is None else (1 - grey) * alpha


def count_pixels(content: bytes) -> int:
    """Return how many pixels a picture file says that it has; none of them is decoded.

    Arguments and errors are those of ``read_picture``.
    """
    with _opened(content) as picture:
        return picture.width * picture.height


def _decoded(content: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    """Return a picture file's grey levels and opacity, as ``ink_of`` takes them."""
    with _opened(content) as picture:
        picture.draft("L", (MAX_SIDE, MAX_SIDE))  # JPEG can decode smaller at once
        return _grey_and_alpha(picture)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Open a picture file; whatever fails while it is read, here or inside, is a ``UserError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on what it could repair
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise UserError(
                        "error.picture_too_large", width=width, height=height, limit=MAX_PIXELS // 10**6
                    )
                yield picture
    except UserError:
        raise
    except Image.DecompressionBombError as error:
        raise UserError("error.picture_bomb", limit=MAX_PIXELS // 10**6) from error
    except UnidentifiedImageError as error:
        raise UserError("error.not_a_picture") from error
    except Exception as error:  # Pillow's decoders meet damaged files with a dozen kinds of them
        raise UserError("error.picture_damaged") from error


def ink_of_canvas(rgba: np.ndarray) -> np.ndarray:
    """Return the ink on the app's own canvas, white pen on opaque black.

    Args:
        rgba: uint8 (height, width, 4).
    """
    return np.asarray(rgba[..., 0] / np.float32(255), np.float32)


def ink_of(grey: np.ndarray, alpha: np.ndarray | None = None) -> np.ndarray:
    """Return the ink in a grey picture: float32 (height, width), 0 to 1.

    An even background is the commonest grey level, and ink is what differs
    from it.  An uneven one (a photograph) is estimated around each pixel, and
    ink is what is darker (or, on a blackboard, brighter) than it.

    Args:
        grey: float32 (height, width), 0 (black) to 1 (white).
        alpha: float32 (height, width), 0 (transparent) to 1 (opaque), or None.
    """
    if alpha is not None and alpha.min() < 0.5:
        solid = grey[alpha >= 0.5]
        if len(solid) < alpha.size / 2 or np.ptp(solid) < MIN_CONTRAST:
            return alpha.astype(np.float32)  # drawn on nothing: what is there at all is ink
        grey = grey * alpha + _commonest(solid) * (1 - alpha)  # a picture with holes
    background = _commonest(grey)
    if (np.abs(grey - background) <= FLAT_SPREAD).mean() < FLAT_SHARE:
        return _uneven(grey)
    ink = np.abs(grey - background)
    peak = float(ink.max())
    if peak < MIN_CONTRAST:
        return np.zeros_like(ink)
    if background not in (0, 1):  # scanned or compressed: take the grain off
        ink = np.clip(ink - FLAT_SPREAD, 0, None)
        peak -= FLAT_SPREAD
    return np.asarray(ink / np.float32(peak), np.float32)


def at_most(ink: np.ndarray, side: int) -> np.ndarray:
    """Return ink whose longer side is at most ``side`` pixels, each the mean of those it stands for."""
    factor = side / max(ink.shape)
    if factor >= 1:
        return ink
    height, width = (max(1, round(length * factor)) for length in ink.shape)
    picture = Image.fromarray(np.asarray(ink, np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(picture, np.float32)


def _commonest(grey: np.ndarray) -> np.float32:
    """Return the commonest of 256 grey levels, 0 to 1."""
    levels = np.bincount(np.rint(grey * 255).astype(int).ravel(), minlength=256)
    return np.float32(levels.argmax() / 255)


def _uneven(grey: np.ndarray) -> np.ndarray:
    """Return the ink in a photograph: float32 (height, width), 0 to 1."""
    grey = scipy.ndimage.median_filter(grey, 3)  # a camera's grain is single pixels
    # Seen coarsely, so that no stroke is wider than the neighbourhood.
    coarse = _reduce(grey, max(1, max(grey.shape) // 128))
    reach = max(3, max(coarse.shape) // 8)
    # What differs most from its surroundings is ink, however the light falls.
    detail = coarse - scipy.ndimage.gaussian_filter(coarse, reach / 2)
    if (detail**3).sum() > 0:
        grey, coarse = 1 - grey, 1 - coarse  # brighter than its surroundings: chalk on a board
    # The paper is the brightest there is around each pixel. The light goes on
    # falling beyond the border: with its slope kept, dark corners are paper too.
    margin = min(2 * reach, min(coarse.shape) - 1)
    wide = np.pad(coarse, margin, mode="reflect", reflect_type="odd").clip(0, coarse.max())
    paper = scipy.ndimage.gaussian_filter(scipy.ndimage.grey_closing(wide, size=(reach, reach)), reach / 2)
    paper = paper[margin : margin + coarse.shape[0], margin : margin + coarse.shape[1]]
    zoom = (grey.shape[0] / paper.shape[0], grey.shape[1] / paper.shape[1])
    paper = scipy.ndimage.zoom(paper, zoom, order=1, grid_mode=True, mode="nearest")
    darkness = np.clip(1 - grey / np.maximum(paper, 0.05), 0, 1)
    threshold = _otsu(darkness)
    marks = darkness > threshold
    if not marks.any() or darkness[marks].mean() - darkness[~marks].mean() < MIN_CONTRAST:
        return np.zeros_like(grey)
    full = float(np.percentile(darkness[marks], 75))
    soft = (darkness - threshold / 2) / max(full - threshold / 2, 1e-6)
    return np.asarray(np.clip(soft, 0, 1), np.float32)


def _otsu(values: np.ndarray) -> float:
    """Return the threshold that best parts the values in two classes.

    Method: Otsu 1979, "A threshold selection method from gray-level
    histograms": the largest variance between the classes.
    """
    counts, edges = np.histogram(values, bins=256, range=(0, 1))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(centres[np.nanargmax(between)])


def _reduce(values: np.ndarray, factor: int) -> np.ndarray:
    picture = Image.fromarray(values).reduce(factor)
    return np.asarray(picture, np.float32)


def _grey_and_alpha(picture: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    picture = ImageOps.exif_transpose(picture)
    factor = -(-max(picture.size) // MAX_SIDE)
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 or 32 bits
        # A float picture may hold what is no number, or infinite.
        deep = np.nan_to_num(np.asarray(picture, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        top = 65_535 if picture.mode.startswith("I") and deep.max() > 255 else max(float(deep.max()), 1.0)
        return _reduce(np.clip(deep / np.float32(top), 0, 1), factor), None
    alpha = None
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = _bytes(picture.getchannel("A"), factor)
    return _bytes(picture.convert("L"), factor), alpha


def _bytes(picture: Image.Image, factor: int) -> np.ndarray:
    reduced = picture.reduce(factor) if factor > 1 else picture
    return np.asarray(reduced, np.float32) / np.float32(255)
