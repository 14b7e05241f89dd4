"""The kinds of faults: what one node of the syntax tree can be mistaken for."""

import ast
from collections.abc import Iterator

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
DIRECTION = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
OPPOSITE = {
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In},
}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
BUILTINS = {"any": "all", "all": "any", "min": "max", "max": "min"}
LINKS = frozenset({"filter", "exclude", "order_by", "select_for_update", "distinct", "strip"})
CONDITIONS = {"filter", "exclude", "Q"}
UNORDERED = {"isinstance", "getattr", "hasattr", "setattr", "zip"}  # arguments swapped: an error at once, or nothing
TRANSACTION = "transaction.atomic"

Edit = tuple[str, ast.AST]


def edits(node: ast.AST, own: frozenset[str] = frozenset()) -> Iterator[Edit]:
    """What a node can become, each with the kind of the fault. ``own``: methods that are links of a chain too."""
    for rule in (_compared, _joined, _negated, _constant, _computed, _chosen, _without, _statement, _by):
        yield from rule(node)
    if isinstance(node, ast.Call):
        for rule in (_conditions, _swapped, _builtin):
            yield from rule(node)
        yield from _link(node, LINKS | own)


def _compared(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Compare(ops=[op]):
            for kind, table in (("compare", BOUNDARY), ("direction", DIRECTION), ("compare", OPPOSITE)):
                if type(op) in table:
                    yield kind, _with(node, ops=[table[type(op)]()])


def _joined(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.BoolOp(op=op, values=values):
            yield "and/or", _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield "drop operand", rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.BinOp(op=ast.BitAnd()):
            yield "and/or", _with(node, op=ast.BitOr())
        case ast.BinOp(op=ast.BitOr(), left=ast.Call()) | ast.BinOp(op=ast.BitOr(), right=ast.Call()):
            yield "and/or", _with(node, op=ast.BitAnd())


def _negated(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield "negation", operand


def _constant(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield "constant", ast.Constant(value + 1)
            yield "constant", ast.Constant(value - 1)


def _computed(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS and not (_text(left) or _text(right)):
            yield "operator", _with(node, op=OPERATORS[type(op)]())
        case ast.AugAssign(op=op, value=value) if type(op) in OPERATORS and not _text(value):
            yield "operator", _with(node, op=OPERATORS[type(op)]())


def _chosen(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.If(test=test) if not isinstance(test, ast.Constant):
            yield "drop if", _with(node, test=ast.Constant(True))
        case ast.comprehension(ifs=tests):
            for place in range(len(tests)):
                yield "drop if", _with(node, ifs=tests[:place] + tests[place + 1 :])
        case ast.IfExp(body=body, orelse=other):
            yield "swap branches", _with(node, body=other, orelse=body)


def _without(node: ast.AST) -> Iterator[Edit]:
    """Without its transaction."""
    match node:
        case ast.FunctionDef(decorator_list=decorators):
            rest = [each for each in decorators if not ast.unparse(each).startswith(TRANSACTION)]
            if len(rest) < len(decorators):
                yield "drop transaction", _with(node, decorator_list=rest)
        case ast.With(items=items, body=body):
            rest = [each for each in items if not ast.unparse(each).startswith(TRANSACTION)]
            if len(rest) < len(items):
                left = _with(node, items=rest) if rest else ast.If(ast.Constant(True), body, [])
                yield "drop transaction", ast.copy_location(left, node)


def _statement(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Raise():
            yield "drop raise", ast.copy_location(ast.Pass(), node)
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Delete():
            yield "drop statement", ast.copy_location(ast.Pass(), node)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "drop statement", ast.copy_location(ast.Pass(), node)


def _by(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.keyword(arg="by", value=value) if not isinstance(value, ast.Constant):
            yield "drop by", _with(node, value=ast.Constant(None))


def _conditions(node: ast.Call) -> Iterator[Edit]:
    name = ast.unparse(node.func).split(".")[-1]
    if name not in CONDITIONS or len(node.args) + len(node.keywords) < 2:
        return
    for place in range(len(node.args)):
        yield "drop condition", _with(node, args=node.args[:place] + node.args[place + 1 :])
    for place in range(len(node.keywords)):
        yield "drop condition", _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])


def _swapped(node: ast.Call) -> Iterator[Edit]:
    if ast.unparse(node.func) in UNORDERED:
        return
    for place in range(len(node.args) - 1):
        first, second = node.args[place : place + 2]
        if ast.dump(first) != ast.dump(second) and not isinstance(first, ast.Starred | ast.GeneratorExp):
            swapped = [*node.args[:place], second, first, *node.args[place + 2 :]]
            if not isinstance(second, ast.Starred):
                yield "swap arguments", _with(node, args=swapped)


def _builtin(node: ast.Call) -> Iterator[Edit]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
            yield "builtin", _with(node, func=ast.Name(BUILTINS[name]))
        case ast.Call(func=ast.Name(id="sorted"), args=[what, *_]):
            yield "drop sorting", _with(node, func=ast.Name("list"), args=[what], keywords=[])


def _link(node: ast.Call, links: frozenset[str]) -> Iterator[Edit]:
    match node.func:
        case ast.Attribute(value=owner, attr=name) if name in links:
            yield f"drop .{name}", owner


def _text(node: ast.AST) -> bool:
    """Whether adding is joining: the other operator would be an error at once."""
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _with(node: ast.AST, **changes: object) -> ast.AST:
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)
