// What the programs share: their settings, which come from the environment, and the contracts they deploy.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A setting, which must be there. */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** URL of the node's JSON-RPC. */
export const url = setting("RPC_URL");
/** The same for WebSockets. */
export const socketUrl = url.replace(/^http/, "ws");
/** Key of an account with plenty of ether. */
export const privateKey = setting("PRIVATE_KEY");
/** Somebody to pay. */
export const recipient = setting("RECIPIENT");

/** What the compiler made of a contract. */
function artifact(name) {
  const { abi, bytecode } = JSON.parse(readFileSync(join(setting("ARTIFACTS"), `${name}.sol`, `${name}.json`), "utf8"));
  return { abi, bytecode };
}

export const guestbook = artifact("Guestbook");
export const ownedAccount = artifact("OwnedAccount");
export const paymaster = artifact("OpenPaymaster");

/** Constructor arguments of the guestbook. */
export const TITLE = "Hotel California";
export const PRICE = 1_000n;

/** Typed data of an application, as EIP-712 has it. */
export const typedData = {
  domain: { name: "Guestbook", version: "1", chainId: 260 },
  types: { Greeting: [{ name: "from", type: "address" }, { name: "text", type: "string" }] },
  primaryType: "Greeting",
  message: { from: recipient, text: "hello" },
};

/** Polls until something holds, for ten seconds at most. */
export async function until(holds) {
  for (let waited = 0; waited < 10_000 && !holds(); waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
