"""Sphinx extension: the `quiz` directive, a question with answers that open on their own reply.

In a chapter::

    :::{quiz} Which sum is 1?
    - [ ] That of a column.

      No: a column belongs to one key.
    - [x] That of a row.

      Yes: a row belongs to one query.
    :::

The argument is the question. Each item of the list is an answer, marked `[x]` where it is right and
`[ ]` where it is wrong; what follows its first paragraph is the reply. Anything before the list
belongs to the question. The page needs no script: an answer is a `<details>` element, which every
browser opens by mouse, touch and keyboard and every screen reader announces.

On paper nothing opens. There the answers have letters, and the right ones stand at the end of the page with
their replies.
"""

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

MARKS = {"[x] ": "right", "[ ] ": "wrong"}
VERDICTS = {"right": "Right.", "wrong": "Not quite."}
LETTERS = "abcdefghij"
KEY = "quiz-key"  # the class of the answers at the end
STYLE_SHEET = "quiz.css"


class Answer(nodes.General, nodes.Element):
    """One answer: its children are an `AnswerText` and the reply."""


class AnswerText(nodes.General, nodes.TextElement):
    """What the reader chooses."""


class Quiz(SphinxDirective):
    """One question, its answers and a reply for each."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Return the question as a container."""
        question, messages = self.state.inline_text(self.arguments[0], self.lineno)
        box = nodes.container(classes=["quiz"])
        self.set_source_info(box)
        box += nodes.paragraph("", "", *question, classes=["quiz-question"])
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        name = f"quiz-{self.env.new_serialno('quiz')}"
        for child in content.children:
            if isinstance(child, nodes.bullet_list):
                box += [self.answer(item, name) for item in child]
            else:
                box += child
        verdicts = [answer["verdict"] for answer in box.findall(Answer)]
        if len(verdicts) < 2 or verdicts.count("right") != 1:
            raise self.error(f"a quiz needs two answers or more, one of them right; got {verdicts}")
        return [box, *messages]

    def answer(self, item, name):
        """Return the answer in a list item."""
        first = item[0]
        mark = first.astext()[:4]
        if mark not in MARKS or len(item) < 2:
            raise self.error(f"an answer is [x] or [ ], a text and its reply; got {item.astext()!r}")
        start = next(first.findall(nodes.Text))
        start.parent.replace(start, nodes.Text(start.astext()[4:]))
        reply = nodes.container("", *item.children[1:], classes=["quiz-reply"])
        return Answer("", AnswerText("", "", *first.children), reply, verdict=MARKS[mark], name=name)


def visit_answer(translator, node):
    """Open the element; answers of one question share a name, so that one is open at a time."""
    translator.body.append(f'<details class="quiz-answer quiz-{node["verdict"]}" name="{node["name"]}">')


def depart_answer(translator, _node):
    """Close the element."""
    translator.body.append("</details>\n")


def visit_answer_text(translator, _node):
    """Open the summary."""
    translator.body.append("<summary>")


def depart_answer_text(translator, node):
    """Close the summary; the verdict is the first word of the reply, shown when it opens."""
    verdict = VERDICTS[node.parent["verdict"]]
    translator.body.append(f'</summary>\n<p class="quiz-verdict">{verdict}</p>')


def add_key(_app, _page, _template, context, _doctree):
    """Put the right answers after a page that has questions; the style sheet shows them on paper alone."""
    body = context.get("body", "")
    if 'class="quiz-answer' in body:
        context["body"] = body + key(body)


def key(body):
    """Return the right answers of a page's questions in their order, with their letters on paper.

    Examples
    --------
    >>> answers = '<details class="quiz-answer quiz-%s"><summary>%s</summary>%s</details>'
    >>> page = answers % ("wrong", "Two.", "") + answers % ("right", "One.", "<div>Yes.</div>")
    >>> key(f'<div class="quiz">{page}</div>')
    '<section class="quiz-key"><h2>Answers</h2><ol><li><p>(b) One.</p><div>Yes.</div></li></ol></section>'
    """
    entries = []
    for quiz in BeautifulSoup(body, "html.parser").select("div.quiz"):
        answers = quiz.select("details.quiz-answer")
        place, right = next((i, one) for i, one in enumerate(answers) if "quiz-right" in one["class"])
        for named in right.find_all(id=True):
            del named["id"]
        reply = "".join(str(part) for part in right.find_all("div", recursive=False))
        text = right.summary.decode_contents().strip()
        entries.append(f"<li><p>({LETTERS[place]}) {text}</p>{reply}</li>")
    return f'<section class="{KEY}"><h2>Answers</h2><ol>{"".join(entries)}</ol></section>'


def setup(app):
    """Register the directive and its style sheet, which is in the book's `_static` folder."""
    app.add_node(Answer, html=(visit_answer, depart_answer))
    app.add_node(AnswerText, html=(visit_answer_text, depart_answer_text))
    app.add_directive("quiz", Quiz)
    app.add_css_file(STYLE_SHEET)
    app.connect("html-page-context", add_key)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
