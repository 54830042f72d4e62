"""Occlusion, Score-CAM, saliency and integrated gradients, for finished and learning networks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from benchmarks.explorer import random_network
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.preprocess import prepare
from mnist_app.serving import explanations
from mnist_app.serving.explanations import (
    enlarged,
    integrated_gradients,
    occlusion,
    saliency,
    score_cam,
    smooth_grad,
)
from mnist_app.serving.model_folders import SHIPPED
from mnist_app.serving.network import Network
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.training.live import SnapshotNetwork
from tests.drawings import THREE, canvas_image
from tests.small_models import TUTORIALS

BLANK = np.zeros((28, 28), np.float32)


@pytest.fixture(scope="module")
def three() -> np.ndarray:
    """A drawn 3 as a network sees it."""
    return prepare(canvas_image(THREE)[..., 0] / np.float32(255)).digit


@pytest.fixture(params=["finished", "learning"])
def network(request, predictor) -> Network:
    """The default network, in LiteRT and in NumPy."""
    if request.param == "finished":
        return predictor
    return SnapshotNetwork(
        predictor.layers, {card.name: predictor.weights(card.name) for card in predictor.layers}
    )


def is_a_map(values: np.ndarray) -> bool:
    return values.shape == (28, 28) and values.dtype == np.float32 and bool(np.isfinite(values).all())


# ------------------------------------------------------------- occlusion


@pytest.mark.parametrize("digit", [3, 8])
def test_occlusion_is_what_rubbing_out_by_hand_gives(network, three, digit):
    found = occlusion(network, three, digit)
    assert is_a_map(found)
    whole = network.predict(three).probabilities[0, digit]
    strongest = np.unravel_index(np.abs(found).argmax(), found.shape)
    assert found[strongest] != 0
    for row, column in [strongest, (14, 14), (8, 10), (20, 17), (6, 26), (0, 0), (27, 14)]:
        rubbed = three.copy()
        for r in range(28):
            for c in range(28):
                if abs(r - row) <= 2 and abs(c - column) <= 2:
                    rubbed[r, c] = 0
        alone = network.predict(rubbed).probabilities[0, digit]
        assert found[row, column] == pytest.approx(whole - alone, rel=0.01, abs=1e-6)


def test_blank_paper_has_nothing_to_rub_out(network):
    np.testing.assert_array_equal(occlusion(network, BLANK, 1), BLANK)


# ------------------------------------------------------------- Score-CAM


@pytest.mark.parametrize("layer", ["conv_1", "pool_1", "conv_6"])
def test_score_cam_is_the_sum_of_the_maps_by_the_probability_under_each(network, three, layer):
    found, best = score_cam(network, three, 3, layer)
    assert is_a_map(found)
    assert (found.min(), found.max()) == (0, 1)
    maps = network.predict(three).activations[layer][0]
    grown = ndimage.zoom(
        maps, (28 / maps.shape[0], 28 / maps.shape[1], 1), order=1, grid_mode=True, mode="nearest"
    )
    total, probabilities = np.zeros((28, 28)), []
    for n in range(maps.shape[-1]):
        one = grown[..., n]
        if one.max() > one.min():
            mask = (one - one.min()) / (one.max() - one.min())
            probabilities.append(network.predict(three * mask).probabilities[0, 3])
            total += probabilities[-1] * one
    total -= total.min()
    np.testing.assert_allclose(found, total / total.max(), atol=1e-4)
    assert best == pytest.approx(max(probabilities), abs=1e-5)


def test_maps_that_are_the_same_everywhere_show_no_place(network):
    found, best = score_cam(network, BLANK, 3, "conv_1")
    np.testing.assert_array_equal(found, BLANK)
    assert best == 0


@pytest.mark.parametrize("shape", [(3, 3), (5, 4), (26, 26), (1, 1)])
def test_maps_are_enlarged_as_scipy_does(shape):
    maps = np.random.default_rng(1).random((*shape, 2), np.float32)
    expected = ndimage.zoom(maps, (28 / shape[0], 28 / shape[1], 1), order=1, grid_mode=True, mode="nearest")
    np.testing.assert_allclose(enlarged(maps, (28, 28)), expected, atol=1e-5)


# ------------------------------------------------------------- gradients


@pytest.mark.parametrize("digit", [3, 8])
def test_a_step_along_the_saliency_raises_the_logit_by_as_much_as_it_says(network, three, digit):
    # On even paper many windows have several largest values, and a slope on either side.
    uneven = three + np.random.default_rng(1).normal(0, 0.05, three.shape).astype(np.float32)
    slope = saliency(network, uneven, digit)
    assert is_a_map(slope)
    step = 1e-4 * slope / np.abs(slope).max()  # the deeper the network, the shorter a slope is one
    ends = network.predict(np.stack([uneven - step, uneven + step])).activations["logits"][:, digit]
    assert ends[1] - ends[0] == pytest.approx(2 * float((slope * step).sum()), rel=0.01)


def test_smooth_grad_is_the_same_at_every_call_and_not_the_saliency(network, three):
    found = smooth_grad(network, three, 3)
    assert is_a_map(found)
    np.testing.assert_array_equal(found, smooth_grad(network, three, 3))
    assert not np.allclose(found, saliency(network, three, 3))


def test_smooth_grad_is_near_the_saliency_where_slopes_change_little(three):
    network = Predictor(SHIPPED / TUTORIALS)
    maps = (each(network, three, 3).ravel() for each in (smooth_grad, saliency))
    assert np.corrcoef(*maps)[0, 1] > 0.8


def test_the_noise_of_smooth_grad_leaves_the_answer_as_it_is(predictor, subset):
    test, rng = subset[1], np.random.default_rng(1)
    images = test.images[:200] / np.float32(255)
    noisy = (images + rng.normal(0, explanations.NOISE, images.shape)).astype(np.float32)
    same = predictor.probabilities(noisy).argmax(1) == predictor.probabilities(images).argmax(1)
    assert same.mean() > 0.97


@pytest.mark.parametrize("digit", [3, 8])
def test_integrated_gradients_are_complete(network, three, digit, monkeypatch):
    monkeypatch.setattr(explanations, "STEPS", 1024)  # where the difference is small, so must the steps be
    found, blank, drawn = integrated_gradients(network, three, digit)
    assert is_a_map(found)
    logits = network.predict(np.stack([BLANK, three])).activations["logits"][:, digit]
    np.testing.assert_allclose([blank, drawn], logits, atol=1e-3)
    assert found.sum() == pytest.approx(drawn - blank, rel=0.01)
    assert not found[three == 0].any()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_integrated_gradients_are_complete_for_every_network(name, three):
    network = random_network(name)
    logits = network.predict(np.stack([BLANK, three])).activations["logits"]
    digit = int(np.abs(logits[1] - logits[0]).argmax())
    found, blank, drawn = integrated_gradients(network, three, digit)
    assert found.sum() == pytest.approx(drawn - blank, rel=0.01)


def test_a_layer_without_a_gradient_is_named(predictor, three):
    layers = (
        *predictor.layers[:-1],
        LayerCard("norm", "LayerNormalization", (10,), 20),
        predictor.layers[-1],
    )
    with pytest.raises(UserError, match="norm"):
        saliency(SnapshotNetwork(layers, {}), three, 3)
