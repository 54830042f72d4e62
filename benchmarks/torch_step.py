"""PyTorch's training step, for comparison: a recipe's network on MNIST.

    python -m benchmarks.torch_step RECIPE BATCHES THREADS        (needs: pip install torch)

Prints the images per second after ``WARM_UP`` batches.  Channels last in
memory, which is its faster way on a processor, and its fused optimizer where
it has one.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from torch import nn

from mnist_app.data.mnist import find_source, read_split
from mnist_app.nets.summary import summary
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.training.settings import Settings, from_recipe

WARM_UP = 50  # batches


def network(settings: Settings) -> nn.Sequential:
    """Return the recipe's network, its last layer being the logits."""
    channels, layers = 1, []
    *cards, logits, _ = summary(settings.architecture, settings.dropout)
    waiting: list[nn.Module] = []  # what comes after the pooling, if there is one
    for card in (*cards, logits):
        if waiting and card.class_name != "MaxPooling2D":
            layers += waiting
            waiting = []
        layers.append(_layer(card, channels, bias=not settings.batch_normalization))
        if card.class_name == "Conv2D":
            if settings.batch_normalization:
                waiting.append(nn.BatchNorm2d(card.output_shape[-1]))
            waiting.append(nn.ReLU())
        elif card.config.get("activation") == "relu":
            layers.append(nn.ReLU())
        channels = card.output_shape[-1]
    return nn.Sequential(*layers)


def _layer(card: LayerCard, channels: int, bias: bool) -> nn.Module:
    if card.class_name == "Conv2D":
        height, width = card.config["kernel_size"]
        return nn.Conv2d(
            channels, card.output_shape[-1], (height, width), padding=card.config["padding"], bias=bias
        )
    if card.class_name == "MaxPooling2D":
        return nn.MaxPool2d(card.config["pool_size"])
    if card.class_name == "Dense":
        return nn.Linear(channels, card.output_shape[-1])
    if card.class_name == "Dropout":
        return nn.Dropout(card.config["rate"])
    return nn.Flatten()


def optimizer(settings: Settings, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
    """Return the recipe's optimizer."""
    if settings.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, lr=settings.rate, foreach=True)
    if settings.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=settings.rate, momentum=settings.momentum, fused=True)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[settings.optimizer]
    return kind(weights, lr=settings.rate, fused=True)


def main() -> None:
    """Learn and print."""
    settings = from_recipe(sys.argv[1])
    count, threads = int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(settings.seed)
    split = read_split(find_source(), "train")
    images, labels = torch.from_numpy(split.images), torch.from_numpy(split.labels.astype(np.int64))
    model = network(settings).to(memory_format=torch.channels_last)
    step = optimizer(settings, list(model.parameters()))
    loss_of = nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing)
    for batch in range(WARM_UP + count):
        if batch == WARM_UP:
            start = time.perf_counter()
        chosen = torch.randint(len(images), (settings.batch_size,))
        picked = images[chosen].unsqueeze(1).float().div_(255)
        loss = loss_of(model(picked.contiguous(memory_format=torch.channels_last)), labels[chosen])
        step.zero_grad()
        loss.backward()
        step.step()
    print(count * settings.batch_size / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
