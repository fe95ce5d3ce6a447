// The parameters of trained models, as attnlib.live.params writes them: float16 in base64, each number's low byte
// first. They are read once, when they are first used.

import { matrix } from "./inference.js";

const once = (make) => {
  const made = new Map();
  return ({ shapes, numbers }) => {
    if (!made.has(numbers)) made.set(numbers, make(shapes, numbers));
    return made.get(numbers);
  };
};

// By name.
export const paramsOf = once(unpack);

// Those of several models, each by the name that stands before the first dot of its parameters'.
export const modelsOf = once((shapes, numbers) => {
  const models = {};
  for (const [name, array] of Object.entries(unpack(shapes, numbers))) {
    const [model, ...rest] = name.split(".");
    models[model] ??= {};
    models[model][rest.join(".")] = array;
  }
  return models;
});

function unpack(shapes, numbers) {
  const bytes = globalThis.atob(numbers);
  const params = {};
  let at = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
    params[name] = matrix(rows, columns);
    for (let i = 0; i < rows * columns; i += 1) {
      params[name].data[i] = float16(bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8));
      at += 2;
    }
  }
  return params;
}

// of finite numbers
function float16(bits) {
  const exponent = (bits >> 10) & 31;
  const size = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1024 + (bits & 1023)) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}
