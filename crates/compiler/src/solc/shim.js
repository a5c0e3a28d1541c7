// Gives the npm package `solc` the command line of the native compiler, as far as a build needs it:
//
//   node solc.js <package folder> --version
//   node solc.js <package folder> [--base-path P] [--include-path P]... [--allow-paths P,...] --standard-json < input
//
// The caller puts every source that it could resolve into the input. A source that is missing there is an error: reading
// it from disk would hide it from the caller's cache.
"use strict";

const fs = require("fs");

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

function unresolved(name) {
  return { error: `${name} was not found: check the import and the remappings in foundry.toml` };
}

function main() {
  const [packageFolder, ...options] = process.argv.slice(2);
  const solc = require(packageFolder);
  if (options.includes("--version")) {
    print(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
  } else if (options.includes("--standard-json")) {
    print(solc.compile(fs.readFileSync(0, "utf8"), { import: unresolved }));
  } else {
    throw new Error("expected --version or --standard-json");
  }
}

main();
// The compiler leaves handles open that would keep the process alive.
process.exit(0);
