"""A Prometheus text file as Prometheus's own parser reads it."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families


def samples_of(path: Path) -> dict[tuple[str, ...], float]:
    """Every sample of the file: name and labels to value."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }
