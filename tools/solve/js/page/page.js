// What a page with fields begins with.

import { exercise } from "./exercise.js";

const { document } = globalThis;

for (const holder of document.querySelectorAll("script[data-exercise]")) exercise(holder);
