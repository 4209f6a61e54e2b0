#!/usr/bin/env python3
"""Holds the source tree to its own map. Run by `./dev check quick`; needs nothing but Python.

1. A folder may include only from the modules its CMakeLists.txt names in DEPENDS, and they never form a circle.
2. Other people's libraries stay behind one door each (OWNERS).
3. SQL stands only in store.cpp and src/db; JSON's own library only in src/json, wire.cpp and problem.cpp.
4. What a feature decides (rules, store, service) knows neither HTTP nor coroutines: commands and tests call it too.
5. Macros are defined only in src/base/result.hpp.
6. Nothing is left for later in a comment.
7. No file is longer than 400 lines (tests: 600).
8. Every module says what it is for in a README.md of at most 20 lines.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
OWNERS = {
    "boost/beast": ["http"], "boost/url": ["http"], "boost/json": ["json", "tokens/wire.cpp", "tokens/wire.hpp"],
    "sqlite3.h": ["db/sqlite"], "libpq-fe.h": ["db/postgres"],
    "openssl/": ["crypto"], "sodium": ["crypto", "passwords"], "crypt.h": ["passwords"], "zxcvbn": ["passwords"],
    "unicode/": ["text"], "CLI/": ["cli"], "toml++/": ["config"], "zlib.h": ["http"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
FOREIGN = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)
SQL = re.compile(r'"\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s')
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MODULE = re.compile(r"usher_module\(\s*NAME\s+(\w+)(?:\s+DEPENDS\s+([\w\s${}]+?))?(?:\s+LINK[^)]*)?\)")
LINES_MAX, TEST_LINES_MAX, README_LINES_MAX = 400, 600, 20


def modules() -> dict[Path, tuple[str, set[str]]]:
    found = {}
    for file in SRC.rglob("CMakeLists.txt"):
        if match := MODULE.search(file.read_text()):
            found[file.parent] = (match[1], set((match[2] or "").split()))
    features = {name for folder, (name, _) in found.items() if folder.parent == SRC / "features"}
    return {folder: (name, needs - {"${features}"} | (features if "${features}" in needs else set()))
            for folder, (name, needs) in found.items()}


def reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    seen, todo = set(), [start]
    while todo:
        for name in edges.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def owner(path: Path, folders) -> Path | None:
    return next((folder for folder in [path, *path.parents] if folder in folders), None)


def check_includes(file: Path, text: str, by_folder) -> list[str]:
    complaints = []
    folder = owner(file.parent, by_folder)
    if not folder:
        return []
    name, needs = by_folder[folder]
    for target in INCLUDE.findall(text):
        there = owner((SRC / target).parent, by_folder)
        if not (SRC / target).exists() or not there:
            complaints.append(f'"{target}" is not a file below src/')
        elif by_folder[there][0] not in {name, *needs}:
            complaints.append(f'includes "{target}", but {name} does not depend on {by_folder[there][0]}')
    return complaints


def check_text(file: Path, text: str, is_test: bool) -> list[str]:
    complaints = []
    where = file.relative_to(SRC)
    if file.stem in {"rules", "store", "service"} and "features" in where.parts:
        if any(target.startswith("http/") for target in INCLUDE.findall(text)) or "co_await" in text:
            complaints.append("a decision knows neither HTTP nor coroutines")
    for header in FOREIGN.findall(text):
        for prefix, homes in OWNERS.items():
            at_home = any(where.is_relative_to(home) for home in homes)
            if header.startswith(prefix) and not at_home and not (prefix == "boost/json" and file.name in ("wire.cpp", "problem.cpp")):
                complaints.append(f"<{header}> belongs behind src/{homes[0]}")
    if SQL.search(text) and not is_test and file.name != "store.cpp" and "db" not in where.parts:
        complaints.append("SQL belongs in a store.cpp")
    if re.search(r"^\s*#\s*define", text, re.M) and where != Path("base/result.hpp"):
        complaints.append("macros are defined only in src/base/result.hpp")
    if LATER.search(text):
        complaints.append("do it now, or write it down in docs/")
    length, limit = text.count("\n"), TEST_LINES_MAX if is_test else LINES_MAX
    if length > limit:
        complaints.append(f"{length} lines; find the second idea in it and give that its own file")
    return complaints


def main() -> int:
    by_folder = modules()
    edges = {name: needs for name, needs in by_folder.values()}
    complaints = [f"{name} is in a circle of modules" for name in edges if name in reachable(edges, name)]

    for folder in by_folder:
        readme = folder / "README.md"
        if not readme.exists():
            complaints.append(f"{folder.relative_to(ROOT)}: no README.md")
        elif readme.read_text().count("\n") > README_LINES_MAX:
            complaints.append(f"{readme.relative_to(ROOT)}: more than {README_LINES_MAX} lines")

    for file in sorted([*SRC.rglob("*.hpp"), *SRC.rglob("*.cpp")]):
        text = file.read_text()
        is_test = file.stem.endswith(("_test", "_fuzz", "_bench", "testing"))
        found = check_text(file, text, is_test) + ([] if is_test else check_includes(file, text, by_folder))
        complaints += [f"{file.relative_to(ROOT)}: {complaint}" for complaint in found]

    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
