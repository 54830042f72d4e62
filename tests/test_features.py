"""A layer's output as points."""

from __future__ import annotations

import numpy as np

from mnist_app.serving import features as module
from mnist_app.serving.features import MOST_VALUES, feature_layers, features, values_of


def test_features_are_the_layers_output_image_by_image(predictor, subset, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 4)
    images = subset[1].images[:10] / np.float32(255)
    layer = feature_layers(predictor.layers)[-1]
    found = features(predictor, images, layer.name)
    assert found.shape == (10, values_of(layer))
    assert found.dtype == np.float32
    for n in (0, 9):
        alone = predictor.predict(images[n]).activations[layer.name].reshape(-1)
        np.testing.assert_allclose(found[n], alone, atol=1e-5)


def test_no_layer_is_too_large_or_the_same_as_the_one_before(predictor):
    kinds = {layer.class_name for layer in feature_layers(predictor.layers)}
    assert "Conv2D" in kinds
    assert "Flatten" not in kinds
    assert "Dropout" not in kinds
    sizes = {layer.name: values_of(layer) for layer in feature_layers(predictor.layers)}
    assert max(sizes.values()) <= MOST_VALUES
    assert "pool_1" in sizes
    assert "conv_1" not in sizes  # 18,816 values
