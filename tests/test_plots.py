import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

import attnlib
from attnlib import plots

CAST = ["Macbeth", "Lady Macbeth", "Banquo"]
WEIGHTS = attnlib.softmax([0, 1, 2], base=3)
STEPS = ["x", "q", "k", "v", "scores", "scaled_scores", "weights", "context"]


@pytest.fixture(autouse=True)
def _closed_figures():
    """No figure is open before a test, whatever ran in this process, and none after it."""
    plt.close("all")
    yield
    plt.close("all")


def drawn():
    """One call of each function, on axes of the caller's or on new ones."""
    return [
        lambda **kw: plots.heatmap([WEIGHTS], ["Macbeth"], CAST, **kw),
        lambda **kw: plots.spotlight(CAST, 0, WEIGHTS, **kw),
        lambda **kw: plots.bars(WEIGHTS, CAST, **kw),
        lambda **kw: plots.score_histogram([0.0, 1.0, 2.0], label="raw", **kw),
        lambda **kw: plots.curves([1, 2], {"up": [0, 1], "down": [1, 0]}, xlabel="x", ylabel="y", **kw),
        lambda **kw: plots.arrows([[3, 1], [-1, 3], [-2, -2]], CAST, **kw),
        lambda **kw: plots.product([[1, 2]], [[3], [4]], [[11]], "abc", rows=CAST[:1], mark=(0, 0), **kw),
        lambda **kw: plots.roadmap(dict.fromkeys(STEPS, (4, 3)), **kw),
        lambda **kw: plots.shapes([("q", 2, 3, ("T_q", "d_k")), "=", ("q", 2, 3, ("T_q", "d_k"))], **kw),
        lambda **kw: plots.picture(
            np.eye(4), [(0.5, 0.5, 0.5, 0.5)], ["disc"], weights=[[0.5, 0], [0, 1]], **kw
        ),
        lambda **kw: plots.tape({"w": (), "q": ("w",)}, ["$dw = x^\\top dq$", "dq"], **kw),
    ]


@pytest.mark.parametrize("draw", drawn())
def test_draws_on_new_axes_or_on_the_given_ones(draw):
    assert isinstance(draw(), mpl.axes.Axes)
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 2


@pytest.mark.parametrize("draw", drawn())
def test_text_is_at_least_11_points_and_renders_without_a_warning(draw):
    figure = draw().figure
    figure.canvas.draw()
    texts = [text for text in figure.findobj(mpl.text.Text) if text.get_text() and text.get_visible()]
    assert texts
    assert min(text.get_fontsize() for text in texts) >= 11
    assert figure.get_figwidth() <= 6


@pytest.mark.parametrize("draw", drawn())
def test_leaves_every_setting_as_it_was(draw):
    before = dict(mpl.rcParams)
    draw()
    assert dict(mpl.rcParams) == before


def test_style_leaves_the_interactive_mode_that_a_backend_turned_on():
    with mpl.rc_context():
        with plots.style():
            plt.ion()
        assert mpl.is_interactive()
        plt.ioff()


def test_heatmap_has_a_row_for_each_query_and_writes_each_weight_in_its_cell():
    ax = plots.heatmap([[0.25, 0.75, 0.0], [0.5, 0.1, 0.4]], ["q1", "q2"], CAST, fmt=".1f")
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells[(1, 0)] == "0.8"
    assert cells[(0, 1)] == "0.5"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["q1", "q2"]
    assert [label.get_text() for label in ax.get_xticklabels()] == CAST


def test_beams_are_as_wide_at_the_floor_as_their_weights():
    ax = plots.spotlight(CAST, 0, WEIGHTS)
    widths = [np.ptp(beam.get_xy()[2:4, 0]) for beam in ax.patches]
    np.testing.assert_allclose(np.array(widths) / widths[0], [1, 3, 9])


def test_spotlight_names_who_asks_by_position_or_by_name():
    for query, name in ((1, "Lady Macbeth"), ("Duncan", "Duncan")):
        ax = plots.spotlight(CAST, query, WEIGHTS)
        assert f"{name} asks" in [text.get_text() for text in ax.texts]


def test_bars_are_as_long_as_the_weights():
    ax = plots.bars(WEIGHTS, CAST, fmt=lambda weight: f"{weight * 13:.0f}/13")
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], WEIGHTS)
    assert [text.get_text() for text in ax.texts] == ["1/13", "3/13", "9/13"]


def test_a_second_histogram_on_the_same_axes_has_another_colour():
    ax = plots.score_histogram([0.0, 1.0], label="raw")
    plots.score_histogram([0.0, 0.5], label="scaled", ax=ax)
    first, second = ax.patches
    assert first.get_facecolor() != second.get_facecolor()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["raw", "scaled"]


def test_curves_differ_in_colour_and_in_dashes():
    ax = plots.curves([1, 2], {"a": [0, 1], "b": [1, 0]}, xlabel="x", ylabel="y")
    a, b = ax.lines
    assert a.get_color() != b.get_color()
    assert a.get_linestyle() != b.get_linestyle()


def test_arrows_start_at_the_origin_and_end_at_the_vectors():
    ax = plots.arrows([[3, 1], [-1, 3]], ["query", "key"])
    drawn = ax.collections[0]
    np.testing.assert_array_equal(drawn.XY, np.zeros((2, 2)))
    np.testing.assert_array_equal(np.transpose([drawn.U, drawn.V]), [[3, 1], [-1, 3]])
    assert ax.get_aspect() == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.heatmap(WEIGHTS, ["q"], CAST), r"expected \(1, 3\), got \(3,\)"),
        (lambda: plots.heatmap([WEIGHTS], ["q"], ["k"]), r"expected \(1, 1\), got \(1, 3\)"),
        (lambda: plots.heatmap([[0.0, 1.0, 2.0]], ["q"], CAST), "between 0 and 1, got 0 to 2; scores"),
        (lambda: plots.heatmap([[0.0, np.nan, 1.0]], ["q"], CAST), "weights must be finite"),
        (lambda: plots.heatmap([], [], []), r"expected \(0, 0\)"),
        (lambda: plots.spotlight(CAST, 3, WEIGHTS), "expected 0 to 2, got 3"),
        (lambda: plots.spotlight(CAST, 0, WEIGHTS[:2]), r"expected \(3,\), got \(2,\)"),
        (lambda: plots.spotlight([], "Macbeth", []), "weights must not be empty"),
        (lambda: plots.bars(["much", "little", "no"], CAST), "weights must hold numbers"),
        (lambda: plots.bars([-0.1, 0.6, 0.5], CAST), "between 0 and 1, got -0.1 to 0.6"),
        (lambda: plots.score_histogram([]), "scores must not be empty"),
        (lambda: plots.score_histogram([np.inf]), "scores must be finite"),
        (lambda: plots.curves([0, 1], {"a": [1, 2]}, xlabel="x", ylabel="y"), "x must be positive, got 0"),
        (lambda: plots.curves([1, 2], {"a": [1]}, xlabel="x", ylabel="y"), r"series\['a'\]"),
        (lambda: plots.arrows([[1, 2, 3]], ["q"]), r"expected \(1, 2\), got \(1, 3\)"),
        (lambda: plots.arrows([[1, 0]] * 5, list("abcde")), "1 to 4 vectors, got 5"),
        (lambda: plots.arrows([[0, 0]], ["q"]), "zero vector"),
        (
            lambda: plots.tape({"q": ("w",), "w": ()}, ["", ""]),
            "q must come after what it is made from, got w",
        ),
        (lambda: plots.tape({"w": ()}, []), "a text for each row: expected 1, got 0"),
        (lambda: plots.curves([1, 2], {}, xlabel="x", ylabel="y"), "1 to 4 curves, got 0"),
    ],
)
def test_bad_input_raises_value_error_that_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert plt.get_fignums() == []


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, attnlib; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_product_writes_every_entry_and_tints_what_makes_the_marked_one():
    left, right = np.array([[1, 2], [3, 4], [5, 6]]), np.array([[7, 8, 9, 10, 11], [12, 13, 14, 15, 16]])
    ax = plots.product(left, right, left @ right, ["a", "b", "ab"], rows=CAST, mark=(2, 4))
    written = [text.get_text() for text in ax.texts]
    for matrix in (left, right, left @ right):
        assert all(str(entry) in written for entry in matrix.flat)
    tinted = [patch for patch in ax.patches if patch.get_facecolor() == plots.tint(0.25)]
    assert len(tinted) == 2 + 2 + 1


def test_product_names_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"\(1, 2\), \(3, 1\), \(1, 1\)"):
        plots.product([[1, 2]], [[3], [4], [5]], [[11]], "abc", rows=CAST[:1])


def test_grid_leaves_none_blank():
    _, ax = plt.subplots()
    plots.grid(ax, [[1, None]], rows=["Macbeth"], columns=["x", "y"], name="half")
    assert [text.get_text() for text in ax.texts] == ["1", "Macbeth", "x", "y", "half"]


def test_shapes_draws_matrices_to_scale_and_in_order():
    ax = plots.shapes([("a", 2, 3, ("n", "m")), "×", ("b", 3, 5, ("m", "p")), "=", ("c", 2, 5, ("n", "p"))])
    unit = ax.patches[0].get_height() / 2
    sizes = [(round(p.get_height() / unit), round(p.get_width() / unit)) for p in ax.patches]
    assert sizes == [(2, 3), (3, 5), (2, 5)]
    edges = [edge for p in ax.patches for edge in (p.get_x(), p.get_x() + p.get_width())]
    assert edges == sorted(edges)


@pytest.mark.parametrize("parts", [["="], [("a", 0, 3, ("n", "m"))]])
def test_shapes_wants_a_matrix_with_positive_sizes(parts):
    with pytest.raises(ValueError, match=r"matrix|positive"):
        plots.shapes(parts)


def test_tape_draws_each_variable_below_what_it_is_made_from():
    made_from = {"a": (), "b": (), "c": ("a",), "d": ("b", "c"), "e": ("d", "a")}
    ax = plots.tape(made_from, ["rows"] * 4)
    height = {text.get_text(): text.get_position()[1] for text in ax.texts if text.get_text() in made_from}
    assert all(height[name] < height[parent] for name in made_from for parent in made_from[name])
    assert height["a"] == height["b"]
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert len(arrows) == 2 * 5


def luminance(colour):
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    low, high = sorted((luminance(np.array(a)), luminance(np.array(b))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [plots.PALETTE, plots.DARK])
def test_text_on_paper_and_numbers_on_the_strongest_tint_can_be_read(palette):
    assert palette.keys() == plots.PALETTE.keys()
    paper, ink, grey, blue = (
        np.array(mpl.colors.to_rgb(palette[n])) for n in ("paper", "ink", "grey", "blue")
    )
    assert contrast(ink, paper) >= 7
    assert contrast(grey, paper) >= 4.5
    assert contrast(blue, paper) >= 4.5
    assert contrast(ink, plots.STRONGEST * blue + (1 - plots.STRONGEST) * paper) >= 4.5


@pytest.mark.parametrize("draw", drawn())
def test_a_figure_has_no_colour_that_the_palette_has_not(draw, tmp_path):
    draw().figure.savefig(tmp_path / "figure.svg")
    colours = set(re.findall(r"#[0-9a-f]{6}\b", (tmp_path / "figure.svg").read_text("utf-8")))
    assert colours <= {colour.lower() for colour in plots.PALETTE.values()}
