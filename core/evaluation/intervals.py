"""How far a measured accuracy can be trusted: the 95 % interval of a proportion, and Student's t of several runs."""

import math

Z95 = 1.959964  # two-sided 95 % quantile of the normal distribution


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson score interval of hits/n (E. B. Wilson, 1927), as (low, high) in 0..1; (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    scale = 1 + Z95**2 / n
    centre = (share + Z95**2 / (2 * n)) / scale
    half = Z95 / scale * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return 0.0 if hits == 0 else low, 1.0 if hits == n else high  # exactly: rounding would leave 5e-17


def newcombe(a: tuple[int, int], b: tuple[int, int]) -> tuple[float, float]:
    """95 % interval of the share of b minus that of a, each (hits, n) of images of its own, as (low, high) in -1..1.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    1998, method 10: from the two Wilson intervals.
    """
    (hits_a, n_a), (hits_b, n_b) = a, b
    share_a, share_b = hits_a / n_a, hits_b / n_b
    (low_a, high_a), (low_b, high_b) = wilson(hits_a, n_a), wilson(hits_b, n_b)
    difference = share_b - share_a
    low = difference - math.hypot(share_b - low_b, high_a - share_a)
    return low, difference + math.hypot(high_b - share_b, share_a - low_a)


def student_quantile(share: float, freedom: float) -> float:
    """Below which that share (0..1) of Student's t lies, with so many degrees of freedom (above 0)."""
    from scipy.special import stdtrit  # late: scipy.stats takes a second, this a third, of each command and page

    return float(stdtrit(freedom, share))


def student_p(t: float, freedom: float) -> float:
    """The share of Student's t that lies as far from zero as that, or farther, on both sides: 0..1."""
    from scipy.special import stdtr  # late, as above

    return 2 * float(stdtr(freedom, -abs(t)))
