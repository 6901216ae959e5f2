"""All settings as Markdown: `python -m core.recipe.table > docs/settings.md`; a test compares the two."""

from core.recipe.config import settings
from core.recipe.setting import Setting, as_text, expected

HEAD = """# Settings

Every name below is the same in the form, in the address bar, in `config.json` and after `--set`. Made by
`python -m core.recipe.table > docs/settings.md` from the declarations in `core/recipe/config.py`.

| setting | default | may be | unit | what it does |
| --- | --- | --- | --- | --- |
"""


def table() -> str:
    """The whole page, ending with a newline."""
    return HEAD + "\n".join(_row(one) for one in settings()) + "\n"


def _row(one: Setting) -> str:
    default = "the architecture's own" if one.own else f"`{as_text(one.default)}`"
    return f"| `{one.name}` | {default} | {expected(one)} | {one.unit} | {one.help} |"


if __name__ == "__main__":
    print(table(), end="")
