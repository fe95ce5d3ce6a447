// Which Python it is: the only script that knows. An adapter starts one from its files and gives a function
// that runs a request, JSON in and JSON out. What Python prints by itself goes to `hear`, line by line.

const { Blob, DecompressionStream, Response, URL, importScripts, self } = globalThis;

const unpacked = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));

// `files` holds bytes by what they are, `begin` the Python to run first; it defines `_run`.
async function xeus(files, begin, hear) {
  const [script, wasm] = await Promise.all([
    unpacked(files.script).text(),
    unpacked(files.wasm).arrayBuffer(),
  ]);
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  importScripts(address);
  URL.revokeObjectURL(address);
  const python = await globalThis.createXeusModule({
    wasmBinary: new Uint8Array(wasm),
    print: hear,
    printErr: () => {},
  });
  self.Module = python; // where its own scripts look for it

  // it fetches its packages itself, and tells the console of each
  const packages = ["python", "numpy", "attnlib"].map((name) => ({
    name,
    version: "3.11.0",
    filename: name,
  }));
  const list = { prefix: "/", packages };
  const network = self.fetch;
  const log = globalThis.console.log;
  self.fetch = (asked) => {
    const name = String(asked).split("/").pop();
    return Promise.resolve(new Response(name in files ? files[name] : JSON.stringify(list)));
  };
  globalThis.console.log = () => {};
  try {
    await python.bootstrap_from_empack_packed_environment("list", "files", false);
  } finally {
    self.fetch = network;
    globalThis.console.log = log;
  }
  python.exec(begin);
  return (request) => {
    const run = python.eval("_run");
    try {
      return run.py_call(request);
    } finally {
      run.delete();
    }
  };
}

export const adapters = { xeus };
