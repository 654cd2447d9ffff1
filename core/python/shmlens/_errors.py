"""What the library's answers become in Python."""

import errno


class OwnerDiedWarning(RuntimeWarning):
    """A process ended while it held a lock, and the lock was recovered.

    What the lock guards may be half written: check it, or set it anew. The
    lock itself is whole again, and the program goes on.
    """


OWNER_DIED = ("the lock was recovered: the process that held it has ended without releasing it, "
              "so what it guards may be half written")

NOT_OWNED = "attempt to release recursive lock not owned by thread"


def failure(code, text):
    """The exception for a call that returned -code."""
    if code == errno.EINVAL:
        return ValueError(text)
    if code == errno.EOVERFLOW:
        return OverflowError(text)
    if code == errno.EPROTOTYPE:
        return TypeError(text)
    if code == errno.ERANGE:
        return IndexError(text)
    if code == errno.EPERM:
        return AssertionError(NOT_OWNED)
    return OSError(code, text)
