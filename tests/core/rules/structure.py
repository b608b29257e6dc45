"""How big a class or a function is, where it imports, and which rooms import each other: read from source."""

import ast
from collections.abc import Iterator, Mapping

LOADERS = ("load", "load_to_stay")
"""The functions of `soleus.basics.loading` that load a module by its name."""

Sources = Mapping[str, str]
"""The text of each file, by its path below the package: `regulate/fills.py`."""


def attribute_counts(source: str) -> dict[str, int]:
    """Of each class: the attributes that its own methods make."""
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {found.name: len(set(_own_attributes(found))) for found in classes}


def parameter_counts(source: str) -> dict[str, int]:
    """Of each function, `self` and `cls` not counted."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {found.name: len(_parameters(found)) for found in functions}


def importing_functions(source: str) -> set[str]:
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {
        function.name
        for function in functions
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }


def rooms_of(sources: Sources, package: str) -> dict[str, set[str]]:
    """For each folder, the other folders that its files import from.

    Imports within functions count, too, and so do modules that the firmware loads by name.
    """
    rooms: dict[str, set[str]] = {}
    for path, source in sources.items():
        room = _folder(path)
        imported = {_folder(file) for file in _imported_files(source, package, sources)}
        rooms[room] = rooms.get(room, set()) | imported - {room}
    return rooms


def circles(rooms: Mapping[str, set[str]]) -> set[str]:
    """The rooms from which one comes back to the same room."""
    return {room for room in rooms if room in _reached(room, rooms)}


def _reached(room: str, rooms: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(rooms[room])
    while waiting:
        found = waiting.pop()
        if found not in reached:
            reached.add(found)
            waiting += rooms.get(found, ())
    return reached


def _own_attributes(found: ast.ClassDef) -> Iterator[str]:
    for node in ast.walk(found):
        is_made = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if is_made and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node.attr


def _parameters(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def _imported_files(source: str, package: str, sources: Sources) -> Iterator[str]:
    for name in _imported_names(source):
        below = name.removeprefix(package + ".")
        path = below.replace(".", "/")
        if below != name:
            yield from (file for file in (f"{path}.py", f"{path}/__init__.py") if file in sources)


def _imported_names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOADERS:
            yield from (f"soleus.{name.value}" for name in node.args if isinstance(name, ast.Constant))


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."
