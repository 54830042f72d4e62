"""Learning to read what people draw: pen digits, what is no digit, and confidence that means something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnist_app.data.mnist import Split
from mnist_app.data.pen_images import NO_DIGIT
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.metrics import refused
from mnist_app.serving.card import read_card
from mnist_app.serving.predictor import Predictor
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe
from mnist_app.training.snapshots import snapshots
from tests.test_training import in_this_process, of_kind

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore:__array__")]


@pytest.fixture(scope="module")
def run(tmp_path_factory, small_npz) -> RunDirectory:
    """A finished run of the recipe for drawings, so short that it has learned next to nothing."""
    settings = from_recipe(
        "drawings", data=str(small_npz), train_images=240, validation_split=0.25, epochs=2, batch_size=32
    )
    run = create_run(settings, tmp_path_factory.mktemp("runs") / "drawings")
    assert in_this_process(run) == 0, run.log.read_text()
    return run


def test_the_card_tells_what_was_learned_from(run):
    card = read_card(run.path)
    assert card.data["train_images"] == 180 + 72 + 27 + 27
    kinds = ("pen_digits", "non_digits", "number_parts")
    assert [card.data[kind] for kind in kinds] == [72, 27, 27]
    assert card.data["recorded_digits"] == 0
    assert of_kind(run, "drawing")[-1]["done"] == 27


def test_what_is_left_has_the_plain_layers_of_its_architecture(run):
    names = [layer.class_name for layer in read_card(run.path).layers]
    assert "BatchNormalization" not in names
    assert names.count("Conv2D") == 6
    (started,) = of_kind(run, "started")
    assert [layer["class_name"] for layer in started["layers"]] == names  # it can be watched


def test_the_last_snapshot_is_the_model_but_for_its_temperature(run):
    card, predictor = read_card(run.path), Predictor(run.path)
    last = snapshots(run)[-1].weights()
    for name, weights in last.items():
        factor = card.figures["temperature"] if name == "logits" else 1.0
        for ours, snapshot in zip(predictor.weights(name), weights, strict=True):
            np.testing.assert_allclose(ours * factor, snapshot, rtol=1e-4, atol=1e-6)


def test_an_answer_below_the_threshold_is_rare_among_digits(run):
    card = read_card(run.path)
    assert 0.1 < card.refuse_below < 1  # ten classes: the greatest probability is a tenth at least


def test_what_is_no_digit_does_not_count_as_misread():
    from mnist_app.training.accuracy import DigitAccuracy
    from mnist_app.training.batches import labels_for

    labels = labels_for(Split(np.zeros((3, 28, 28)), np.array([4, NO_DIGIT, 7])), "categorical_crossentropy")
    np.testing.assert_allclose(labels[1], 0.1)
    answers = np.eye(10)[[4, 1, 2]]
    metric = DigitAccuracy(name="accuracy")
    metric.update_state(labels, answers)
    assert float(metric.result()) == 0.5
    smoothed = labels * 0.9 + 0.01
    metric.update_state(smoothed, np.eye(10)[[4, 0, 7]])
    assert float(metric.result()) == 0.75


def test_writers_held_back_are_others_than_those_to_learn_from():
    from mnist_app.training.images import by_writer

    stroke = [np.zeros((2, 2))]
    recorded = [RecordedDigit(n % 10, f"writer {n // 3}", stroke) for n in range(900)]
    learnt, others = by_writer(recorded)
    assert len(learnt) + len(others) == 900
    assert not {each.writer for each in learnt} & {each.writer for each in others}
    assert 0.04 < len(others) / 900 < 0.12
    assert by_writer(recorded) == (learnt, others)


def test_a_network_says_how_sure_it_may_be(small_npz, tmp_path):
    import keras

    from mnist_app.data.mnist import Source, read_split
    from mnist_app.numerics.metrics import calibration
    from mnist_app.training.confidence import REFUSED, calibrate, refusal_threshold
    from tests.small_models import SHIPPED, TUTORIALS

    model = keras.saving.load_model(SHIPPED / TUTORIALS / "model.keras", compile=False)
    logits = model.get_layer("logits")
    logits.set_weights([array * 5 for array in logits.get_weights()])  # far too sure
    test = read_split(Source("file", small_npz), "test")

    def error() -> float:
        return calibration(test.labels, model.predict(test.inputs(), verbose=0)).error

    before, answers = error(), model.predict(test.inputs(), verbose=0).argmax(1)
    assert calibrate(model, test) > 2
    assert error() <= before
    np.testing.assert_array_equal(model.predict(test.inputs(), verbose=0).argmax(1), answers)
    threshold = refusal_threshold(model, test)
    share = refused(model.predict(test.inputs(), verbose=0), threshold).mean()
    assert share == pytest.approx(REFUSED, abs=2 / len(test))


def test_confidence_needs_images_that_are_held_back():
    from mnist_app.texts.user_error import UserError

    settings = from_recipe("drawings")
    for validation in ("test", "none"):
        with pytest.raises(UserError, match="held back"):
            replace(settings, validation=validation)
