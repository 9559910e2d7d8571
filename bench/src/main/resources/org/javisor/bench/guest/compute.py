"""Pure Python: recursion over sets, floating-point numbers in objects, and text in dictionaries."""

import sys


def queens(size, row, columns, rising, falling):
    if row == size:
        return 1
    found = 0
    for column in range(size):
        if column in columns or row + column in rising or row - column in falling:
            continue
        found += queens(
            size, row + 1, columns | {column}, rising | {row + column}, falling | {row - column})
    return found


class Body:
    def __init__(self, place, speed, mass):
        self.place = place
        self.speed = speed
        self.mass = mass


def orbit(steps):
    sun = Body(0.0 + 0.0j, 0.0 + 0.0j, 1000.0)
    bodies = [sun] + [Body(10.0 * i + 0.0j, 10.0j / i, 1.0 / i) for i in range(1, 5)]
    for _ in range(steps):
        for one in bodies:
            for other in bodies:
                if one is not other:
                    distance = other.place - one.place
                    one.speed += 0.001 * other.mass * distance / abs(distance) ** 3
        for body in bodies:
            body.place += 0.001 * body.speed
    return sum(abs(body.place) * body.mass for body in bodies)


def count(numbers):
    seen = {}
    for number in range(numbers):
        key = "".join(sorted(str(number * 7919 % 100003)))
        seen[key] = seen.get(key, 0) + 1
    return len(seen), max(seen.values())


for repetition in range(int(sys.argv[1])):
    print(queens(7, 0, frozenset(), frozenset(), frozenset()), repr(orbit(1000)), count(40000))
