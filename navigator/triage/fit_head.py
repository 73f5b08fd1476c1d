"""Fitting a head alone, with SciPy, in seconds: scikit-learn would take a nightly lesson too much memory."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from navigator.triage.classifier import EmbeddingModel, FloatArray

REGULARISATION = 10.0
MAX_ITERATIONS = 1_000
TOLERANCE = 1e-5
"""How small a step is the last: at 1e-3 it ended after a tenth of the way (`docs/triage.md`)."""


def fit_head(vectors: FloatArray, labels: Sequence[str], weights: FloatArray) -> EmbeddingModel:
    """Multinomial logistic regression on fixed embeddings, each label as heavy as every other."""
    names, index = np.unique(np.asarray(labels), return_inverse=True)
    shares = weights / np.bincount(index, weights)[index] / len(names)
    penalty = 1 / (REGULARISATION * weights.sum())
    shape = (vectors.shape[1] + 1, len(names))

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        table = parameters.reshape(shape).astype(np.float32)
        logits = vectors @ table[:-1] + table[-1]
        logits -= logits.max(axis=1, keepdims=True)
        errors = np.exp(logits)
        totals = errors.sum(axis=1)
        rows = np.arange(len(index))
        mean_loss = float(shares @ (np.log(totals) - logits[rows, index]))
        errors /= totals[:, None]
        errors[rows, index] -= 1
        errors *= shares[:, None].astype(np.float32)
        gradient = np.vstack([vectors.T @ errors + penalty * table[:-1], errors.sum(axis=0)])
        return mean_loss + penalty / 2 * float((table[:-1] ** 2).sum()), gradient.astype(np.float64).ravel()

    options = {"maxiter": MAX_ITERATIONS, "gtol": TOLERANCE}
    found = minimize(loss, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options=options)
    table = found.x.reshape(shape).astype(np.float32)
    return EmbeddingModel(tuple(names.tolist()), table[:-1], table[-1])
