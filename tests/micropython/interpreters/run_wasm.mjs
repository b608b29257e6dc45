// Runs a script of a folder in MicroPython for WebAssembly: node run_wasm.mjs HEAP_BYTES FOLDER SCRIPT [ARGUMENT]...
// The folder becomes /app in the interpreter's own file system; output streams line by line; SystemExit is obeyed.

import { readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import { takeShortCalls } from "./short_calls.mjs";

const APP = "/app";
const [heapBytes, folder, script, ...scriptArguments] = process.argv.slice(2);

takeShortCalls();
const out = lineWriter(1);
const micropython = await loadMicroPython({ heapsize: Number(heapBytes), linebuffer: false, stdout: out.write });
mount(folder, APP);
process.exitCode = run(script, scriptArguments);
out.flush();

function mount(from, to) {
  micropython.FS.mkdirTree(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = `${to}/${entry.name}`;
    if (entry.isDirectory()) mount(source, target);
    else micropython.FS.writeFile(target, readFileSync(source));
  }
}

function run(script, scriptArguments) {
  try {
    micropython.runPython(`
import os, sys
os.chdir("${APP}")
sys.path[:] = ["${APP}", ".frozen"]
sys.argv[:] = ${JSON.stringify([script, ...scriptArguments])}
with open(sys.argv[0]) as file:
    source = file.read()
exec(compile(source, sys.argv[0], "exec"), {"__name__": "__main__"})
`);
    return 0;
  } catch (error) {
    if (error.name !== "PythonError") throw error;
    return exitCode(error);
  }
}

// SystemExit carries its code as text at the end of the traceback, as every exception's value does.
function exitCode(error) {
  const value = error.message.trimEnd().split("\n").at(-1).replace(/^SystemExit:?\s*/, "");
  if (error.type === "SystemExit" && ["", "None"].includes(value)) return 0;
  if (error.type === "SystemExit" && /^\d+$/.test(value)) return Number(value);
  out.flush();
  process.stderr.write(error.message);
  return 1;
}

function lineWriter(descriptor) {
  let bytes = [];
  const flush = () => {
    if (bytes.length) writeSync(descriptor, Uint8Array.from(bytes));
    bytes = [];
  };
  const write = (chunk) => {
    bytes.push(...chunk);
    if (chunk.at(-1) === 10) flush();
  };
  return { write, flush };
}
