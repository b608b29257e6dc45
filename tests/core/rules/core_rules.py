"""The rules of the core, held by reading its source: `broken_rules` gives one line for each breach.

What `Controller.step` reaches is found by name: a call of `x.fill(...)` reaches every function and
method of the core that is called `fill`. That is more than it really reaches, never less, as long as
functions are not handed around as values, which is a rule, too.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PACKAGE = "soleus.core"
ENTRY_CLASS, ENTRY_METHOD = "Controller", "step"
SMALL_INT_LIMIT = 2**30

# Functions of the language that give an integer without taking memory.
STEP_BUILTINS = {"abs", "bool", "int", "len", "max", "min"}
DECORATORS = {"staticmethod", "classmethod", "property"}

PHYSICAL_UNITS = {
    "pa", "mmhg", "ms", "s", "us", "minutes", "mv", "ma", "ml", "permille", "percent", "celsius",
}  # fmt: skip
RATE_UNITS = {"pa_s", "mmhg_s", "ml_s"}
COUNTING_UNITS = {"bits", "bit", "count", "index", "samples", "ticks", "times", "code"}
MAGNITUDE_WORDS = {
    "pressure", "target", "setpoint", "wanted", "time", "timeout", "limit", "delay", "duration", "level",
    "hold", "ramp", "period", "elapsed", "deadline", "since", "age", "supply", "duty", "speed", "slope",
    "overshoot", "lead",
}  # fmt: skip
TRUTH_WORDS = {"is", "has", "can", "was", "needs", "may"}

# Magnitudes that have a different unit from fault to fault: fault_table.TABLE says which.
# The second is a guard.
UNITLESS_NAMES = {"limit", "fill_timeout"}

ALLOCATING_NODES: dict[type[ast.AST], str] = {
    ast.JoinedStr: "builds text",
    ast.List: "builds a list",
    ast.Dict: "builds a dict",
    ast.Set: "builds a set",
    ast.Tuple: "builds a tuple",
    ast.ListComp: "has a comprehension",
    ast.SetComp: "has a comprehension",
    ast.DictComp: "has a comprehension",
    ast.GeneratorExp: "has a generator",
    ast.Yield: "is a generator",
    ast.YieldFrom: "is a generator",
    ast.Await: "is a coroutine",
    ast.Lambda: "makes a function",
    ast.ClassDef: "makes a class",
    ast.Starred: "unpacks arguments",
    ast.Slice: "slices",
    ast.Try: "has try/except",
    ast.With: "has a with statement",
    ast.Raise: "raises an exception",
    ast.Global: "writes a global name",
    ast.Nonlocal: "keeps a closure",
    ast.Import: "imports",
    ast.ImportFrom: "imports",
    ast.Delete: "deletes",
    ast.Pow: "raises to a power",
    ast.NamedExpr: "has a walrus",
}
FOREIGN_NODES: tuple[type[ast.AST], ...] = (
    ast.Match,
    ast.AsyncFunctionDef,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.TryStar,
)

Function = ast.FunctionDef


@dataclass
class Core:
    """The parsed modules and what is defined in them, by name."""

    modules: dict[str, ast.Module]
    functions: dict[str, list[tuple[str, Function]]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    methods: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for file, tree in self.modules.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    self.functions.setdefault(node.name, []).append((file, node))
                elif isinstance(node, ast.ClassDef):
                    self.classes[node.name] = node
                    self.methods |= {m.name for m in node.body if isinstance(m, ast.FunctionDef)}
        for _, init in self.functions.get("__init__", []):
            self.fields |= {node.attr for node in ast.walk(init) if _is_stored_attribute(node)}


def broken_rules(sources: Mapping[str, str]) -> list[str]:
    """One line for each breach, as `file:line: what`; `sources` maps the core's file names to their text."""
    core = Core({file: ast.parse(text, file) for file, text in sources.items()})
    breaches = []
    for file, tree in core.modules.items():
        breaches += [f"{file}:{line}: {what}" for line, what in _module_breaches(tree)]
    for name, file, function in step_functions(core):
        breaches += [f"{file}:{line}: {name}() {what}" for line, what in _step_breaches(function, core)]
    return sorted(set(breaches))


def step_functions(core: Core) -> Iterator[tuple[str, str, Function]]:
    """Every function that `Controller.step` may reach, as name, file and syntax tree."""
    entry_class = core.classes.get(ENTRY_CLASS)
    entries = [m for m in entry_class.body if _is_entry(m)] if entry_class else []
    waiting = [(file, f) for file, f in core.functions.get(ENTRY_METHOD, []) if f in entries]
    seen = set()
    while waiting:
        file, function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        yield function.name, file, function
        for name in _called_names(function) | _property_names(function, core):
            waiting += core.functions.get(name, [])


def _is_entry(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == ENTRY_METHOD


def _called_names(function: Function) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {_last_name(called) for called in calls}


def _property_names(function: Function, core: Core) -> set[str]:
    """A property is called without parentheses."""
    read = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return {name for name in read if _is_property(name, core)}


def _is_property(name: str, core: Core) -> bool:
    return any("property" in _decorators(function) for _, function in core.functions.get(name, []))


# --- rules for the whole core ---


def _module_breaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for what in (*_number_breaches(node), *_import_breaches(node), *_language_breaches(node)):
            yield line, what
        for what in (*_mixed_unit_breaches(node), *_lost_unit_breaches(node)):
            yield line, what
    yield from _name_breaches(tree)


def _number_breaches(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        yield f"{node.value!r} is not an integer"
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
        yield "`/` gives a float; `//` keeps integers"
    if isinstance(node, ast.Call) and _last_name(node.func) in {"float", "round", "complex"}:
        yield f"{_last_name(node.func)}() works with floats"
    value = None if isinstance(node, ast.UnaryOp) else _literal_value(node)
    if value is not None and abs(value) >= SMALL_INT_LIMIT:
        yield f"{value} is 2**30 or more: the chip allocates for it"


def _import_breaches(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if not _is_core_module(alias.name):
                yield f"imports {alias.name}: the core imports nothing outside itself"
    if isinstance(node, ast.ImportFrom):
        is_inside = node.level == 1 or (node.level == 0 and _is_core_module(node.module or ""))
        if not is_inside:
            name = "." * node.level + (node.module or "")
            yield f"imports from {name}: the core imports nothing outside itself"


def _language_breaches(node: ast.AST) -> Iterator[str]:
    if isinstance(node, FOREIGN_NODES):
        yield f"{type(node).__name__} is not for MicroPython's core"
    if isinstance(node, ast.FunctionDef):
        if node.args.posonlyargs:
            yield "positional-only parameters don't exist in MicroPython"
        for name in _decorators(node) - DECORATORS:
            yield f"decorator {name}: only {', '.join(sorted(DECORATORS))} here"


def _is_core_module(name: str) -> bool:
    return name == PACKAGE or name.startswith(PACKAGE + ".")


def _literal_value(node: ast.AST) -> int | None:
    """The value of an integer literal, or of an expression made of literals only."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if not isinstance(node, ast.BinOp | ast.UnaryOp):
        return None
    if not all(
        isinstance(n, ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop)
        for n in ast.walk(node)
    ):
        return None
    try:
        value = eval(compile(ast.Expression(body=node), "", "eval"), {"__builtins__": {}})
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return value if type(value) is int else None


# --- units in names ---


def unit_of(name: str) -> str | None:
    """The unit that a name ends with."""
    rate = next((rate for rate in RATE_UNITS if name.lower().endswith("_" + rate)), None)
    if rate:
        return rate
    last = name.lower().rsplit("_", 1)[-1]
    if last in PHYSICAL_UNITS and (last != name.lower() or last == "minutes"):
        return last
    return last if last in COUNTING_UNITS else None


def _name_breaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    codes = _enumerated_names(tree)
    for line, name in _magnitude_names(tree):
        words = name.lower().strip("_").split("_")
        is_magnitude = MAGNITUDE_WORDS.intersection(words) and words[0] not in TRUTH_WORDS
        if is_magnitude and not unit_of(name) and name not in codes | UNITLESS_NAMES:
            yield line, f"{name} doesn't say its unit"


def _magnitude_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Attributes, parameters, module constants and functions that may stand for a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            if _annotation(node.returns) == "int":
                yield node.lineno, node.name
            for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                if _annotation(arg.annotation) in {"", "int", "list"}:
                    yield arg.lineno, arg.arg
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and _may_be_number(node.value):
            yield from ((t.lineno, t.attr) for t in _targets(node) if isinstance(t, ast.Attribute))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _may_be_number(statement.value):
            yield from ((t.lineno, t.id) for t in _targets(statement) if isinstance(t, ast.Name))


def _may_be_number(value: ast.expr | None) -> bool:
    """False for text, truth values, containers of text, and new objects."""
    if isinstance(value, ast.Constant):
        return type(value.value) is int
    if isinstance(value, ast.Call):
        return not _last_name(value.func)[:1].isupper()
    if isinstance(value, ast.List | ast.Tuple) and value.elts:
        return any(_may_be_number(element) for element in value.elts)
    return not isinstance(value, ast.Compare | ast.Dict)


def _enumerated_names(tree: ast.Module) -> set[str]:
    """Constants that are codes, not magnitudes: `A, B = range(2)`, or at least three lines counting up."""
    codes: set[str] = set()
    run: list[str] = []
    before = None
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Tuple):
            codes |= {name.id for name in target.elts if isinstance(name, ast.Name)}
        value = _literal_value(statement.value) if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name) or value is None or value - 1 != before:
            run = []
        if isinstance(target, ast.Name) and value is not None:
            run.append(target.id)
        before = value
        if len(run) >= 3:
            codes |= set(run)
    return codes


def _mixed_unit_breaches(node: ast.AST) -> Iterator[str]:
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        pairs = [(node.left, node.right)]
    elif isinstance(node, ast.Compare):
        pairs = list(zip([node.left, *node.comparators], node.comparators, strict=False))
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    for left, right in pairs:
        units = {_physical_unit(left), _physical_unit(right)} - {None}
        if len(units) == 2:
            yield f"{_full_name(left)} and {_full_name(right)} have different units"


def _lost_unit_breaches(node: ast.AST) -> Iterator[str]:
    """An attribute that is given a value with a unit must carry that unit in its name."""
    if isinstance(node, ast.Assign) and _physical_unit(node.value):
        for target in node.targets:
            name = _last_name(target)
            is_field = isinstance(target, ast.Attribute | ast.Subscript)
            if is_field and not unit_of(name) and name not in UNITLESS_NAMES:
                yield f"{_full_name(target)} loses the unit of {_full_name(node.value)}"


def _physical_unit(node: ast.expr) -> str | None:
    unit = unit_of(_last_name(node))
    return unit if unit in PHYSICAL_UNITS | RATE_UNITS else None


# --- rules for what a step reaches ---


def _step_breaches(function: Function, core: Core) -> Iterator[tuple[int, str]]:
    if function.args.vararg or function.args.kwarg:
        yield function.lineno, "takes *args or **kwargs"
    loop_ranges = {node.iter for node in ast.walk(function) if isinstance(node, ast.For)}
    called = {node.func for node in ast.walk(function) if isinstance(node, ast.Call)}
    for node in _body_nodes(function):
        line = getattr(node, "lineno", function.lineno)
        if type(node) in ALLOCATING_NODES:
            yield line, ALLOCATING_NODES[type(node)]
        if isinstance(node, ast.FunctionDef):
            yield line, "makes a function"
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield line, "handles text"
        if isinstance(node, ast.Call):
            yield from ((line, what) for what in _call_breaches(node, core, node in loop_ranges))
        if _is_stored_attribute(node) and node.attr not in core.fields:
            yield line, f"makes the attribute {node.attr}, which no __init__ made"
        if node not in called and _is_function_value(node, core):
            yield line, f"takes {_last_name(node)} as a value, not as a call"


def _body_nodes(function: Function) -> Iterator[ast.AST]:
    """All nodes of the body but its docstring and annotations."""
    skipped: set[ast.AST] = set()
    for node in (node for statement in function.body for node in ast.walk(statement)):
        if node in skipped:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        elif isinstance(node, ast.AnnAssign):
            skipped |= set(ast.walk(node.annotation))
        yield node


def _call_breaches(call: ast.Call, core: Core, is_loop_range: bool) -> Iterator[str]:
    name = _last_name(call.func)
    is_plain = isinstance(call.func, ast.Name)
    if any(keyword.arg is None for keyword in call.keywords):
        yield "unpacks arguments"
    if name in core.classes:
        yield f"makes a {name}"
    elif is_plain and name == "range":
        if not is_loop_range:
            yield "makes a range outside a for loop"
    elif not ((is_plain and name in STEP_BUILTINS) or name in core.functions):
        yield f"calls {name}(), which isn't the core's"


def _is_function_value(node: ast.AST, core: Core) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        is_method = node.attr in core.methods and node.attr not in core.fields
        return is_method and not _is_property(node.attr, core)
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _free_functions(core)


def _free_functions(core: Core) -> set[str]:
    return {s.name for tree in core.modules.values() for s in tree.body if isinstance(s, ast.FunctionDef)}


# --- small readers of syntax trees ---


def _is_stored_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _decorators(function: Function) -> set[str]:
    return {_last_name(decorator) for decorator in function.decorator_list}


def _annotation(node: ast.expr | None) -> str:
    return ast.unparse(node) if node else ""


def _last_name(node: ast.expr) -> str:
    """`target_pa` of `self.limits.target_pa[3]`; empty for what has no name."""
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _full_name(node: ast.expr) -> str:
    return ast.unparse(node)
