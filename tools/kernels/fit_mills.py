"""Fits the polynomial of the single-precision GELU kernel (packages/tensor/kernels/gelu.ts).

Mills' ratio R(t) = (1 - Phi(t)) / phi(t) = sqrt(pi/2) erfcx(t / sqrt 2) is smooth: with s = 1/(1 + t/5),
R = s P(s). Prints the coefficients of P, lowest first, and the largest relative error on 0 <= t <= 15.
Needs mpmath.
"""
import mpmath as mp

mp.mp.dps = 60
DEGREE = 11
END = 15


def mills(t):
    return mp.sqrt(mp.pi / 2) * mp.exp(t * t / 2) * mp.erfc(t / mp.sqrt(2))


def target(s):
    return mills((1 / s - 1) * 5) / s


low = mp.mpf(1) / (1 + mp.mpf(END) / 5)
middle, half = (1 + low) / 2, (1 - low) / 2
nodes = [mp.cos(mp.pi * (2 * i + 1) / (2 * DEGREE + 2)) for i in range(DEGREE + 1)]
matrix = mp.matrix(DEGREE + 1, DEGREE + 1)
values = mp.matrix(DEGREE + 1, 1)
for i, x in enumerate(nodes):
    s = middle + half * x
    values[i] = target(s)
    for j in range(DEGREE + 1):
        matrix[i, j] = s**j
coefficients = mp.lu_solve(matrix, values)
for c in coefficients:
    print(repr(float(c)))
worst = 0
for i in range(2001):
    s = low + (1 - low) * mp.mpf(i) / 2000
    p = sum(mp.mpf(float(c)) * s**j for j, c in enumerate(coefficients))
    worst = max(worst, abs(p / target(s) - 1))
print("largest relative error", mp.nstr(worst, 3))
