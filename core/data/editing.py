"""What people decide about a dataset's pictures: leave some out, keep what was found, go back."""

from collections.abc import Iterable, Mapping

from core.data import cache, versions
from core.data.dataset import Dataset
from core.data.problems import Finding, Report, Row
from core.errors import DataError
from core.files import read_json, write_json


def leave_out(dataset: Dataset, rows: Iterable[Row]) -> str:
    """Makes a version without some pictures, counted as `base_content` has them, the current one; returns its id.

    Raises DataError, where a class would lose all of its training or test pictures too, and StorageError.
    """
    return leave_out_at(dataset, [(one.split, one.row) for one in rows])


def leave_out_at(dataset: Dataset, places: Iterable[tuple[str, int]]) -> str:
    """The same for (split, row)."""
    exclude: dict[str, set[int]] = {}
    for split, row in places:
        exclude.setdefault(split, set()).add(row)
    _check_enough(dataset, exclude)
    return versions.edit(dataset, base_content(dataset), exclude=exclude)


def relabel(dataset: Dataset, labels: Mapping[str, Mapping[int, int]]) -> str:
    """Makes a version in which some pictures have another label: split -> {row: label}; returns its id."""
    return versions.edit(dataset, base_content(dataset), relabel=labels)


def located(dataset: Dataset, version: str, rows: Iterable[int]) -> list[tuple[str, int]]:
    """(split, row) of images counted through all splits, as `Prepared.rows` counts them."""
    rows_of, counts = [], cache.counts(dataset, version)
    for number in rows:
        for split, n in counts.items():
            if number < n:
                rows_of.append((split, int(number)))
                break
            number -= n
    return rows_of


def base_content(dataset: Dataset) -> str:
    """The content hash of the images, without edits, that the current version is made of."""
    current = versions.current(dataset)
    return (
        versions.get(dataset, current).base if versions.has_edits(dataset, current) else cache.content(dataset, current)
    )


def save_report(dataset: Dataset, report: Report) -> None:
    """Keeps what was found, rows counted without edits, so that it need not be looked for again."""
    write_json(
        versions.folder(dataset, make=True) / "check.json", {"content": base_content(dataset), **report.as_dict()}
    )


def read_report(dataset: Dataset) -> Report | None:
    """What was found last in these images; None where nobody has looked yet."""
    stored = read_json(versions.folder(dataset) / "check.json")
    if stored.pop("content", "") != base_content(dataset):
        return None
    return Report.from_dict(stored)


def open_findings(dataset: Dataset, report: Report) -> list[Finding]:
    """The findings that nobody has dealt with: neither kept nor left out."""
    kept, current = versions.kept(dataset), versions.current(dataset)
    excluded = versions.get(dataset, current).excluded if versions.has_edits(dataset, current) else {}
    gone = {(split, row) for split, rows in excluded.items() for row in rows}
    return [one for one in report.findings if one.key not in kept and not _settled(one, gone)]


def _settled(finding: Finding, gone: set[tuple[str, int]]) -> bool:
    left = [row for row in finding.rows if (row.split, row.row) not in gone]
    return len(left) < (1 if finding.kind == "blank" else 2)


def _check_enough(dataset: Dataset, exclude: Mapping[str, set[int]]) -> None:
    current = versions.current(dataset)
    splits = cache.load(dataset, version=current)
    counts = cache.counts(dataset, current)
    for split in ("train", "test"):
        stored = versions.rows(dataset, current, split, counts[split]).tolist()
        part, out = getattr(splits, split), exclude.get(split, set())
        left = {int(label) for row, label in zip(stored, part.labels, strict=True) if row not in out}
        lost = [dataset.classes[label] for label in sorted(set(part.labels.tolist()) - left)]
        if lost:
            raise DataError(
                "Without these pictures {classes} would have no {split} picture left. Leave fewer out.",
                classes=", ".join(lost),
                split=split,
            )
