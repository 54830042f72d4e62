"""The small (i) beside what the app shows: it opens the paragraph that says what that is.

A paragraph is a lesson, or where none tells of the subject an entry of the
glossary; the page Learn shows both. It opens in a tab of its own, so that the
drawing and the settings stay where they are.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.views.language import PARAMETER, language, t

SIGN = "ⓘ"
LESSON, ABOUT = "lesson", "about"  # what the address of the page Learn asks for

# The entries of the glossary: "about." and these are keys of the catalog, with "_words" of the paragraph.
GLOSSARY = (
    *("network", "probability", "preparation", "colours", "pattern"),
    *("recipe", "epochs", "learning_rate", "schedule", "momentum", "weight_decay", "averaging"),
    *("label_smoothing", "batch_normalization", "mixed_precision", "crop"),
    *("calibration", "seed", "tensorboard"),
    *("pen_digits", "no_digit", "fine_tuning", "logarithmic", "search", "parallel"),
    *("confusion", "precision", "interval", "mcnemar", "size"),
    *("distance", "variation", "pca", "tsne"),
    *("occlusion", "score_cam", "saliency", "smooth_grad", "integrated_gradients", "dilation"),
)

# Whatever the app shows, and the paragraph about it: a chart by its key, a setting
# by its name, a component by the name that it is registered under.
SUBJECTS = {
    # The pages Draw and Explore
    "model": "network",
    "probabilities": "probability",
    "preparation": "preparation",
    "layer_maps": "maps",
    "explorer": "maps",
    "scaling": "colours",
    "sum": "convolution",
    "filter": "pattern",
    "alter": "dense",
    "keeps": "dense",
    "mistake": "fine_tuning",
    **{name: name for name in ("occlusion", "score_cam", "saliency", "smooth_grad", "integrated_gradients")},
    # The lab
    "walk": "convolution",
    "pooling": "pooling",
    "kernel_gallery": "convolution",
    "kernel_editor": "convolution",
    "learned_kernel": "maps",
    "strides": "strides",
    "dilation_rate": "dilation",
    "padding": "padding",
    "relu": "relu",
    "pool_rows": "pooling",
    "pool_columns": "pooling",
    "output_size": "shapes",
    # The settings of a training
    "recipe": "recipe",
    "architecture": "network",
    "epochs": "epochs",
    "batch_size": "epochs",
    "train_images": "sets",
    "optimizer": "optimizers",
    "learning_rate": "learning_rate",
    "schedule": "schedule",
    "momentum": "momentum",
    "weight_decay": "weight_decay",
    "ema_momentum": "averaging",
    "validation": "sets",
    "validation_split": "sets",
    "patience": "stopping",
    "monitor": "stopping",
    "restore_best_weights": "stopping",
    **dict.fromkeys(("rotation", "slant", "zoom", "shift", "thickness", "bend", "fade"), "augmentation"),
    "augmentation": "augmentation",
    "pen_digits": "pen_digits",
    "non_digits": "no_digit",
    "number_parts": "no_digit",
    "dropout": "dropout",
    "label_smoothing": "label_smoothing",
    "batch_normalization": "batch_normalization",
    "mixed_precision": "mixed_precision",
    "crop": "crop",
    "calibrate": "calibration",
    "seed": "seed",
    "tensorboard": "tensorboard",
    "search": "search",
    # What a training, a model and the data are like
    "summary": "shapes",
    "live_run": "overfitting",
    "curves": "overfitting",
    "log": "logarithmic",
    "probe": "maps",
    "accuracy": "sets",
    "loss": "loss",
    "interval": "interval",
    "sweep-chart": "parallel",
    "measured": "calibration",
    "classes-chart": "precision",
    "calibration-chart": "calibration",
    "confusion_table": "confusion",
    "digit_gallery": "misread",
    "compare-table": "size",
    "mcnemar": "mcnemar",
    "image_sheet": "image",
    "data-counts": "sets",
    "data-classes": "variation",
    "data-neighbours": "distance",
    "pca": "pca",
    "tsne": "tsne",
}


def about(*subjects: str) -> str:
    """Return links to the paragraphs about subjects, as Markdown; one for each paragraph."""
    paragraphs = dict.fromkeys(SUBJECTS[subject] for subject in subjects)
    return " · ".join(f"[{SIGN} {title(each)}]({address(each)})" for each in paragraphs)


def explained(words: str, *subjects: str) -> str:
    """Return the help of a widget with the links of ``about`` below it."""
    return f"{words}\n\n{about(*subjects)}"


def show_about(*subjects: str) -> None:
    """Show the links of ``about`` below a chart."""
    # As small as a caption, whose faded links would be too pale.
    st.markdown(f":small[{about(*subjects)}]")


def about_html(subject: str) -> str:
    """Return a link to the paragraph about a subject, as HTML: the sign alone."""
    link = about_link(subject)
    name = escape(link["title"])
    return (
        f'<a href="{link["address"]}" target="_blank" rel="noopener" title="{name}" aria-label="{name}" '
        f'style="color:inherit;text-decoration:none">{SIGN}</a>'
    )


def about_link(subject: str) -> dict[str, str]:
    """Return the address and the title of the paragraph about a subject, for a component of the page."""
    paragraph = SUBJECTS[subject]
    return {"sign": SIGN, "title": title(paragraph), "address": address(paragraph)}


def title(paragraph: str) -> str:
    """Return the title of a lesson or of an entry of the glossary."""
    return t(f"about.{paragraph}" if paragraph in GLOSSARY else f"lesson_{paragraph}.title")


def address(paragraph: str) -> str:
    """Return where a paragraph is, from any page of the app, in the language of the page."""
    parameter = ABOUT if paragraph in GLOSSARY else LESSON
    return f"learn?{parameter}={paragraph}&{PARAMETER}={language()}"
