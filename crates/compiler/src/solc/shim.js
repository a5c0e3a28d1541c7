// Gives the npm package `solc` the command line of the native compiler, as far as a build needs it:
//
//   node solc.js <package folder> --version
//   node solc.js <package folder> [--base-path P] [--include-path P]... [--allow-paths P,...] --standard-json < input
//
// The caller puts every source that it could resolve into the input. A source that is missing there is an error: reading
// it from disk would hide it from the caller's cache.
"use strict";

const fs = require("fs");
const v8 = require("v8");

// How much a function of the compiler must have done before V8 optimises it. Its default suits programs that run for long:
// a fifth of solc's time would go into optimising. A version of V8 that does not know the flag says so on standard error,
// and goes on.
const TIERING_BUDGET = 20_000_000;

// Whatever may throw in C++ goes from WebAssembly through JavaScript and a table of functions back to WebAssembly, some
// hundred million times in a build. Reading the table costs more than most of those functions, so what was read is kept.
// The compiler changes its table by `set` only.
function rememberTableEntries() {
  const table = WebAssembly.Table.prototype;
  const { get, set } = table;
  const known = new WeakMap();
  let last, entries;
  const select = (of) => {
    if (!known.has(of)) known.set(of, []);
    [last, entries] = [of, known.get(of)];
  };
  table.get = function (index) {
    if (this !== last) select(this);
    return (entries[index] ??= get.call(this, index));
  };
  table.set = function (index, value) {
    set.call(this, index, value);
    if (this !== last) select(this);
    entries[index] = undefined;
  };
}

// A pipe takes at most a few kilobytes at a time, and answers EAGAIN while its reader is busy.
function print(text) {
  const bytes = Buffer.from(text, "utf8");
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += fs.writeSync(1, bytes, offset);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

// The package copies its input to the compiler's stack of 5 MB, at four bytes a character, and then crashes without a word
// about the size. What a callback returns goes to the heap; so the sources leave the input, and are read through one.
function split(text) {
  const input = JSON.parse(text);
  const contents = new Map();
  for (const [name, source] of Object.entries(input.sources ?? {})) {
    if (typeof source.content !== "string") continue;
    contents.set(name, source.content);
    input.sources[name] = { urls: [name] };
  }
  return { input: JSON.stringify(input), contents };
}

function compile(solc, text) {
  const { input, contents } = split(text);
  const read = (name) =>
    contents.has(name)
      ? { contents: contents.get(name) }
      : { error: `${name} was not found: check the import and the remappings in foundry.toml` };
  return solc.compile(input, { import: read });
}

function main() {
  const [packageFolder, ...options] = process.argv.slice(2);
  v8.setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  rememberTableEntries();
  const solc = require(packageFolder);
  if (options.includes("--version")) {
    print(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
  } else if (options.includes("--standard-json")) {
    print(compile(solc, fs.readFileSync(0, "utf8")));
  } else {
    throw new Error("expected --version or --standard-json");
  }
}

main();
// The compiler leaves handles open that would keep the process alive.
process.exit(0);
