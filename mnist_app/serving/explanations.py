"""Which pixels a network reads a digit from: four ways to ask, each a map of the image.

They need nothing but forward passes and the weights, so they work on every
network, whether finished or still learning.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnist_app.numerics.backward import ACTIVATIONS, BACKWARD, logit_gradient
from mnist_app.serving.network import CHUNK, Network, as_batch, probabilities
from mnist_app.texts.user_error import UserError

PATCH = 5  # pixels, each way, that occlusion rubs out; the explorer's own patch
# Standard deviation, where ink is 1. The paper finds 10 to 20 % best for photographs. Of 200
# test images with 0.15, convnet-80, which has seen clean paper only, reads 33 % as before, with
# 0.05 95 %, with 0.03 all of them: more, and the slopes would be those of another answer.
NOISE = 0.03
COPIES = 24  # with noise; from about 20 on, the paper's maps stay as they are
STEPS = 256  # from blank paper to the image: of 30 test images, 26 are then complete to 1 %, all to 2 %
SAME = 1e-5  # of its largest value: a map that differs by less differs by rounding


def occlusion(network: Network, image: np.ndarray, digit: int) -> np.ndarray:
    """Return how far a digit's probability falls without the patch around each pixel.

    Float32 (28, 28), -1 to 1; below 0 the probability rises.  Rubbing out blank
    paper changes nothing and is not tried.

    Args:
        network: what reads.
        image: float32 (28, 28), 0 to 1.
        digit: 0 to 9.

    Source: Zeiler and Fergus (2014), "Visualizing and understanding
    convolutional networks", section 4.2.
    """
    reach = PATCH // 2
    drops = np.zeros_like(image)
    inked = sliding_window_view(np.pad(image, reach) > 0, (PATCH, PATCH)).any((-2, -1))
    rows, columns = np.nonzero(inked)
    if not len(rows):
        return drops
    images = np.repeat(image[np.newaxis], len(rows), axis=0)
    for one, row, column in zip(images, rows, columns, strict=True):
        one[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] = 0
    whole = network.predict(image).probabilities[0, digit]
    drops[rows, columns] = whole - probabilities(network, images)[:, digit]
    return drops


def score_cam(network: Network, image: np.ndarray, digit: int, layer: str) -> tuple[np.ndarray, float]:
    """Return where the maps lie that speak for a digit, and the digit's highest probability under one.

    The map is float32 (28, 28), scaled so that its least value is 0 and its largest 1.
    Each of the layer's maps, enlarged and scaled to 0 to 1, masks the image; the
    digit's probability under the mask is the map's weight in their sum.  A map
    that is the same everywhere shows no place and is left out.

    Args:
        network: what reads.
        image: float32 (28, 28), 0 to 1.
        digit: 0 to 9.
        layer: the name of a layer with maps.

    Source: Wang et al. (2020), "Score-CAM: score-weighted visual explanations
    for convolutional neural networks"; the weights are probabilities, after the
    softmax, as in the authors' own program.
    """
    maps = enlarged(network.predict(image).activations[layer][0], (image.shape[0], image.shape[1]))
    low, high = maps.min((0, 1)), maps.max((0, 1))
    alive = high - low > SAME * np.abs(high)
    if not alive.any():
        return np.zeros_like(image), 0.0
    maps, low, high = maps[..., alive], low[alive], high[alive]
    masks = ((maps - low) / (high - low)).transpose(2, 0, 1)
    weights = probabilities(network, masks * image)[:, digit]
    total = np.maximum(maps @ weights, 0)
    spread = total.max() - total.min()
    return (total - total.min()) / (spread or 1), float(weights.max())


def saliency(network: Network, image: np.ndarray, digit: int) -> np.ndarray:
    """Return how a digit's logit changes with the ink of each pixel: its gradient, float32 (28, 28).

    Args:
        network: what reads.
        image: float32 (28, 28), 0 to 1.
        digit: 0 to 9.

    Raises:
        UserError: a layer's gradient is not known, or its weights cannot be read.

    Source: Simonyan, Vedaldi and Zisserman (2013), "Deep inside convolutional
    networks", section 3.  They show the magnitude; the sign stays here, since it
    tells ink that is missing from ink that is in the way.
    """
    gradient: np.ndarray = _gradients(network, image[np.newaxis], digit)[1][0]
    return gradient


def smooth_grad(network: Network, image: np.ndarray, digit: int) -> np.ndarray:
    """Return the mean saliency of noisy copies of an image, float32 (28, 28); the same at every call.

    Takes and raises what ``saliency`` does.

    Source: Smilkov et al. (2017), "SmoothGrad: removing noise by adding noise".
    """
    noise = np.random.default_rng(0).normal(0, NOISE, (COPIES, *image.shape)).astype(np.float32)
    mean: np.ndarray = _gradients(network, image + noise, digit)[1].mean(0)
    return mean


def integrated_gradients(network: Network, image: np.ndarray, digit: int) -> tuple[np.ndarray, float, float]:
    """Return each pixel's part in a digit's logit, and that logit of blank paper and of the image.

    The parts, float32 (28, 28), add up to the difference of the two logits, but
    for the error of taking finitely many steps ("completeness").

    Takes and raises what ``saliency`` does.

    Source: Sundararajan, Taly and Yan (2017), "Axiomatic attribution for deep
    networks", with the midpoint rule.
    """
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    path = np.concatenate([[0, 1], shares]).astype(np.float32)[:, np.newaxis, np.newaxis] * image
    logits, gradients = _gradients(network, path, digit)
    parts: np.ndarray = image * gradients[2:].mean(0)
    return parts, float(logits[0]), float(logits[1])


def enlarged(maps: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return maps of (height, width, channels) at another size, between their values bilinear."""
    down, across = (_weights(before, after) for before, after in zip(maps.shape, shape, strict=False))
    result: np.ndarray = np.einsum("ri,ijk,cj->rck", down, maps, across, optimize=True)
    return result


def _weights(before: int, after: int) -> np.ndarray:
    """Return how much each of ``before`` cells counts in each of ``after``, float32 (after, before)."""
    places = (np.arange(after) + 0.5) * before / after - 0.5  # of the new cells' centres among the old ones
    counts = [np.interp(places, np.arange(before), one) for one in np.eye(before)]
    return np.stack(counts, axis=1).astype(np.float32)


def _gradients(network: Network, images: np.ndarray, digit: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a digit's logits, (batch,), and their gradients, (batch, 28, 28), for images of that shape."""
    unknown = [
        layer.name
        for layer in network.layers
        if layer.class_name not in BACKWARD or layer.config.get("activation", "linear") not in ACTIVATIONS
    ]
    if unknown:
        raise UserError("error.no_gradient", layers=", ".join(unknown))
    weights = {layer.name: network.weights(layer.name) for layer in network.layers}
    batch = as_batch(images)
    parts = [
        logit_gradient(network.layers, weights, batch[n : n + CHUNK], digit)
        for n in range(0, len(batch), CHUNK)
    ]
    logits, gradients = (np.concatenate(each) for each in zip(*parts, strict=True))
    return logits, gradients[..., 0]
