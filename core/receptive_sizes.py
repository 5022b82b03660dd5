# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbolic sizes of tensors: polynomials with rational coefficients in the sizes of the graph's inputs.

Examples are ``2 * h - 4`` and ``n * h * w / 64``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Union

import numpy as np
import numpy.typing as npt

Monomial = tuple[str, ...]
Number = Union[int, Fraction]
SizeArray = npt.NDArray[Any]

# Larger constant tensors are weights, neither shapes nor scales.
MAX_INTEGERS = 64
MAX_FLOATS = 8
# Files may be made to exhaust time: larger polynomials are given up.
MAX_TERMS = 32
MAX_DEGREE = 8
MAX_FACTOR = 1 << 256
MAX_RANK = 16


class UnknownSizeError(ValueError):
    """A size cannot be derived; the caller treats the operation as global, or the value as unknown."""


@dataclass(frozen=True)
class Size:
    """A polynomial: sorted pairs of a monomial (sorted symbols, empty for the constant) and its nonzero coefficient."""

    terms: tuple[tuple[Monomial, Fraction], ...] = ()

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(number: Number) -> Size:
        """Return a constant."""
        return Size((((), Fraction(number)),)) if number else Size()

    @staticmethod
    def symbol(name: str) -> Size:
        """Return the size that ``name`` stands for."""
        return Size((((name,), Fraction(1)),))

    @property
    def constant(self) -> Fraction | None:
        """The number, or None where symbols remain."""
        if not self.terms:
            return Fraction(0)
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None

    @property
    def offset(self) -> Fraction:
        """The part without symbols."""
        return next((factor for symbols, factor in self.terms if not symbols), Fraction(0))

    @property
    def symbols(self) -> frozenset[str]:
        """All symbols in it."""
        return frozenset(symbol for monomial, _ in self.terms for symbol in monomial)

    def __add__(self, other: Size) -> Size:
        """Return the sum."""
        if len(self.terms) <= 1 and len(other.terms) <= 1 and self.constant is not None and other.constant is not None:
            return Size.of(self.constant + other.constant)
        return _collect([*self.terms, *other.terms])

    def __sub__(self, other: Size) -> Size:
        """Return the difference."""
        return self + other * MINUS_ONE

    def __mul__(self, other: Size) -> Size:
        """Return the product."""
        return _collect([(tuple(sorted(a + b)), x * y) for a, x in self.terms for b, y in other.terms])

    def divided_by(self, other: Size) -> Size | None:
        """Return the quotient, or None where it is no polynomial."""
        if len(other.terms) == 1:
            symbols, factor = other.terms[0]
            reduced = [(_without(monomial, symbols), value / factor) for monomial, value in self.terms]
            kept = [(monomial, value) for monomial, value in reduced if monomial is not None]
            return _collect(kept) if len(kept) == len(self.terms) else None
        if not other.terms or len(self.terms) != len(other.terms):
            return None
        ratio = self.terms[0][1] / other.terms[0][1]
        return Size.of(ratio) if other * Size.of(ratio) == self else None

    def floored(self) -> Size:
        """Return the size rounded down; terms with symbols are whole for tiles that respect the alignment."""
        return self - Size.of(self.offset) + Size.of(math.floor(self.offset))


def _collect(terms: list[tuple[Monomial, Fraction]]) -> Size:
    sums: dict[Monomial, Fraction] = {}
    for monomial, factor in terms:
        sums[monomial] = sums.get(monomial, Fraction(0)) + factor
        if len(monomial) > MAX_DEGREE or abs(factor) > MAX_FACTOR or factor.denominator > MAX_FACTOR:
            raise UnknownSizeError("computes with enormous sizes")
    if len(sums) > MAX_TERMS:
        raise UnknownSizeError("computes with too many sizes")
    return Size(tuple(sorted((monomial, factor) for monomial, factor in sums.items() if factor)))


def _without(monomial: Monomial, symbols: Monomial) -> Monomial | None:
    left = list(monomial)
    for symbol in symbols:
        if symbol not in left:
            return None
        left.remove(symbol)
    return tuple(left)


ZERO = Size()
ONE = Size.of(1)
MINUS_ONE = Size.of(-1)


@dataclass(frozen=True)
class Value:
    """The known content of a small tensor.

    Attributes:
        array: object array of Size.
        integral: True for integers, whose division rounds down.
    """

    array: SizeArray
    integral: bool = True

    def constants(self) -> tuple[Fraction, ...]:
        """Return all elements in row-major order as numbers.

        Raises:
            UnknownSizeError: an element is symbolic.
        """
        numbers = [size.constant for size in self.array.ravel()]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            raise UnknownSizeError("depends on a size that is not constant")
        return tuple(known)

    def integers(self) -> tuple[int, ...]:
        """Return all elements as integers; see ``constants``."""
        return tuple(int(number) for number in self.constants())


def make_value(numbers: tuple[int | float, ...], dims: tuple[int, ...], integral: bool) -> Value | None:
    """Return constants as a value, or None where one is not finite or there are more than 64 (floats: 8)."""
    if len(numbers) > (MAX_INTEGERS if integral else MAX_FLOATS) or len(dims) > MAX_RANK:
        return None
    if not all(math.isfinite(number) for number in numbers):
        return None
    array = np.empty(len(numbers), dtype=object)
    array[:] = [Size.of(Fraction(number)) for number in numbers]
    return Value(array.reshape(dims), integral)


def make_sizes(sizes: list[Size]) -> Value:
    """Return a one-dimensional value of sizes."""
    array = np.empty(len(sizes), dtype=object)
    array[:] = sizes
    return Value(array)
