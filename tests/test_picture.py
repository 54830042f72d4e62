"""Pictures of any kind as ink: files, depths, transparency, photographs, damage."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnist_app.numerics.picture import (
    MAX_PIXELS,
    MAX_SIDE,
    ink_of,
    ink_of_canvas,
    read_darkness,
    read_picture,
)
from mnist_app.serving.reading import read
from mnist_app.texts.user_error import UserError
from tests.drawings import FIVE, ONE, SEVEN, THREE, canvas_image

DIGITS = {"1": ONE, "3": THREE, "5": FIVE, "7": SEVEN}
PEN = canvas_image(THREE)[..., 0]  # uint8, 255 where the pen was


def file_of(picture: Image.Image | np.ndarray, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(content, kind, **options)
    return content.getvalue()


def blend(paper: tuple[int, ...], pen: tuple[int, ...], ink: np.ndarray = PEN) -> np.ndarray:
    """Return a picture of the ink, uint8 (height, width, channels), in two colours."""
    share = ink[..., np.newaxis] / 255
    return np.rint(np.array(paper) * (1 - share) + np.array(pen) * share).astype(np.uint8)


def overlap(found: np.ndarray, true: np.ndarray) -> float:
    """Return the intersection over the union of two inks."""
    a, b = found >= 0.5, true >= 0.5
    return float((a & b).sum() / (a | b).sum())


def palette(paper: int | None) -> Image.Image:
    """Return the drawing as palette picture; ``paper`` is the transparent entry."""
    picture = Image.fromarray((PEN > 127).astype(np.uint8), "P")
    picture.putpalette([255, 255, 255, 20, 20, 20])
    if paper is not None:
        picture.info["transparency"] = paper
    return picture


def with_holes() -> np.ndarray:
    """Return a white-on-black picture whose corners are transparent."""
    rgba = canvas_image(THREE).copy()
    y, x = np.mgrid[0:280, 0:280] - 139.5
    rgba[x**2 + y**2 > 170**2] = (255, 255, 255, 0)
    return rgba


GREY = 255 - PEN
SAME_INK = {
    "white on black": file_of(PEN),
    "black on white": file_of(GREY),
    "grey on coloured paper": file_of(blend((240, 220, 160), (70, 70, 70))),
    "blue on pink": file_of(blend((255, 200, 210), (20, 30, 120))),
    "faint pencil": file_of(blend((250, 250, 250), (190, 190, 190))),
    "the canvas itself": file_of(canvas_image(THREE)),
    "black on transparent": file_of(np.dstack([PEN * 0, PEN * 0, PEN * 0, PEN])),
    "white on transparent": file_of(np.dstack([PEN * 0 + 255, PEN * 0 + 255, PEN * 0 + 255, PEN])),
    "red on transparent": file_of(np.dstack([PEN * 0 + 200, PEN * 0, PEN * 0, PEN])),
    "white on black with transparent corners": file_of(with_holes()),
    "grey and alpha": file_of(Image.fromarray(np.dstack([PEN * 0, PEN]), "LA")),
    "palette": file_of(palette(None)),
    "palette with transparent paper": file_of(palette(0), transparency=0),
    "grey with a transparent level": file_of(GREY, transparency=255),
    "colour with a transparent colour": file_of(
        blend((255, 255, 255), (0, 0, 0)), transparency=(255, 255, 255)
    ),
    "16 bits, black on white": file_of(65_535 - PEN.astype(np.uint16) * 257),
    "16 bits, white on black": file_of(PEN.astype(np.uint16) * 257),
    "16 bits, faint": file_of((40_000 - PEN.astype(np.uint16) * 100).astype(np.uint16)),
    "16 bits, TIFF": file_of(PEN.astype(np.uint16) * 257, "TIFF"),
    "32 bits of floats, TIFF": file_of(PEN.astype(np.float32) / 255, "TIFF"),
    "1 bit": file_of(Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE)),
    "JPEG": file_of(GREY, "JPEG", quality=40),
    "JPEG in CMYK": file_of(Image.fromarray(GREY).convert("CMYK"), "JPEG"),
    "WebP": file_of(Image.fromarray(GREY).convert("RGB"), "WEBP"),
    "GIF": file_of(GREY, "GIF"),
    "BMP": file_of(GREY, "BMP"),
    "TIFF": file_of(GREY, "TIFF", compression="tiff_lzw"),
    "PGM": file_of(GREY, "PPM"),
}


@pytest.mark.parametrize("content", SAME_INK.values(), ids=SAME_INK)
def test_the_same_drawing_is_the_same_ink_in_every_kind_of_picture(content, predictor):
    ink = read_picture(content)
    assert (ink.shape, ink.dtype) == (PEN.shape, np.float32)
    assert ink.min() >= 0
    assert ink.max() <= 1
    assert overlap(ink, PEN / 255) > 0.9
    assert np.abs(ink - PEN / 255).mean() < 0.02
    assert read(ink, predictor).number == "3"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_exif_says(orientation):
    # Turn the picture so that the viewer's turn brings it back.
    turns = Image.Transpose
    undo = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_90,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_270,
    }
    upright = Image.fromarray(GREY[:, 40:])
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    ink = read_picture(file_of(stored, "JPEG", exif=exif))
    assert ink.shape == (280, 240)
    assert overlap(ink, PEN[:, 40:] / 255) > 0.9


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
def test_a_drawing_on_nothing_may_fill_most_of_its_picture(colour):
    rgba = np.full((120, 60, 4), colour, np.uint8)
    rgba[..., 3] = 0
    rgba[5:115, 8:52, 3] = 255  # a thick 1, cut out closely
    assert overlap(read_picture(file_of(rgba)), rgba[..., 3] / 255) == 1


def test_the_canvas_is_its_own_ink():
    ink = ink_of_canvas(canvas_image(THREE))
    assert ink.dtype == np.float32
    np.testing.assert_allclose(ink, PEN / 255, atol=1e-6)


# ------------------------------------------------------------- photographs


def photograph(
    ink: np.ndarray, seed: int, *, paper=0.85, pen=0.25, slope=0.5, vignette=0.5, grain=0.02
) -> bytes:
    """Return a JPEG of ink on paper in uneven light.

    ``paper`` and ``pen`` are what they reflect; the light falls by ``slope``
    from one side to the other and by ``vignette`` towards the corners;
    ``grain`` is the camera's.
    """
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]].T / ink.shape[::-1] - 0.5).T
    angle = rng.uniform(0, 2 * np.pi)
    light = (1 - slope * (0.5 + np.cos(angle) * x + np.sin(angle) * y)) * (1 - vignette * 1.6 * (x**2 + y**2))
    grey = (paper * (1 - ink) + pen * ink) * light + rng.normal(0, grain, ink.shape)
    colour = np.clip(grey[..., np.newaxis] * (1, 0.96, 0.88), 0, 1)  # lamp light
    return file_of(np.rint(colour * 255).astype(np.uint8), "JPEG", quality=80)


LIGHTS = {
    "even light": {"slope": 0, "vignette": 0},
    "a little slope": {"slope": 0.1, "vignette": 0.1},
    "uneven light": {},
    "strongly uneven light": {"slope": 0.6, "vignette": 0.8},
    "grain": {"grain": 0.05},
    "pencil": {"pen": 0.55, "grain": 0.01},
    "pencil in strongly uneven light": {"pen": 0.5, "slope": 0.6, "vignette": 0.6, "grain": 0.01},
    "grey paper": {"paper": 0.5, "pen": 0.1},
    "chalk on a board": {"paper": 0.15, "pen": 0.8},
}


@pytest.mark.parametrize("light", LIGHTS.values(), ids=LIGHTS)
@pytest.mark.parametrize("digit", DIGITS)
def test_a_photograph_of_a_drawing_is_read_in_any_light(digit, light, predictor):
    true = canvas_image(DIGITS[digit])[..., 0] / 255
    for seed in range(3):  # three directions of the light
        ink = read_picture(photograph(true, seed, **light))
        assert overlap(ink, true) > 0.75
        assert read(ink, predictor).number == digit


def test_a_large_photograph_is_read_too(predictor):
    true = np.asarray(Image.fromarray(PEN).resize((2400, 2400))) / 255
    ink = read_picture(photograph(true, 1))
    assert max(ink.shape) <= MAX_SIDE
    small = np.asarray(Image.fromarray(PEN).resize(ink.shape[::-1])) / 255
    assert overlap(ink, small) > 0.9
    assert read(ink, predictor).number == "3"


@pytest.mark.parametrize(
    "light", [{}, LIGHTS["even light"], LIGHTS["a little slope"], {"grain": 0.0}], ids=str
)
@pytest.mark.parametrize("side", [28, 100, 400])
def test_a_photograph_of_blank_paper_is_blank(side, light, predictor):
    for seed in range(3):
        ink = read_picture(photograph(np.zeros((side, side)), seed, **light))
        assert read(ink, predictor).status == "blank"


# ------------------------------------------------------------- sizes


@pytest.mark.parametrize("colour", [0, 90, 255], ids=["black", "grey", "white"])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 5000), (280, 280)], ids=str)
def test_a_picture_of_one_colour_is_blank(size, colour, predictor):
    ink = read_picture(file_of(np.full(size, colour, np.uint8)))
    assert not ink.any()
    assert read(ink, predictor).status == "blank"


@pytest.mark.parametrize("alpha", [0, 1, 127, 128, 255])
def test_a_picture_of_one_pixel_is_blank_or_a_dot(alpha, predictor):
    ink = read_picture(file_of(np.array([[[0, 0, 0, alpha]]], np.uint8)))
    assert ink.shape == (1, 1)
    assert read(ink, predictor).status in ("blank", "dot")


def test_a_transparent_picture_with_nothing_on_it_is_blank():
    assert not read_picture(file_of(np.zeros((50, 50, 4), np.uint8))).any()


def test_one_pixel_that_is_not_quite_opaque_makes_no_ink():
    rgba = np.full((50, 50, 4), 255, np.uint8)
    rgba[20, 20, 3] = 250
    assert not read_picture(file_of(rgba)).any()


@pytest.mark.parametrize("size", [(1, 400), (400, 1), (2, 300), (3000, 2), (7, 7), (28, 28)], ids=str)
def test_a_picture_of_any_shape_is_ink_of_that_shape(size):
    ink = read_picture(file_of(np.random.default_rng(1).integers(0, 256, size, np.uint8)))
    assert ink.min() >= 0
    assert ink.max() <= 1
    assert max(ink.shape) == min(max(size), 1000)
    assert min(ink.shape) == (1 if size == (3000, 2) else min(size))


def test_an_mnist_image_is_its_own_ink(subset):
    images = subset[1].images[:50]
    for image in images:
        np.testing.assert_allclose(read_picture(file_of(image)), image / image.max(), atol=0.01)


def test_the_darkness_of_a_picture_keeps_all_its_shades():
    shades = np.tile(np.arange(0, 250, 10, dtype=np.uint8), (12, 1))
    darkness = read_darkness(file_of(shades))
    assert (darkness.dtype, darkness.shape) == (np.float32, shades.shape)
    np.testing.assert_allclose(darkness, 1 - shades / 255, atol=1e-6)


def test_what_is_transparent_is_not_dark():
    rgba = np.zeros((6, 8, 4), np.uint8)
    rgba[:, 4:, 3] = 255
    np.testing.assert_array_equal(read_darkness(file_of(rgba)), np.repeat([[0, 1]], 4, 1).repeat(6, 0))


def test_a_picture_of_50_megapixels_is_read(predictor):
    picture = Image.fromarray(GREY).resize((7_100, 7_100), Image.Resampling.NEAREST)
    content = file_of(picture, compress_level=1)
    assert 50_000_000 < picture.width * picture.height <= MAX_PIXELS
    ink = read_picture(content)
    assert max(ink.shape) <= MAX_SIDE
    assert read(ink, predictor).number == "3"


def test_a_large_jpeg_is_read(predictor):
    picture = Image.fromarray(GREY).resize((4_000, 3_000)).convert("RGB")
    ink = read_picture(file_of(picture, "JPEG"))
    assert max(ink.shape) <= MAX_SIDE
    assert ink.shape[1] / ink.shape[0] == pytest.approx(4 / 3, rel=0.01)
    assert read(ink, predictor).number == "3"


def test_more_than_64_megapixels_are_refused_with_their_size():
    with pytest.raises(UserError, match=r"8001 × 8000 pixels; at most 64 million"):
        read_picture(file_of(Image.new("1", (8_001, 8_000))))


def test_a_picture_that_claims_to_be_immense_is_refused():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    whole = file_of(np.zeros((1, 1), np.uint8))
    with pytest.raises(UserError, match="larger than 64 million"):
        read_picture(whole[:8] + chunk + whole[33:])


# ------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"PK\x03\x04" + bytes(100),
        b"GIF89a",
    ],
    ids=repr,
)
def test_what_is_no_picture_is_refused_by_a_sentence(content):
    with pytest.raises(UserError, match="not a picture"):
        read_picture(content)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "PPM"])
def test_a_picture_that_breaks_off_is_refused_by_a_sentence(kind, share):
    grain = np.random.default_rng(1).integers(0, 256, (200, 200), np.uint8)  # does not compress
    content = file_of(grain, kind)
    with pytest.raises(UserError) as caught:
        read_picture(content[: int(len(content) * share)])
    assert caught.value.key in ("error.picture_damaged", "error.not_a_picture")


@pytest.mark.filterwarnings("error")  # on the command line a warning would be a second line on stderr
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM"])
def test_whatever_is_damaged_is_refused_by_a_sentence_or_read(kind):
    rng = np.random.default_rng(1)
    exif = {"exif": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00"} if kind == "JPEG" else {}
    whole = file_of(Image.fromarray(GREY[::6, ::6]).convert("RGB"), kind, **exif)
    outcomes = set()
    for _ in range(150):
        content = bytearray(whole)
        for place in rng.integers(0, rng.choice([60, len(whole)]), rng.integers(1, 8)):
            content[place] = rng.integers(256)
        try:
            ink = read_picture(bytes(content))
        except UserError as error:
            outcomes.add(error.key)
        else:
            assert ((ink >= 0) & (ink <= 1)).all()
            outcomes.add("read")
    assert len(outcomes) > 1  # the damage was felt


def test_an_even_grey_picture_with_a_faint_speck_of_dirt_is_blank():
    grey = np.full((100, 100), 0.9, np.float32)
    grey[40:44, 50:54] = 0.82
    assert not ink_of(grey).any()


def test_a_file_that_is_a_program_is_not_opened():
    eps = io.BytesIO()
    Image.new("L", (30, 30)).save(eps, "EPS")
    with pytest.raises(UserError) as refused:
        read_picture(eps.getvalue())
    assert refused.value.key == "error.not_a_picture"
