"""The eight networks, held against the tutorials' own figures, and ours."""

from __future__ import annotations

import functools
import subprocess
import sys

import numpy as np
import pytest

from mnist_app.nets.architectures import ARCHITECTURES, build
from mnist_app.texts.user_error import UserError
from tests.conftest import PROJECT

# Layer by layer as the tutorials have them, and the shape after each layer.
LAYERS = {
    "mlp-512": [("Flatten", "784"), ("Dense 512 relu", "512")],
    "mlp-256x3": [
        ("Flatten", "784"),
        ("Dense 256 relu", "256"),
        ("Dense 256 relu", "256"),
        ("Dense 256 relu", "256"),
    ],
    "cnn-32-32": [
        ("Conv 32 3×3 valid relu", "26·26·32"),
        ("Pool 2×2", "13·13·32"),
        ("Conv 32 3×3 valid relu", "11·11·32"),
        ("Pool 2×2", "5·5·32"),
        ("Flatten", "800"),
        ("Dense 256 relu", "256"),
    ],
    "deep-cnn": [
        ("Conv 32 3×3 valid relu", "26·26·32"),
        ("Conv 32 3×3 valid relu", "24·24·32"),
        ("Pool 2×2", "12·12·32"),
        ("Dropout 0.25", "12·12·32"),
        ("Conv 64 3×3 valid relu", "10·10·64"),
        ("Conv 64 3×3 valid relu", "8·8·64"),
        ("Pool 2×2", "4·4·64"),
        ("Dropout 0.25", "4·4·64"),
        ("Flatten", "1024"),
        ("Dense 256 relu", "256"),
        ("Dropout 0.5", "256"),
    ],
    "cnn-5x5": [
        ("Conv 32 5×5 same relu", "28·28·32"),
        ("Pool 2×2", "14·14·32"),
        ("Conv 64 2×2 same relu", "14·14·64"),
        ("Pool 2×2", "7·7·64"),
        ("Dropout 0.25", "7·7·64"),
        ("Flatten", "3136"),
        ("Dense 1000 relu", "1000"),
        ("Dropout 0.5", "1000"),
    ],
    "cnn-32-64": [
        ("Conv 32 3×3 valid relu", "26·26·32"),
        ("Conv 64 3×3 valid relu", "24·24·64"),
        ("Pool 2×2", "12·12·64"),
        ("Dropout 0.25", "12·12·64"),
        ("Flatten", "9216"),
        ("Dense 128 relu", "128"),
        ("Dropout 0.5", "128"),
    ],
    "convnet-64": [
        ("Conv 32 3×3 valid relu", "26·26·32"),
        ("Pool 2×2", "13·13·32"),
        ("Conv 64 3×3 valid relu", "11·11·64"),
        ("Pool 2×2", "5·5·64"),
        ("Conv 64 3×3 valid relu", "3·3·64"),
        ("Flatten", "576"),
        ("Dense 64 relu", "64"),
    ],
    "convnet-128": [
        ("Conv 32 3×3 valid relu", "26·26·32"),
        ("Pool 2×2", "13·13·32"),
        ("Conv 64 3×3 valid relu", "11·11·64"),
        ("Pool 2×2", "5·5·64"),
        ("Conv 128 3×3 valid relu", "3·3·128"),
        ("Flatten", "1152"),
    ],
}
LAYERS["convnet-80"] = [
    ("Conv 32 3×3 valid relu", "26·26·32"),
    ("Pool 2×2", "13·13·32"),
    ("Conv 48 3×3 valid relu", "11·11·48"),
    ("Conv 64 3×3 valid relu", "9·9·64"),
    ("Conv 80 3×3 valid relu", "7·7·80"),
    ("Conv 80 3×3 valid relu", "5·5·80"),
    ("Conv 80 3×3 valid relu", "3·3·80"),
    ("Flatten", "720"),
    ("Dropout 0.3", "720"),
]
CLASSIFIER = [("Dense 10 linear", "10"), ("Softmax", "10")]

# Counted by hand: kernel height × width × channels × filters + filters, and
# inputs × units + units, layer after layer.
PARAMETERS = {
    "mlp-512": 401_920 + 5_130,
    "mlp-256x3": 200_960 + 65_792 + 65_792 + 2_570,
    "cnn-32-32": 320 + 9_248 + 205_056 + 2_570,
    "deep-cnn": 320 + 9_248 + 18_496 + 36_928 + 262_400 + 2_570,
    "cnn-5x5": 832 + 8_256 + 3_137_000 + 10_010,
    "cnn-32-64": 320 + 18_496 + 1_179_776 + 1_290,
    "convnet-64": 93_322,
    "convnet-128": 104_202,
    "convnet-80": 320 + 13_872 + 27_712 + 46_160 + 2 * 57_680 + 7_210,
}

network = functools.cache(build)  # building takes longer than looking


def described(layer) -> str:
    """Return a layer's kind and settings in one line."""
    config = layer.get_config()
    match type(layer).__name__:
        case "Conv2D":
            assert tuple(config["strides"]) == (1, 1)
            height, width = config["kernel_size"]
            return f"Conv {config['filters']} {height}×{width} {config['padding']} {config['activation']}"
        case "MaxPooling2D":
            assert (config["padding"], tuple(config["strides"])) == ("valid", tuple(config["pool_size"]))
            height, width = config["pool_size"]
            return f"Pool {height}×{width}"
        case "Dense":
            return f"Dense {config['units']} {config['activation']}"
        case "Dropout":
            return f"Dropout {config['rate']}"
        case other:
            return other


def test_the_registry_holds_the_eight_networks_and_ours():
    assert list(ARCHITECTURES) == list(LAYERS) == list(PARAMETERS)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_layer_is_the_tutorials(name):
    assert [described(layer) for layer in network(name).layers] == [
        words for words, _ in LAYERS[name] + CLASSIFIER
    ]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_output_shape_is_the_tutorials(name):
    shapes = ["·".join(map(str, layer.output.shape[1:])) for layer in network(name).layers]
    assert shapes == [shape for _, shape in LAYERS[name] + CLASSIFIER]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_count_is_the_tutorials(name):
    assert network(name).count_params() == PARAMETERS[name]


@pytest.mark.tensorflow
def test_convnet_64_has_55744_parameters_before_its_classifier():
    layers = network("convnet-64").layers
    flatten = next(n for n, layer in enumerate(layers) if layer.name == "flatten")
    assert sum(layer.count_params() for layer in layers[:flatten]) == 55_744


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_ends_in_a_softmax_over_ten_classes(name):
    images = np.random.default_rng(1).random((3, 28, 28, 1), np.float32)
    probabilities = np.asarray(network(name)(images, training=False))
    assert probabilities.shape == (3, 10)
    assert (probabilities > 0).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_layer_has_a_name_of_its_own(name):
    names = [layer.name for layer in network(name).layers]
    assert len(set(names)) == len(names)


@pytest.mark.tensorflow
def test_two_builds_of_one_network_share_nothing():
    first, second = build("mlp-512"), build("mlp-512")
    first.set_weights([weight * 0 for weight in first.get_weights()])
    assert any(weight.any() for weight in second.get_weights())


def test_an_unknown_architecture_is_named_with_those_that_are_known():
    with pytest.raises(UserError, match=r"“lenet”.*convnet-128"):
        build("lenet")


def test_importing_the_networks_does_not_import_keras():
    code = (
        "import importlib, pkgutil, sys\n"
        "import mnist_app.nets as nets\n"
        "for module in pkgutil.iter_modules(nets.__path__):\n"
        "    importlib.import_module(f'mnist_app.nets.{module.name}')\n"
        "assert 'mnist_app.nets.architectures' in sys.modules\n"
        "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
