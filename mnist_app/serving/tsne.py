"""t-SNE as a program of its own, over a folder; so it can be stopped, and no page waits for it.

    points.npy   float32 (count, values): what is to be mapped; gone once it is
    log.txt      scikit-learn's own words on how far it is
    map.npy      float32 (count, 2): written at the end, whole

``python -u -m mnist_app.serving.tsne FOLDER > FOLDER/log.txt``
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np

from mnist_app.data.files import write_whole

POINTS, LOG, MAP = "points.npy", "log.txt", "map.npy"
PERPLEXITY = 30  # about how many neighbours a point has
ITERATIONS = 1000  # scikit-learn's own number; it may end before


def map_points(points: np.ndarray) -> np.ndarray:
    """Return points on a plane where neighbours stay neighbours, float32 (count, 2).

    t-SNE (van der Maaten and Hinton 2008, "Visualizing Data using t-SNE"), by
    scikit-learn, begun at the principal components.

    Args:
        points: float32 (count, values), four of them at least.
    """
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    tsne = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=0, verbose=2)
    return np.asarray(tsne.fit_transform(points), np.float32)


def main(folder: Path) -> None:
    """Map a folder's points."""
    content = io.BytesIO()
    np.save(content, map_points(np.load(folder / POINTS)))
    write_whole(folder / MAP, content.getvalue())
    (folder / POINTS).unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
