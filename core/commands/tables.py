"""The tables of the documents, made from the declarations: `make tables` writes README.md and docs/settings.md."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from core.data.built_in import built_in
from core.data.dataset import Dataset, PublishedFile
from core.folders import PROJECT
from core.recipe.architectures import known
from core.recipe.config import settings
from core.recipe.setting import Setting, as_text, expected
from models.architecture import Architecture
from models.baseline import Baseline

SETTINGS = """# Settings

Every name below is the same in the form, in the address bar, in `config.json` and after `--set`. Made by `make tables`
from the declarations in `core/recipe/`.

{table}"""


def main() -> None:
    """Writes the tables where they belong."""
    (PROJECT / "docs" / "settings.md").write_text(settings_page(), "utf-8")
    readme = PROJECT / "README.md"
    readme.write_text(with_tables(readme.read_text("utf-8")), "utf-8")


def with_tables(readme: str) -> str:
    """The README with its tables as the plug-ins are now, each between its two marks."""
    for name, table in (("datasets", datasets()), ("architectures", architectures())):
        block = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
        readme = block.sub(lambda marks, table=table: f"{marks[1]}{table}{marks[2]}", readme)  # type: ignore[misc]
    return readme


def settings_page() -> str:
    """The whole page about settings, ending with a newline."""
    head = ("setting", "default", "may be", "unit", "what it does")
    return SETTINGS.format(table=_table(head, map(_setting, settings())))


def datasets() -> str:
    """One row for each dataset that comes along: its name, its images, where they come from."""
    return _table(("name", "images", "where from"), map(_dataset, built_in().values()))


def architectures() -> str:
    """One row for each architecture: its name, what it is."""
    return _table(("name", "what it is"), map(_architecture, known().values()))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _setting(setting: Setting) -> tuple[str, ...]:
    default = "the architecture's own" if setting.own else f"`{as_text(setting.default)}`"
    return f"`{setting.name}`", default, expected(setting), setting.unit, setting.help


def _dataset(dataset: Dataset) -> tuple[str, ...]:
    n = dataset.n_train + dataset.n_validation + dataset.n_test
    height, width, channels = dataset.shape
    size = f"{height}×{width} {'grey' if channels == 1 else 'colour'}, {len(dataset.classes)} classes"
    return f"`{dataset.name}`", f"{dataset.title}: {f'{n:,}, ' if n else ''}{size}", _where_from(dataset)


def _where_from(dataset: Dataset) -> str:
    if not dataset.files:
        return "on board"
    places = ", ".join(
        dict.fromkeys(_place(files) for files in (dataset.files, *(form.files for form in dataset.forms)))
    )
    if not all(file.urls for file in dataset.files):
        return f"put there by you, in one of these forms: {places}"
    return f"downloaded once ({sum(file.size for file in dataset.files) / 1e6:.0f} MB), or put there: {places}"


def _place(files: Sequence[PublishedFile]) -> str:
    """Where a form of a dataset lies: its file, or the folder of several."""
    first = PurePosixPath("data", files[0].path)
    return f"`{first if len(files) == 1 else first.parent / f'*{first.suffix}'}`"


def _architecture(architecture: Architecture | Baseline) -> tuple[str, ...]:
    return f"`{architecture.name}`", f"{architecture.title}. {architecture.about}"


if __name__ == "__main__":
    main()
