"""Keras's training step for several batches in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras
import tensorflow as tf

from mnist_app.nets.architectures import INPUT_SHAPE

SIDE = INPUT_SHAPE[0]  # of an image, where a training sees several sizes

Learn = Callable[[Iterator[tuple[tf.Tensor, tf.Tensor]], tf.Tensor], None]


def learner(model: keras.Model, prepared: tf.data.Dataset) -> Learn:
    """Return what learns from the next batches of an iterator, one for each learning rate that it gets.

    It is compiled already.

    Args:
        model: compiled; its optimizer and metrics need not be built yet.
        prepared: the batches, images and labels.
    """
    images, labels = prepared.element_spec
    model.optimizer.build(model.trainable_variables)
    model.test_on_batch(  # makes the metrics
        *(tf.zeros([1, *(size or SIDE for size in part.shape[1:])], part.dtype) for part in (images, labels))
    )

    @tf.function(input_signature=[tf.data.IteratorSpec(prepared.element_spec), tf.TensorSpec([None])])  # type: ignore[untyped-decorator]
    def learn(batch: Iterator[tuple[tf.Tensor, tf.Tensor]], rates: tf.Tensor) -> None:
        for rate in rates:
            model.optimizer.learning_rate.assign(rate)
            model.train_step(next(batch))

    learn.get_concrete_function(tf.data.IteratorSpec(prepared.element_spec), tf.TensorSpec([None]))
    return learn  # type: ignore[no-any-return]
