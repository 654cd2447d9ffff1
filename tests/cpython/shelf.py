"""Another module than __main__, with shared objects of its own."""
from multiprocessing import RawValue, Value

total = None


class Keeper:
    kept = None


def fill():
    global total
    total = Value('l', 1001)
    Keeper.kept = RawValue('i', 1002)
    return total, Keeper.kept


def make_scale(factor):
    """A function that closes over something shared."""
    def scale(number):
        return number * factor.value
    return scale
