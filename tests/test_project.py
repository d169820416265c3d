"""The package as a newcomer meets it: quick to import, and whole when installed."""

import os
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

HEAVY = (
    "torch",
    "polars",
    "pandas",
    "matplotlib",
    "minari",
    "pyarrow",
    "scipy.optimize",
    "rich",
    "sb3_contrib",
    "stable_baselines3",
    "supersuit",
    "tianshou",
    "torchrl",
)

IMPORT = """
import sys, time
from numba.core import event
with event.install_recorder("numba:compile") as compiled:
    import gymnasium, numba, pettingzoo, pydantic, yaml
    start = time.perf_counter()
    import marl_routing
    print(time.perf_counter() - start)
print(len(compiled.buffer))
print(*sorted(sys.modules))
"""

USE = """
import marl_routing
print(marl_routing.__file__)
print(*marl_routing.list_scenarios())
print(marl_routing.load_scenario("servicenow_itsm").name)
"""


def run_python(code: str, folder: Path, python_path: Path) -> list[str]:
    """The lines that `code` prints in a fresh interpreter started in `folder`."""
    environment = os.environ | {"PYTHONPATH": str(python_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_import_is_quick_and_loads_nothing_heavy(root: Path, tmp_path: Path) -> None:
    runs = [run_python(IMPORT, tmp_path, root) for _ in range(3)]
    loaded = set(runs[0][2].split())
    assert not loaded.intersection(HEAVY)
    assert min(float(seconds) for seconds, _, _ in runs) < 1.0


def test_no_command_loads_a_solver_before_it_solves(root: Path, tmp_path: Path) -> None:
    code = "import sys, marl_routing.cli; print('scipy.sparse' in sys.modules)"
    assert run_python(code, tmp_path, root) == ["False"]


def test_import_compiles_nothing(root: Path, tmp_path: Path) -> None:
    _, compiled, _ = run_python(IMPORT, tmp_path, root)
    assert compiled == "0"


def test_wheel_works_from_any_folder(root: Path, wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    shipped = {path.name for path in (installed / "marl_routing" / "configs").iterdir()}
    assert shipped == {path.name for path in (root / "configs").iterdir()}
    assert (installed / "marl_routing" / "py.typed").exists()

    file, names, name = run_python(USE, elsewhere, installed)
    assert Path(file).is_relative_to(installed)
    assert {f"{scenario}.yaml" for scenario in names.split()} <= shipped
    assert name == "servicenow_itsm"


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"marl_routing"}


def test_every_room_has_its_floor(root: Path) -> None:
    """The import contract names exactly the parts that exist; `make lint` checks its direction."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    contract = settings["tool"]["importlinter"]["contracts"][0]
    floors = {part for layer in contract["layers"] for part in layer.split(" | ")}
    package = root / "marl_routing"
    rooms = {path.stem for path in package.glob("*.py")} - {"__init__"}
    rooms |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert rooms == floors


def test_constraints_name_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {requirement_name(line) for line in wanted} - {"marl_routing"}
    lines = (root / "constraints.txt").read_text().splitlines()
    pinned = {requirement_name(line) for line in lines if not line.startswith("#")}
    assert names <= pinned
    assert not [line for line in lines if "+" in line], (
        "a local build cannot be installed elsewhere"
    )


def requirement_name(line: str) -> str:
    """`stable-baselines3>=2.4,<3` is stable_baselines3."""
    name = line
    for mark in "[=<>":
        name = name.split(mark)[0]
    return name.lower().replace("-", "_")
