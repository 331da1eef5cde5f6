"""L1 and L2: values by hand, slopes by differences, the proximal step by a general minimiser."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import approx_fprime, minimize_scalar

from mfhelpers import penalties, sgd

STEPS = [penalties.l1_step, penalties.l1_sign_step, penalties.l2_step]
VALUES = [penalties.l1, penalties.l2, penalties.l1_gradient, penalties.l2_gradient]
weights = arrays(float, st.integers(0, 6), elements=st.floats(-5, 5, allow_subnormal=False))
number = st.floats(-5, 5, allow_subnormal=False)
small_step = st.floats(0, 1, allow_subnormal=False)
often = settings(max_examples=200, deadline=None)


def test_values_and_slopes_by_hand():
    w = np.array([-2.0, 0.0, 0.5, 3.0])
    np.testing.assert_array_equal(penalties.l1(w), [2, 0, 0.5, 3])
    np.testing.assert_array_equal(penalties.l2(w), [2, 0, 0.125, 4.5])
    np.testing.assert_array_equal(penalties.l1_gradient(w), [-1, 0, 1, 1])
    np.testing.assert_array_equal(penalties.l2_gradient(w), w)


def test_steps_by_hand():
    w = np.array([-0.5, -0.03, 0.0, 0.1, 0.5])
    np.testing.assert_allclose(penalties.l1_step(w, 0.1), [-0.4, 0, 0, 0, 0.4], atol=1e-15)
    np.testing.assert_allclose(penalties.l1_sign_step(w, 0.1), [-0.4, 0.07, 0, 0, 0.4], atol=1e-15)
    np.testing.assert_allclose(penalties.l2_step(w, 0.1), [-0.45, -0.027, 0, 0.09, 0.45])


@pytest.mark.parametrize(
    "value, gradient",
    [(penalties.l1, penalties.l1_gradient), (penalties.l2, penalties.l2_gradient)],
)
@given(w=number)
@often
def test_slope_is_the_slope_of_the_value(value, gradient, w):
    assume(abs(w) > 1e-3)  # L1 has a corner at 0
    slope = approx_fprime(np.array([w]), lambda v: value(v).sum(), 1e-6)[0]
    assert gradient(w) == pytest.approx(slope, abs=1e-5)


@given(weights, small_step)
@often
def test_soft_threshold_never_changes_a_sign_and_never_crosses_zero(w, step):
    moved = penalties.l1_step(w, step)
    assert (moved * w >= 0).all()
    assert (np.abs(moved) <= np.abs(w)).all()
    np.testing.assert_array_equal(moved == 0, np.abs(w) <= step)
    np.testing.assert_allclose(np.abs(w) - np.abs(moved), np.minimum(np.abs(w), step), atol=1e-12)
    assert not np.signbit(moved[moved == 0]).any()  # never shown as -0.


@given(number, small_step)
@settings(max_examples=50, deadline=None)
def test_soft_threshold_minimises_half_the_square_plus_the_penalty(a, step):
    best = minimize_scalar(
        lambda w: (w - a) ** 2 / 2 + step * abs(w), bounds=(-6, 6), options={"xatol": 1e-10}
    )
    assert penalties.l1_step(a, step) == pytest.approx(best.x, abs=1e-6)


@given(weights, small_step)
@example(w=np.array([1e-300]), step=1 - 2**-53)  # the smallest weight, the least that can be left
@often
def test_l2_shrinks_and_keeps_signs(w, step):
    # of smaller weights less may be left than a float can hold, and then it is 0
    assume(((w == 0) | (np.abs(w) >= 1e-300)).all())
    moved = penalties.l2_step(w, step)
    assert (np.abs(moved) <= np.abs(w)).all()
    assert (moved * w >= 0).all()
    if step < 1:
        np.testing.assert_array_equal(moved == 0, w == 0)  # it shrinks, it never arrives


@given(weights, small_step)
@often
def test_the_steps_go_down_their_slopes(w, step):
    np.testing.assert_array_equal(
        penalties.l1_sign_step(w, step), w - step * penalties.l1_gradient(w)
    )
    np.testing.assert_array_equal(penalties.l2_step(w, step), w - step * penalties.l2_gradient(w))


@pytest.mark.parametrize(
    "step_of_arrays, move_of_the_loop",
    [
        (penalties.l1_step, sgd.l1_move),
        (penalties.l1_sign_step, sgd.l1_sign_move),
        (penalties.l2_step, sgd.l2_move),
    ],
)
@given(w=number, push=number, rate=small_step, regularization=small_step)
@often
def test_steps_equal_the_moves_of_the_training_loop(
    step_of_arrays, move_of_the_loop, w, push, rate, regularization
):
    moved = move_of_the_loop(w, push, rate, regularization)
    if step_of_arrays is penalties.l1_step:  # the push first, then the threshold
        expected = step_of_arrays(w + rate * push, rate * regularization)
        assert (moved == 0) == (expected == 0)
    else:
        expected = step_of_arrays(w, rate * regularization) + rate * push
    assert moved == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("function", STEPS + VALUES)
def test_an_array_gives_a_new_array_and_a_number_gives_a_number(function):
    arguments = (0.1,) if function in STEPS else ()
    for dtype in (np.float64, np.float32):
        w = np.array([[-0.5, 0.0], [0.03, 2.0]], dtype)
        before = w.copy()
        result = function(w, *arguments)
        assert result.shape == w.shape and result.dtype == dtype
        assert not np.shares_memory(result, w)
        np.testing.assert_array_equal(w, before)
        assert type(function(w[1, 1], *arguments)) is float
    assert type(function(2, *arguments)) is float
    np.testing.assert_array_equal(
        function([1, -2], *arguments), function(np.array([1.0, -2.0]), *arguments)
    )


@pytest.mark.parametrize("function", STEPS)
@pytest.mark.parametrize("step", [-0.1, np.nan, np.inf, "0.1", None, True, np.array([0.1, 0.2])])
def test_a_step_that_is_none_is_refused(function, step):
    with pytest.raises(ValueError, match="step must be a number of at least 0, not"):
        function(np.ones(2), step)


@pytest.mark.parametrize("function", STEPS + VALUES)
@pytest.mark.parametrize(
    "w, message",
    [
        (np.nan, "w must hold finite numbers, but w is nan"),
        (np.array([[1, 2], [np.inf, 1]]), r"but w\[1, 0\] is inf"),
        ("0.5", "w must hold numbers"),
        (None, "a number or an array of numbers|finite"),
        ([[1], [1, 2]], "a number or an array of numbers"),
        (np.array([True]), "w must hold numbers, not bool"),
    ],
)
def test_weights_that_are_none_are_refused(function, w, message):
    arguments = (0.1,) if function in STEPS else ()
    with pytest.raises(ValueError, match=message):
        function(w, *arguments)
