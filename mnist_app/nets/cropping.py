"""The same network for a smaller piece of each image, for the beginning of a training.

A convolution's kernel does not care how large an image is.  On the middle 24 × 24
pixels of a digit, where nearly all of its ink is, a network has about half as much to
compute, and what it learns there holds on the whole image too (smaller images first:
Howard, fast.ai's entry in Stanford's DAWNBench, 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnist_app.nets.architectures import INPUT_SHAPE

if TYPE_CHECKING:
    import keras

EDGE = 2  # pixels that are left out on each side


def of_any_size(model: keras.Sequential) -> keras.Sequential:
    """Return the network for images of any size, with new weights; on whole images it computes the same.

    The dense layers know maps of one size only, so smaller ones are stretched to it.

    Args:
        model: an uncompiled network, as ``build`` or ``normalised`` makes it.
    """
    import keras

    layers = [keras.layers.Input((None, None, INPUT_SHAPE[-1]), name="input")]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Flatten):
            height, width = layer.input.shape[1:3]
            layers.append(keras.layers.Resizing(height, width, interpolation="nearest", name="stretched"))
        layers.append(type(layer).from_config(layer.get_config()))
    return keras.Sequential(layers, name=model.name)
