"""Every plot that the pages use twice: takes and returns Axes, in the course's one look."""

from pathlib import Path

import matplotlib.pyplot as plt

RED, GREEN = "#fc1c49", "#00a67d"
STYLE_SHEET = Path(__file__).with_name("course.mplstyle")


def course_style():
    """Give every figure that follows the look of the course."""
    plt.style.use(STYLE_SHEET)
