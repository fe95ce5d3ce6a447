// The released notebook: what runs for a question, what is handed in, and what another one brings back.

import { fault } from "./python.js";

const LARGEST = 5_000_000; // characters of a notebook that is loaded

const textOf = ({ source }) => [source].flat().join("");
const about = (cell) => cell?.metadata?.nbgrader ?? {};

export function released(notebook) {
  const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const place = (name) => code.findIndex((cell) => about(cell).grade_id === name && about(cell).solution);
  const isTest = (cell) => about(cell).grade && !about(cell).solution;
  const answers = notebook.cells.filter((cell) => about(cell).solution);

  function testsOf(name) {
    const after = code.slice(place(name) + 1);
    const end = after.findIndex((cell) => !isTest(cell));
    return end < 0 ? after : after.slice(0, end);
  }
  const isHidden = (cell) => textOf(cell).split("\n").every((line) => !line.trim() || line.startsWith("#"));

  return {
    released: (name) => textOf(answers.find((cell) => about(cell).grade_id === name)),
    hasHidden: (name) => testsOf(name).some(isHidden),

    // What runs to check a question, or to try a line after it: all above, the answers as they are now.
    cells(name, texts, line) {
      const above = code.slice(0, place(name) + 1).filter((cell) => !isTest(cell)).map((cell) => {
        const { grade_id } = about(cell);
        return grade_id
          ? { kind: "answer", name: grade_id, source: texts[grade_id] }
          : { kind: "setup", source: textOf(cell) };
      });
      if (line !== undefined) return [...above, { kind: "try", source: line }];
      return [
        ...above,
        ...testsOf(name).map((cell) => ({
          kind: "test",
          name: about(cell).grade_id,
          source: textOf(cell),
        })),
      ];
    },

    // What runs to show what a cell of the question itself prints, by its place among the cells with code.
    setup(number) {
      const above = code.slice(0, number).filter((cell) => !about(cell).grade_id);
      const cells = above.map((cell) => ({ kind: "setup", source: textOf(cell) }));
      return [...cells, { kind: "try", source: textOf(code[number]) }];
    },
    prints: (number) => /\bprint\(/.test(textOf(code[number])),

    // The notebook to hand in, as nbformat writes it.
    filled(texts) {
      const cells = notebook.cells.map((cell) =>
        about(cell).solution && texts[about(cell).grade_id] !== textOf(cell)
          ? { ...cell, source: texts[about(cell).grade_id].split(/(?<=\n)/) }
          : cell
      );
      return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
    },

    // The answers in another notebook, by question; those that are blank there are left out.
    read(text, file) {
      if (text.length > LARGEST) throw fault(`${file} is too large to be a notebook of this course.`);
      let given;
      try {
        given = JSON.parse(text).cells.filter((cell) =>
          cell && ["string", "object"].includes(typeof cell.source)
        );
      } catch {
        throw fault(`${file} is no notebook. Yours are kept as they are.`);
      }
      const known = new Map(answers.map((cell) => [about(cell).grade_id, textOf(cell)]));
      const mine = given.filter((cell) => known.has(about(cell).grade_id));
      if (!mine.length) {
        throw fault(`${file} is a notebook, but not of this exercise. Yours is kept as it is.`);
      }
      return Object.fromEntries(
        mine.map((cell) => [about(cell).grade_id, textOf(cell)]).filter(([name, own]) =>
          own !== known.get(name)
        ),
      );
    },
  };
}
