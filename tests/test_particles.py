"""Korean particles after words that vary."""

from __future__ import annotations

import re

import pytest

from mnist_app.texts.catalog import catalog, text
from mnist_app.texts.particles import MARK, PARTICLES, particle

FORMS = {"은": "는", "이": "가", "을": "를", "과": "와", "이라": "라", "이다": "다"}
AFTER_CONSONANT = [
    *["숫자들", "맵", "학습", "0", "1", "3", "6", "7", "8", "10", "100", "1,000", "0.70", "conv_1", "9.3"],
    *["convnet-80", "convnet-128", "Adam", "RMSprop", "train", "cosine", "same", "none", "deep-cnn", "file"],
    *["Keras 모델", "dropout", "model", "step", "conv net", "LSTM", "L", "URL", "x1", "block"],
    *["‘숫자’들", "‘맵’", "“3”", "**7**", "conv_1 (학습 중)", "[1, 0, 1]", "모델 (a.keras)", "(맵)"],
]
AFTER_VOWEL = [
    *["숫자", "너비", "2", "4", "5", "9", "12", "0.5", "99 %", "30°", "conv_2", "mlp-512", "cnn-32-64"],
    *["SGD", "CNN-A", "mlp", "test", "loss", "accuracy", "model.keras", "a.npz", "drawings", "epochs"],
    *["convnet-128-plus", "-fast", "dense", "CPU", "GPU", "log", "‘숫자’", "“9”", "**2**"],
    *["conv_2 (학습 중)", "[1, 0, 2]", "이미지 (맵)", "", "…"],
]


@pytest.mark.parametrize("word", AFTER_CONSONANT)
def test_a_word_that_ends_in_a_consonant_has_its_particles(word):
    assert {form: particle(form, word) for form in FORMS} == {form: form for form in FORMS}


@pytest.mark.parametrize("word", AFTER_VOWEL)
def test_a_word_that_ends_in_a_vowel_has_its_particles(word):
    assert {form: particle(form, word) for form in FORMS} == FORMS


@pytest.mark.parametrize("word", ["3", "6", "0", "맵", "train", "dropout", "convnet-80", "값 (2)", "“6”"])
def test_a_consonant_is_followed_by_euro(word):
    assert particle("으로", word) == "으로"


@pytest.mark.parametrize("word", ["1", "7", "8", "2", "모델", "숫자", "model", "URL", "mlp-512", "7 (맵)"])
def test_a_vowel_and_a_rieul_are_followed_by_ro(word):
    assert particle("으로", word) == "로"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("convnet-80", "‘convnet-80’이라는 모델이 없습니다."),
        ("mlp-512", "‘mlp-512’라는 모델이 없습니다."),
        ("내 모델", "‘내 모델’이라는 모델이 없습니다."),
    ],
)
def test_the_catalog_puts_particles_after_its_values(name, words):
    assert text("error.unknown_model", "ko", name=name, known="a").startswith(words)


@pytest.mark.parametrize(("digit", "words"), [(6, "6으로"), (7, "7로"), (9, "9로"), (1, "1로"), (0, "0으로")])
def test_a_digit_has_its_particle(digit, words):
    assert text("compare.agree", "ko", digit=digit) == f"모두 {words} 읽었습니다."


def test_no_particle_is_written_fixed_or_both_ways_after_a_value():
    # A copula such as 입니다, 이고 or 이면 is right after every sound.
    both = {*PARTICLES, *PARTICLES.values(), "나", "이나", "랑", "이랑", "라는", "이라는"}
    fixed = re.compile(r"}[’”»*`%]*(" + "|".join(both) + r")(?![가-힣])")
    either = re.compile(r"\((이|으|은|는|가|을|를|과|와|로)\)|[은는이가을를과와]\(")
    texts = {key: MARK.sub("·", words) for key, words in catalog("ko").items()}
    assert fixed.search("{name}은 없습니다")
    assert either.search("{name}을(를)")
    assert either.search("‘{name}’(이)라는")
    assert [key for key, words in texts.items() if fixed.search(words) or either.search(words)] == []


def test_every_particle_stands_right_behind_a_value():
    assert [
        key
        for key, words in catalog("ko").items()
        for found in MARK.finditer(words)
        if not re.search(r"}[’”»*`]*$", words[: found.start()])
    ] == []
