"""What is said of a network without Keras is what Keras says of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mnist_app.nets.architectures import ARCHITECTURES, build
from mnist_app.nets.summary import multiplications, summary
from mnist_app.texts.user_error import UserError
from tests.conftest import PROJECT

# Those whose tutorials have no dropout.
WITHOUT_DROPOUT = {"mlp-512", "mlp-256x3", "cnn-32-32", "convnet-64", "convnet-128"}


def plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.tensorflow
@pytest.mark.parametrize("dropout", [None, 0.3])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_summary_says_what_keras_says(name, dropout):
    from mnist_app.training.export import layer_cards

    for found, expected in zip(summary(name, dropout), layer_cards(build(name, dropout)), strict=True):
        assert (found.name, found.class_name) == (expected.name, expected.class_name)
        assert (found.output_shape, found.parameters) == (expected.output_shape, expected.parameters)
        said = {key: plain(value) for key, value in found.config.items()}
        assert said == {key: plain(value) for key, value in expected.config.items() if key in said}


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_a_dropout_rate_is_that_of_all_dropout_layers(name, rate):
    own, changed = summary(name), summary(name, rate)
    drops = [layer for layer in changed if layer.class_name == "Dropout"]
    assert drops
    assert all(layer.config["rate"] == rate for layer in drops)
    rest, own_rest = ([layer for layer in cards if layer.class_name != "Dropout"] for cards in (changed, own))
    assert rest == own_rest
    if name in WITHOUT_DROPOUT:
        assert len(changed) == len(own) + 1
        assert [layer.name for layer in changed[-3:]] == ["dropout_1", "logits", "softmax"]
    else:
        assert [layer.name for layer in changed] == [layer.name for layer in own]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_without_a_dropout_rate_a_network_is_the_tutorials(name):
    drops = {layer.config["rate"] for layer in summary(name) if layer.class_name == "Dropout"}
    assert drops <= {0.25, 0.3, 0.5}
    assert (not drops) == (name in WITHOUT_DROPOUT)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_keras_gets_the_dropout_rate_too(name):
    layers = build(name, dropout=0.3).layers
    rates = [layer.rate for layer in layers if type(layer).__name__ == "Dropout"]
    assert rates
    assert set(rates) == {0.3}
    if name in WITHOUT_DROPOUT:
        assert [type(layer).__name__ for layer in layers[-3:]] == ["Dropout", "Dense", "Softmax"]


def test_the_multiplications_of_convnet_128_are_those_counted_by_hand():
    # Places × window × channels × filters of each convolution, inputs × units of the classifier.
    convolutions = 26 * 26 * 9 * 1 * 32 + 11 * 11 * 9 * 32 * 64 + 3 * 3 * 9 * 64 * 128
    assert multiplications(summary("convnet-128")) == convolutions + 1152 * 10 == 3_100_032


def test_the_multiplications_of_mlp_512_are_those_counted_by_hand():
    assert multiplications(summary("mlp-512")) == 784 * 512 + 512 * 10 == 406_528


@pytest.mark.parametrize("dropout", [None, 0.3])
def test_an_unknown_architecture_is_named_with_those_that_are_known(dropout):
    with pytest.raises(UserError, match=r"“lenet”.*convnet-128"):
        summary("lenet", dropout)


def test_a_summary_needs_no_keras():
    code = (
        "import sys\n"
        "from mnist_app.nets.summary import summary\n"
        "summary('deep-cnn', 0.3)\n"
        "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
