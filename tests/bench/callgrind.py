#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an operation costs, from two callgrind files of runs of different length.

callgrind.py instructions SHORT LONG N           instructions an operation; the long run does N more
callgrind.py calls SHORT LONG N FUNCTION         calls of a function an operation
callgrind.py profile SHORT LONG N [ROWS]         instructions an operation by function: own, and with callees
"""
import re
import sys
from collections import defaultdict

TRANSLATED = "(translated guest code)"


class Profile:
    """The sums of one file."""

    def __init__(self, path):
        self.total = 0
        self.own = defaultdict(int)
        self.inclusive = defaultdict(int)
        self.calls = defaultdict(int)
        self._names = {}
        self._read(path)

    def _name(self, text):
        """Resolves "(7) name" and "(7)"; addresses in QEMU's code buffer have no name of their own."""
        match = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if not match:
            return text
        if match.group(2):
            name = re.sub(r"'\d+$", "", match.group(2))
            self._names[match.group(1)] = TRANSLATED if name.startswith("0x") else name
        return self._names[match.group(1)]

    def _read(self, path):
        function = callee = None
        calls = 0
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                line = line.rstrip("\n")
                if line.startswith("fn="):
                    function = self._name(line[3:])
                elif line.startswith("cfn="):
                    callee = self._name(line[4:])
                elif line.startswith("calls="):
                    calls = int(line[6:].split()[0])
                elif line.startswith(("summary:", "totals:")):
                    self.total = int(line.split()[1])
                elif line and (line[0].isdigit() or line[0] in "+-*"):
                    self._cost(function, callee, calls, int(line.split()[1]))
                    callee, calls = None, 0

    def _cost(self, function, callee, calls, cost):
        if callee is None:
            self.own[function] += cost
            self.inclusive[function] += cost
            return
        self.calls[callee] += calls
        if callee != function:  # else it is in there already
            self.inclusive[function] += cost


def difference(short, long, n):
    """The figures of `long` less those of `short`, by operation."""

    def each(member):
        a, b = getattr(short, member), getattr(long, member)
        return {name: (b[name] - a[name]) / n for name in set(a) | set(b)}

    return each("own"), each("inclusive"), each("calls")


def profile(short, long, n, rows):
    own, inclusive, calls = difference(short, long, n)
    total = (long.total - short.total) / n
    print(f"{'own':>9} {'with callees':>12} {'calls':>7}  function")
    for name in sorted(own, key=own.get, reverse=True)[:rows]:
        if own[name] < 0.5:
            break
        print(f"{own[name]:9.1f} {inclusive[name]:12.1f} {calls.get(name, 0):7.2f}  {name}")
    print(f"{total:9.1f} {'':12} {'':7}  in all")


def main(arguments):
    if len(arguments) < 4 or arguments[0] not in ("instructions", "calls", "profile"):
        sys.exit(__doc__)
    short, long, n = Profile(arguments[1]), Profile(arguments[2]), int(arguments[3])
    if arguments[0] == "instructions":
        print(f"{(long.total - short.total) / n:.1f}")
    elif arguments[0] == "calls":
        name = arguments[4]
        print(f"{(long.calls[name] - short.calls[name]) / n:.3f}")
    else:
        profile(short, long, n, int(arguments[4]) if len(arguments) > 4 else 40)


if __name__ == "__main__":
    main(sys.argv[1:])
