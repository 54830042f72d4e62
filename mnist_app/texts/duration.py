"""Lengths of time as people say them."""

from __future__ import annotations

from mnist_app.texts.catalog import text


def duration(seconds: float, language: str) -> str:
    """Return a length of time in seconds, or minutes and seconds, or hours and minutes."""
    whole = max(0, round(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return text("duration.hours", language, hours=hours, minutes=minute)
    if minutes:
        return text("duration.minutes", language, minutes=minutes, seconds=second)
    return text("duration.seconds", language, seconds=second)
