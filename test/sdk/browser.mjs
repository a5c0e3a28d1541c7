// What the SDK expects of the browser it runs in: a page with an origin, and WebAuthn.

import { webcrypto } from "node:crypto";

import { SoftwareAuthenticator } from "./authenticator.mjs";

/**
 * Makes this process look like a browser that shows a page of `origin`.
 *
 * @param {string} origin
 */
export function openPage(origin) {
  const { hostname } = new URL(origin);
  const globals = {
    window: { location: { origin, hostname } },
    navigator: { credentials: new SoftwareAuthenticator(origin) },
    // Code asks only whether the class is there.
    PublicKeyCredential: class PublicKeyCredential {},
    // Node.js 18 has it, but not as a global.
    crypto: webcrypto,
  };
  for (const [name, value] of Object.entries(globals)) {
    // Newer versions of Node.js have getters of some of these names, which assignments would not replace.
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
