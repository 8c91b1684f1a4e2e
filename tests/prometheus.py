"""Figures as Prometheus's own parser reads them: from a text file, or from an address of this machine."""

import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.sync.patience import PATIENCE_S

Samples = dict[tuple[str, ...], float]


def samples_of(path: Path) -> Samples:
    """Every sample of the file: name and labels to value."""
    return samples_in(path.read_text(encoding="utf-8"))


def samples_at(port: int) -> Samples:
    """Every sample that is served at a port; none while nobody listens there yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as answer:
            return samples_in(answer.read().decode())
    except ConnectionError:
        return {}
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError):
            return {}
        raise


def samples_in(text: str) -> Samples:
    """Every sample of a text."""
    families = text_string_to_metric_families(text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }
