"""Records again what the FastAPI of this environment answers: `python record.py FOLDER [NAME…]`. See the README beside the folder."""

import gzip
import json
import platform
import sys
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from answers import record_answers
from edges import record_edges
from scenarios import record_section
from vectors import record_table

FILES = {
    "seed": "basic query path request response update fields cookie header types errors templates forms encoder dependency security blueprint middleware hosts background database".split(),
    "new": "formlimits formmodels limits models null streams".split(),
}
TABLES = ("coercion-strings", "coercion-json")
ANSWERS = ("coercion-response-model", "serialization-matrix", "pydantic-errors")
PACKAGES = ("fastapi", "starlette", "pydantic", "python-multipart", "email-validator")


def read(file: Path) -> str:
    return gzip.decompress(file.read_bytes()).decode()


def write(file: Path, text: str) -> None:
    # Without a time: the same text is the same file.
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def record_scenarios(file: Path, prefix: str, sections: list[str]) -> None:
    """Replaces the scenarios of these sections where they stand; others, whose apps are not here, stay."""
    lines = {json.loads(line)["app"]: line for line in read(file).splitlines()}
    for section in sections:
        for scenario in record_section(section, prefix):
            lines[scenario["app"]] = compact(scenario)
            print(f"{scenario['app']}: {len(scenario['steps'])} steps")
    write(file, "".join(f"{line}\n" for line in lines.values()))


def main(folder: Path, names: list[str]) -> None:
    for name in names or [*FILES, *TABLES, *ANSWERS, "edge-cases", "openapi-sample"]:
        if name in FILES:
            record_scenarios(folder / f"{name}.jsonl.gz", name, FILES[name])
        elif name in TABLES:
            file = folder / f"{name}.json.gz"
            table = record_table(name, json.loads(read(file)))
            write(file, compact(table))
            print(f"{name}: {sum(map(len, table['types'].values()))} inputs")
        elif name in ANSWERS:
            file = folder / f"{name}.json.gz"
            answers = record_answers(name, json.loads(read(file)))
            write(file, compact(answers))
            print(f"{name}: {len(answers)} rows")
        elif name == "edge-cases":
            file = folder / f"{name}.json.gz"
            cases = record_edges(json.loads(read(file)))
            write(file, compact(cases))
            print(f"{name}: {len(cases)} cases")
        elif name == "openapi-sample":
            sys.path.insert(0, str(folder / name))
            with redirect_stdout(None):
                from app import app
            (folder / name / "openapi.json").write_text(json.dumps(app.openapi(), indent=1))
        else:
            raise SystemExit(f"{name} cannot be recorded; {', '.join([*FILES, *TABLES, *ANSWERS, 'edge-cases', 'openapi-sample'])} can")
    versions = {package: version(package) for package in PACKAGES} | {"python": platform.python_version()}
    (folder / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
