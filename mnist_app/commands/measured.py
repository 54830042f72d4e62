"""What a model's card says of its confidence, as lines for a terminal."""

from __future__ import annotations

from mnist_app.serving.card import Card
from mnist_app.texts.catalog import text


def measured_lines(card: Card, language: str) -> list[str]:
    """Return a line for each of ``Card.measured``: its name, its value, what it means."""
    return [_line(name, value, language) for name, value in card.measured.items()]


def _line(name: str, value: float, language: str) -> str:
    shown = f"{value:.2f}" if name == "temperature" else f"{value:.2%}"
    return f"{text(f'measured.{name}', language)}: {shown}. {text(f'measured.{name}_help', language)}"
