"""Matchers: how a task says which values of a column or argument are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

from pydantic import AfterValidator, JsonValue

from enterprisegym.errors import did_you_mean

FORMS = ("any_of", "any", "contains", "between", "not", "items")


def _is_matcher(matcher: JsonValue) -> JsonValue:
    """Raises ValueError for a malformed matcher. A dict of one key that is no form's name is a literal object."""
    if not isinstance(matcher, dict) or len(matcher) != 1:
        return matcher
    form, argument = next(iter(matcher.items()))
    if form not in FORMS:
        hint = did_you_mean(form, FORMS)
        if hint.startswith("did you mean"):
            raise ValueError(f"no matcher {form!r}; {hint}")
        return matcher
    if form == "any" and argument is not True:
        raise ValueError("matcher `any` takes the value true")
    if form == "not":
        _is_matcher(argument)
    if form in ("any_of", "contains", "items", "between") and not isinstance(argument, list):
        raise ValueError(f"matcher `{form}` takes a list")
    if form in ("any_of", "contains") and not argument:
        raise ValueError(f"matcher `{form}` takes a list that is not empty")
    if form == "any_of":
        for choice in cast(list[JsonValue], argument):
            _is_matcher(choice)
    if form == "contains" and not all(isinstance(word, str) for word in cast(list[JsonValue], argument)):
        raise ValueError("matcher `contains` takes a list of texts")
    if form == "between":
        ends = cast(list[JsonValue], argument)
        numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
        if len(ends) != 2 or not (numbers or all(isinstance(end, str) for end in ends)):
            raise ValueError("matcher `between` takes two numbers or two texts")
    return matcher


Matcher = Annotated[JsonValue, AfterValidator(_is_matcher)]


def matches(matcher: JsonValue, value: Any) -> bool:
    """Whether a value meets a matcher: a literal, or {any_of}, {any}, {contains}, {between}, {not}, {items}."""
    if isinstance(matcher, dict) and len(matcher) == 1:
        form, argument = next(iter(matcher.items()))
        argument = cast(Any, argument)
        if form == "any":
            return True
        if form == "any_of":
            return any(matches(choice, value) for choice in argument)
        if form == "not":
            return not matches(argument, value)
        if form == "contains":
            text = (value if isinstance(value, str) else str(value)).lower()
            return all(word.lower() in text for word in argument)
        if form == "between":
            return _comparable(argument[0], value) and argument[0] <= value <= argument[1]
        if form == "items":
            return _same_items(argument, value)
    return same(matcher, value)


def _comparable(end: Any, value: Any) -> bool:
    if isinstance(end, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: Any, right: Any) -> bool:
    """JSON equality: 1 is 1.0, true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        a, b = cast(Mapping[str, Any], left), cast(Mapping[str, Any], right)
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        x, y = cast(Sequence[Any], left), cast(Sequence[Any], right)
        return len(x) == len(y) and all(same(p, q) for p, q in zip(x, y, strict=True))
    return left == right


def _same_items(wanted: Sequence[Any], value: Any) -> bool:
    """The same list in any order; the wanted items may be matchers themselves."""
    if not isinstance(value, list | tuple):
        return False
    left = list(cast(Sequence[Any], value))
    if len(left) != len(wanted):
        return False
    for item in wanted:
        place = next((i for i, candidate in enumerate(left) if matches(item, candidate)), None)
        if place is None:
            return False
        left.pop(place)
    return True
