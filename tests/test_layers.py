"""Imports point one way, fitscope → pages → dashboard → core → models, and each folder keeps to its subject."""

import ast
import graphlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("layers")  # what one test has read serves the others

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("fitscope", "pages", "dashboard", "core", "models")  # each may import those after it

CORE = (
    "",  # errors, files, folders, scratch, progress, plugins
    "processes",
    "pictures",
    "by_hand",
    "people",
    "data",
    "datasets",
    "recipe",
    "runs",
    "backbones",
    "network",
    "evaluation",
    "fit",
    "training",
    "queue",
    "inside",
    "explain",
    "lessons",
    "experiments",
    "questions",
    "export",
    "carry",
    "classwork",
    "commands",
    "__main__",
)  # from the ground up: each folder imports only those before it and itself
INNER = {
    "data/reading": "data",
    "export/carried": "export",
    "training/trials": "training",
}  # folders within a folder, in the same place of the order

SHARED = (
    "",
    "server",
    "upstream",
    "charts",
    "live",
    "people",
    "widgets",
    "diary",
    "runs",
)  # of the dashboard; every other folder of it is a screen's

HEAVY = {"tensorflow", "keras"}
SLOW = {"scipy", "sklearn", "skops", "pandas", "optuna"}  # half a second or more, of every command and every job
HEAVY_AT_TOP = {f"core/training/{one}.py" for one in ("loop", "steps", "result", "baselines/train")}
HEAVY_INSIDE = ("core/training/", "core/inside/", "core/explain/", "core/export/", "models/")
TRAINS = ("core/training/", "core/commands/train.py")  # may import what imports Keras, the latter in a function only

PLUGINS = (
    "core/datasets",
    "core/explain",
    "core/lessons",
    "core/questions",
    "models",
    "models/backbones",
    "models/baselines",
)
FILES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
CODE = [*FILES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
DRAWING = {"streamlit", "plotly", "streamlit_webrtc", "altair", "matplotlib"}
UNSAFE = {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}


def name(path):
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path):
    """(module, is it at the top of the module) of every import; `if TYPE_CHECKING` is for the type checker only."""
    found = []

    def walk(node, top):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                found.extend((alias.name, top) for alias in child.names)
            if isinstance(child, ast.ImportFrom):
                module = "." * child.level + (child.module or "")
                found.append((module, top))
                found.extend((f"{module}.{alias.name}", top) for alias in child.names)
            walk(child, top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    walk(tree(path), True)
    return found


def package(module):
    return module.split(".")[0]


def packages(path):
    return {package(module) for module, _top in imports(path)}


def faults(law, paths=FILES):
    """{file: what `law` has against it}, of those files against which it has something."""
    return {name(path): fault for path in paths if (fault := law(path))}


def test_imports_point_downwards_only():
    def law(path):
        layer = LAYERS.index(name(path).split("/")[0])
        return packages(path) & {*LAYERS[:layer], "tests", "benchmarks"}

    assert not faults(law)


def folder(module, layer):
    """The folder of a layer in which a module lies: "" for those that lie loose, or for the layer itself."""
    parts = module.split(".")[1:]
    inner = "/".join(parts[:2])
    if inner in INNER:
        return INNER[inner]
    if parts and (ROOT / layer / parts[0]).is_dir():
        return parts[0]
    return parts[0] if parts == ["__main__"] else ""


def module_of(path):
    return name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def within(path, layer):
    """{(folder, module)} of each import of the same layer."""
    return {(folder(module, layer), module) for module, _top in imports(path) if module.startswith(layer + ".")}


def of(layer):
    return [path for path in FILES if name(path).startswith(layer + "/")]


def test_a_folder_of_core_imports_only_those_below_it():
    def law(path):
        place = CORE.index(folder(module_of(path), "core"))
        return {module for there, module in within(path, "core") if CORE.index(there) > place}

    assert not faults(law, of("core"))


def test_a_screen_imports_no_other_screen_and_what_is_shared_none():
    def law(path):
        own = folder(module_of(path), "dashboard")
        return {module for there, module in within(path, "dashboard") if there not in (*SHARED, own)}

    assert not faults(law, of("dashboard"))


def test_no_import_goes_round_in_a_circle():
    graph = {module_of(path): {to for to, _top in imports(path)} - {module_of(path)} for path in CODE}
    order = graphlib.TopologicalSorter({module: used & set(graph) for module, used in graph.items()})
    order.prepare()  # raises CycleError, which names the circle


def test_our_own_modules_are_imported_late_only_for_a_reason_that_is_said():
    def law(path):
        lines = path.read_text("utf-8").splitlines()
        late = [number for module, number in late_imports(path) if package(module) in LAYERS]
        return [lines[number - 1] for number in late if "late" not in "".join(lines[max(0, number - 4) : number])]

    assert not faults(law)


def late_imports(path):
    """(module, line) of the imports inside functions."""
    for outer in ast.walk(tree(path)):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(outer):
                if isinstance(node, ast.ImportFrom):
                    yield node.module or "", node.lineno
                elif isinstance(node, ast.Import):
                    yield node.names[0].name, node.lineno


def test_no_folder_is_a_heap():
    counts = Counter(path.parent for path in FILES if path.stem != "__init__")
    heaps = {name(home): n for home, n in counts.items() if n > 16}
    # a plug-in or a page more is a file more, and none of them knows of another
    assert not heaps.keys() - {*PLUGINS, "pages"}
    assert counts[ROOT / "core"] <= 9
    assert counts[ROOT / "dashboard"] <= 12


def test_no_file_is_long():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in CODE}
    assert not {path: n for path, n in lengths.items() if n > 320}


def test_imports_are_written_in_full():
    assert not faults(lambda path: [module for module, _top in imports(path) if module.startswith(".")])


def is_plugin(path):
    """As `core/plugins.py` finds them: a module with a SPEC."""
    targets = [target for node in tree(path).body if isinstance(node, ast.Assign) for target in node.targets]
    return any(isinstance(one, ast.Name) and one.id == "SPEC" for one in targets)


def test_a_page_imports_no_page_and_a_plugin_no_plugin():
    def law(path):
        home = name(path).rsplit("/", 1)[0]
        if home == "pages":
            return packages(path) & {"pages"}
        if home in PLUGINS and is_plugin(path):
            beside = {name(other).removesuffix(".py").replace("/", ".") for other in path.parent.glob("*.py")}
            plugins = {module for module in beside if is_plugin(ROOT / f"{module.replace('.', '/')}.py")}
            return plugins & {module for module, _top in imports(path)}
        return None

    assert not faults(law)


def test_keras_is_imported_where_it_may_be():
    def law(path):
        at_top = [module for module, top in imports(path) if package(module) in HEAVY and top]
        inside = [module for module, top in imports(path) if package(module) in HEAVY and not top]
        if name(path) in HEAVY_AT_TOP:
            return None
        return at_top or (not name(path).startswith(HEAVY_INSIDE) and inside)

    assert not faults(law)


def test_what_takes_long_to_import_is_imported_late():
    assert not faults(
        lambda path: {module for module, top in imports(path) if package(module) in SLOW and top}, of("core")
    )


def test_only_a_training_imports_what_imports_keras():
    heavy = {module.removesuffix(".py").replace("/", ".") for module in HEAVY_AT_TOP}

    def law(path):
        used = {(module, top) for module, top in imports(path) if module in heavy}
        if not name(path).startswith(TRAINS):
            return used
        return name(path) not in HEAVY_AT_TOP and {module for module, top in used if top}

    assert not faults(law)


def test_what_is_true_does_not_draw():
    assert not faults(lambda path: packages(path) & DRAWING, [*of("core"), *of("models")])


def test_nothing_is_pickled():
    assert not faults(lambda path: packages(path) & UNSAFE)
    assert not faults(lambda path: re.search(r"allow_pickle\s*=\s*True", path.read_text("utf-8")))


def test_user_text_is_never_evaluated():
    def law(path):
        calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        return {"eval", "exec"} & {call.id for call in calls if isinstance(call, ast.Name)}

    assert not faults(law)


def test_a_file_says_first_what_it_is_for():
    def law(path):
        said = ast.get_docstring(tree(path))
        if not said or not path.read_text("utf-8").startswith(('"""', "#!")):
            return "its first line should say what it is for"
        return not said.splitlines()[0].endswith((".", ":", "?", "`", '"')) and "its first line is no sentence"

    assert not faults(law, CODE)


def test_no_file_is_named_after_nothing_in_particular():
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "tools"}
    assert not [name(path) for path in CODE if path.stem in vague]


def test_a_page_in_a_browser_is_waited_for_as_long_as_a_busy_machine_needs():
    """Playwright gives up after 30 s; `viewer` does not."""
    tests = [path for path in CODE if name(path).startswith("tests/") and name(path) != "tests/made/browser.py"]
    assert not faults(lambda path: re.search(r"browser\.new_(page|context)\(", path.read_text("utf-8")), tests)


def test_the_checks_would_notice(tmp_path):
    """The parser sees imports in every form in which they are written."""
    path = tmp_path / "sample.py"
    path.write_text(
        "import a.b, c\nfrom d import e\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import hidden\n"
        "try:\n    import f\nexcept ImportError:\n    pass\n"
        "class G:\n    import g\n    def h(self):\n        from i.j import k\n"
    )
    found = set(imports(path))
    assert {("a.b", True), ("c", True), ("d", True), ("d.e", True), ("f", True), ("g", True)} <= found
    assert {("i.j", False), ("i.j.k", False)} <= found
    assert not any(package(module) == "hidden" for module, _ in found)
    assert faults(lambda path: package("a.b"), [FILES[0]]) == {name(FILES[0]): "a"}
