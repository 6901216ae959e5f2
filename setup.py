"""Lays the folders of the checkout inside one package, `fitscope`; everything else is said in pyproject.toml."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("core", "dashboard", "models", "pages")  # in the wheel fitscope/core …: `core` alone would collide


def packages(folder: str) -> list[str]:
    within = find_namespace_packages(folder, exclude=["*__pycache__"])
    return [f"fitscope.{folder}", *(f"fitscope.{folder}.{name}" for name in within)]


setup(
    packages=["fitscope", *(name for folder in FOLDERS for name in packages(folder))],
    package_dir={f"fitscope.{folder}": folder for folder in FOLDERS},
)
