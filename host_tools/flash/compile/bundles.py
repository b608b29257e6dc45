"""Modules that a board always loads together, each group as one file.

Each separate module costs a chip some 400 bytes, and its names count: MicroPython doubles its table of names,
10 KB at once, beyond 1260 of them. So the controller's file carries every module that the controller imports,
and the files of a few other modules do the same. An import from a module that has gone into another file is
redirected to that file. The core has no line numbers on a board, so its tracebacks lose nothing; in a build
with line numbers, all other modules stay in files of their own.
"""

import ast
from collections.abc import Iterator
from functools import cache

from host_tools.basics.errors import InputError
from host_tools.flash.compile.kept import kept_or_compiled
from host_tools.flash.compile.mpy import compile_text, needs_no_file
from host_tools.flash.compile.names import CORE, ENTRIES, without_names
from host_tools.flash.compile.shorten.privates import with_short_privates
from host_tools.flash.compile.shorten.short_attributes import with_short_attributes
from host_tools.flash.compile.shorten.short_methods import with_short_methods
from host_tools.flash.compile.shorten.short_names import with_short_names
from host_tools.flash.compile.sources import modules as all_modules
from host_tools.flash.compile.sources import source_of

CONTROLLER = "soleus.core.controller"
# Not the controller but every board's start needs these, too.
WITH_CONTROLLER = ("soleus.core.basics.boots", "soleus.core.basics.errors")
# What only boots with these sensors need, and always together: the first one's file carries the other.
OF_A_LAYOUT = {
    "soleus.core.sensing.manifold_gauges": "soleus.core.guards.one_by_one",
    "soleus.core.sensing.chamber_gauges": "soleus.core.guards.second_opinion",
}
# What a program needs for a moment, in a few steps; each is unloaded as a whole.
OF_A_MOMENT = (
    *("soleus.core.program.head_table", "soleus.core.program.block_table"),
    *("soleus.core.program.changes", "soleus.core.make_ready"),
    *("soleus.core.sealed_fill", "soleus.core.alone_fill"),
)
# The trial of a new application imports these by themselves.
IN_FILES_TOO = ("soleus.core.program.fit", "soleus.core.program.words")
APP = "soleus.app"
# The start builds these, and they stay loaded. Light and sound are small, and nearly every board has them.
WITH_APP = (
    "soleus.drivers.board_parts",
    "soleus.drivers.outputs.outputs",
    "soleus.drivers.panel.buzzer",
    "soleus.panel.front",
    "soleus.services.fault_place",
    "soleus.tick",
    "soleus.link.link",
    "soleus.log.recorder",
    "soleus.store.flash_writer",
    "soleus.store.state_store",
    "soleus.store.therapy_meter",
)
SCREEN = "soleus.services.screen"
# Loaded for a moment, at rest.
AT_REST = (
    *(f"soleus.panel.{name}" for name in ("acts", "battery", "choose", "facts", "pages", "requests")),
    *(f"soleus.panel.{name}" for name in ("left", "screens", "table", "walk", "words")),
    *(f"soleus.link.{name}" for name in ("answers", "fault_status", "log_requests")),
    *(f"soleus.store.{name}" for name in ("program_files", "state_load", "state_read", "wearer")),
    "soleus.services.check_fill",
    *("soleus.core.session.dose", "soleus.core.session.questions", *OF_A_MOMENT),
)
# A board has one kind of pressure sensors.
SENSORS = tuple(f"soleus.drivers.sensing.{kind}" for kind in ("adc", "ads1115", "honeywell"))


def firmware_bytecode(has_line_numbers: bool = False) -> dict[str, bytes]:
    """The files of the firmware's package as a board gets them, by their names there."""
    return dict(_kept_bytecode(has_line_numbers))


@cache
def _kept_bytecode(has_line_numbers: bool) -> dict[str, bytes]:
    kind = "with line numbers" if has_line_numbers else "without line numbers"
    return kept_or_compiled(kind, lambda: compiled_bytecode(has_line_numbers))


def compiled_bytecode(has_line_numbers: bool = False) -> dict[str, bytes]:
    """The same, compiled anew."""
    names = {module: f"{module.replace('.', '/')}.py" for module in all_modules()}
    texts = {names[module]: text for module, text in _texts(has_line_numbers).items()}
    core = {names[module] for module in names if _is_in(module, CORE)}
    return {
        f"{name[:-3]}.mpy": compile_text(text, name, has_line_numbers and name not in core)
        for name, text in sorted(texts.items())
    }


def core_bytecode() -> dict[str, bytes]:
    return {name: content for name, content in firmware_bytecode().items() if name.startswith("soleus/core/")}


@cache
def bundles(has_line_numbers: bool = False) -> dict[str, list[str]]:
    """The modules in each file, by the file's own module; imported modules come first."""
    known: set[str] = set()
    with_controller = [m for root in (*WITH_CONTROLLER, CONTROLLER) for m in _closure(root, CORE, known)]
    late = {m for carried in with_controller for m in _imports(carried, CORE, in_functions=True)}
    late -= set(OF_A_LAYOUT.values())
    found = {root: _closure(root, CORE, set(with_controller)) for root in (*sorted(late), *OF_A_MOMENT)}
    for root, carried in OF_A_LAYOUT.items():
        found[root] += _closure(carried, CORE, {*with_controller, *found[root]})
    if has_line_numbers:
        return {CONTROLLER: with_controller, **found}
    known = set(with_controller)
    with_app = [m for root in (*WITH_APP, APP) for m in _closure(root, "soleus", known)]
    screen = _closure(SCREEN, "soleus", set(known))
    sensors = {root: _closure(root, "soleus", set(known)) for root in SENSORS}
    return {CONTROLLER: with_controller, **found, APP: with_app, SCREEN: screen, **sensors}


def merged(modules: list[str], has_line_numbers: bool = False) -> str:
    """One module with the content of all these, without their imports from each other."""
    body: list[ast.stmt] = []
    defined: dict[str, str] = {}
    for module in modules:
        text = redirected(_bare(module), set(modules), has_line_numbers)
        tree = _Inside(set(modules)).visit(ast.parse(text))
        for name in _defined(tree):
            if defined.setdefault(name, module) != module:
                raise InputError(module, name, None, f"a name that {defined[name]} doesn't have, in one file")
        body += tree.body
    return ast.unparse(_Unbracketed().visit(ast.Module(body, [])))


def redirected(source: str, apart_from: set[str], has_line_numbers: bool = False) -> str:
    """Redirect imports from bundled modules to the files that carry them."""
    files = {m: root for root in _always(has_line_numbers) for m in bundles(has_line_numbers)[root]}
    files |= {carried: root for root, carried in OF_A_LAYOUT.items()}
    files = {m: root for m, root in files.items() if m not in apart_from and m != root}
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            # Keep the number of lines, so that line numbers stay right where there are any.
            lines[first : last + 1] = [before + _import_of(node, files) + after, *["\n"] * (last - first)]
    return "".join(lines)


@cache
def _texts(has_line_numbers: bool) -> dict[str, str]:
    groups = bundles(has_line_numbers)
    carried = {module for modules in groups.values() for module in modules} - set(IN_FILES_TOO)
    texts = {root: merged(modules, has_line_numbers) for root, modules in groups.items()}
    for module, source in all_modules().items():
        if module not in carried and not needs_no_file(source):
            texts[module] = redirected(_bare(module), set(), has_line_numbers)
    core = {module: text for module, text in texts.items() if _is_in(module, CORE)}
    rest = {module: text for module, text in texts.items() if module not in core}
    outside = [*rest.values(), *_asked_from_outside()]
    short = with_short_attributes(with_short_methods(core, outside), outside)
    texts = rest | {module: with_short_privates(text) for module, text in short.items()}
    texts |= {module: with_short_privates(texts[module]) for module in AT_REST if module in texts}
    group = {module: text for module, text in texts.items() if module in AT_REST or module not in core}
    outside = [text for module, text in texts.items() if module not in group]
    return texts | with_short_names(group, AT_REST, [*outside, *_asked_from_outside()])


def _asked_from_outside() -> list[str]:
    """Sources that run on a board beside the firmware, and the names that logs and tests use."""
    core = "read_boots; read_program; refuse_unfit; make_ready; controller.step; session.load"
    app = "App; FlashWriter; Link; Requests; app.writer; tick.failure; tick.last_ms; display.pages"
    return [*(source_of(entry) for entry in ENTRIES), core, app]


def _always(has_line_numbers: bool) -> list[str]:
    return [CONTROLLER] if has_line_numbers else [CONTROLLER, APP]


def _import_of(node: ast.ImportFrom, files: dict[str, str]) -> str:
    module = node.module or ""
    if module in files:
        return f"from {files[module]} import {', '.join(map(ast.unparse, node.names))}"
    gone = [alias for alias in node.names if f"{module}.{alias.name}" in files]
    if not gone:
        return ast.unparse(node)
    # The module itself was imported: import its file instead, under the same name.
    imports = []
    for alias in gone:
        room, _, leaf = files[f"{module}.{alias.name}"].rpartition(".")
        imports.append(f"from {room} import {leaf} as {alias.asname or alias.name}")
    kept = [alias for alias in node.names if alias not in gone]
    imports += [f"from {module} import {', '.join(map(ast.unparse, kept))}"] if kept else []
    return "; ".join(imports)


class _Inside(ast.NodeTransformer):
    """Removes a module's references to other modules that are in the same file."""

    def __init__(self, modules: set[str]) -> None:
        self._modules = modules
        self._aliases: set[str] = set()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        if node.module in self._modules and node.col_offset == 0:
            return None
        here = [alias for alias in node.names if f"{node.module}.{alias.name}" in self._modules]
        self._aliases |= {alias.asname or alias.name for alias in here}
        node.names = [alias for alias in node.names if alias not in here]
        return node if node.names else None

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id in self._aliases:
            return ast.Name(node.attr, node.ctx)
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        is_docstring = isinstance(node.value, ast.Constant)
        self.generic_visit(node)
        return None if is_docstring and node.col_offset == 0 else node


class _Unbracketed(ast.NodeTransformer):
    """`a, b = c, d` stays as it is: of `a, b = (c, d)` MicroPython would make a tuple, in every tick."""

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            node.value = ast.Name(", ".join(map(ast.unparse, node.value.elts)))
        return node


def _defined(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(name)]):
                yield name


def _closure(root: str, room: str, known: set[str]) -> list[str]:
    found: list[str] = []
    known.add(root)
    for module in _imports(root, room, in_functions=False):
        if module not in known:
            found += _closure(module, room, known)
    return [*found, root]


def _imports(module: str, room: str, in_functions: bool) -> list[str]:
    """The modules of a room that a module imports on a board, at its top or in its functions."""
    found = []
    for node in ast.walk(ast.parse(_bare(module))):
        if isinstance(node, ast.ImportFrom) and (node.col_offset > 0) == in_functions:
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            found += [name for name in names if name in all_modules() and _is_in(name, room)]
    return found


@cache
def _bare(module: str) -> str:
    """The source that a chip loads: without constants, and without imports for annotations."""
    return without_names(source_of(module), f"{module.replace('.', '/')}.py", keeps_privates=True)


def _is_in(module: str, room: str) -> bool:
    return module.startswith(room + ".")
