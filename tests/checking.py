"""How the tests talk to exercise checkers."""

import contextlib
import io


def run_check(check, *answers):
    """Return (verdict, what was printed) of a checker on a student's answer."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        verdict = check(*answers)
    return verdict, printed.getvalue()


def assert_passes(check, *answers):
    """The checker accepts this answer, with one line."""
    verdict, printed = run_check(check, *answers)
    assert verdict is True, printed
    assert printed.startswith("Correct.") and printed.count("\n") == 1, printed


def assert_refused(check, *answers):
    """The checker refuses; the last argument is a phrase that its hint must have."""
    *answers, phrase = answers
    verdict, printed = run_check(check, *answers)
    assert verdict is False, f"accepted although wrong: {printed}"
    assert printed.startswith("Not yet:") and printed.count("\n") == 1, printed
    assert phrase.casefold() in printed.casefold(), printed
