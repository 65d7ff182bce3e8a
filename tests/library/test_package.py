"""The package as users get it: built, checked, installed with NumPy alone, and run."""

import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import numpy as np
import pytest

import xent_lib as xl

ROOT = Path(xl.__file__).parents[1]
LOSS = "float(xent_lib.softmax_cross_entropy([[40.0, 0.0]], [0]))"


def run(*command, cwd):
    """Run a command; if it fails, show its output."""
    result = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build from a copy of the sources, and return the folder with the distributions."""
    copy = tmp_path_factory.mktemp("package")
    shutil.copytree(
        ROOT / "xent_lib", copy / "xent_lib", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    # Builds the source archive, and from it the wheel, with the installed setuptools.
    run(sys.executable, "-m", "build", "--no-isolation", copy, cwd=copy)
    return copy / "dist"


def test_distributions_pass_the_index_checks(built):
    version = xl.__version__
    assert sorted(path.name for path in built.iterdir()) == [
        f"xent_lib-{version}-py3-none-any.whl",
        f"xent_lib-{version}.tar.gz",
    ]
    run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)


def test_wheel_contains_the_modules_and_requires_only_numpy(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
        metadata = Parser().parsestr(
            wheel.read(f"xent_lib-{xl.__version__}.dist-info/METADATA").decode()
        )
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "xent_lib").rglob("*.py")} | {
        "xent_lib/py.typed",
        "xent_lib/README.md",
        "xent_lib/CHANGELOG.md",
    }
    assert ours == {name for name in packed if ".dist-info/" not in name}
    assert [need for need in metadata.get_all("Requires-Dist") if "extra" not in need] == [
        "numpy>=2.0"
    ]
    assert metadata.get_payload().startswith("# xent_lib\n")


def test_wheel_works_with_numpy_alone(built, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    packages = Path(
        run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=tmp_path).strip()
    )
    for path in Path(np.__file__).parents[1].glob("numpy*"):  # NumPy, its libraries, its metadata
        (packages / path.name).symlink_to(path)
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-index",
        "--no-deps",
    ]
    run(*install, next(built.glob("*.whl")), cwd=tmp_path)
    program = f"import xent_lib; print(xent_lib.__version__, {LOSS}, xent_lib.__file__)"
    version, loss, path = run(python, "-I", "-W", "error", "-c", program, cwd=tmp_path).split()
    assert version == xl.__version__
    assert float(loss) == pytest.approx(4.248354255291589e-18, rel=1e-14, abs=0)
    assert Path(path).is_relative_to(packages)


def test_version_is_the_same_everywhere():
    assert f"\nversion: {xl.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "xent_lib" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+) \(", changes, re.MULTILINE)[1] == xl.__version__


def test_index_page_names_existing_functions_and_has_no_local_links():
    text = (ROOT / "xent_lib" / "README.md").read_text(encoding="utf-8")
    assert not re.findall(r"\]\((?!https://)", text)
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", text))
    assert len(named) > 20 and named <= set(xl.__all__)
