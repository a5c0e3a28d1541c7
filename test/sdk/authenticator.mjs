// A WebAuthn authenticator in software: one device with P-256 passkeys, whose user always consents and is always recognised.
// It answers as `navigator.credentials` of a browser that shows one page.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** COSE number of ECDSA on P-256 with SHA-256. */
const ES256 = -7;

// Flags of authenticator data. Synchronised passkeys, the usual kind, are backed up and keep no signature counter.
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED = 0x40;
const FLAGS = USER_PRESENT | USER_VERIFIED | BACKUP_ELIGIBLE | BACKED_UP;

const CREDENTIAL_ID_LENGTH = 20;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const toBuffer = (source) =>
  ArrayBuffer.isView(source) ? Buffer.from(source.buffer, source.byteOffset, source.byteLength) : Buffer.from(source);
/** Bytes as browsers hand them out. */
const toArrayBuffer = (bytes) => Uint8Array.from(bytes).buffer;

/** Serialises client data the way WebAuthn tells browsers to. */
function clientData(type, challenge, origin) {
  const fields = { type, challenge: toBuffer(challenge).toString("base64url"), origin, crossOrigin: false };
  return Buffer.from(JSON.stringify(fields));
}

function authenticatorData(rpId, flags, attested = Buffer.alloc(0)) {
  const counter = Buffer.alloc(4);
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, attested]);
}

/** What registration adds to authenticator data: model (unknown), credential id, public key. */
function attestedCredential(id, coseKey) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([Buffer.alloc(16), length, id, coseKey]);
}

/** The public key in COSE: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}, in CBOR. */
function coseKey(publicKey) {
  const { x, y } = publicKey.export({ format: "jwk" });
  const parts = ["a5010203262001215820", Buffer.from(x, "base64url"), "225820", Buffer.from(y, "base64url")];
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "hex") : part)));
}

/** `{"fmt": "none", "attStmt": {}, "authData": data}` in CBOR, for data of 24 to 255 bytes. */
function attestationObject(data) {
  const text = (value) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const parts = [Buffer.from([0xa3]), text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0]), text("authData")];
  return Buffer.concat([...parts, Buffer.from([0x58, data.length]), data]);
}

/** Passkeys of a user, and the browser in front of them. */
export class SoftwareAuthenticator {
  #origin;
  #passkeys = new Map();

  /** @param {string} origin Origin of the page, such as `https://example.com`. */
  constructor(origin) {
    this.#origin = new URL(origin);
  }

  /** `navigator.credentials.create`. */
  async create({ publicKey: options }) {
    const rpId = this.#relyingParty(options.rp.id);
    // An empty list stands for the defaults, ES256 first.
    const algorithms = options.pubKeyCredParams.map(({ alg }) => alg);
    if (algorithms.length !== 0 && !algorithms.includes(ES256)) throw domError("NotSupportedError", "only ES256");
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const id = randomBytes(CREDENTIAL_ID_LENGTH);
    const name = id.toString("base64url");
    this.#passkeys.set(name, { id, rpId, privateKey, userHandle: toBuffer(options.user.id) });
    const data = authenticatorData(rpId, FLAGS | ATTESTED, attestedCredential(id, coseKey(publicKey)));
    return credential(name, id, {
      clientDataJSON: toArrayBuffer(clientData("webauthn.create", options.challenge, this.#origin.origin)),
      attestationObject: toArrayBuffer(attestationObject(data)),
      getAuthenticatorData: () => toArrayBuffer(data),
      getPublicKey: () => toArrayBuffer(publicKey.export({ format: "der", type: "spki" })),
      getPublicKeyAlgorithm: () => ES256,
      getTransports: () => ["internal", "hybrid"],
    });
  }

  /** `navigator.credentials.get`. */
  async get({ publicKey: options }) {
    const rpId = this.#relyingParty(options.rpId);
    const allowed = options.allowCredentials?.map(({ id }) => toBuffer(id).toString("base64url"));
    const found = [...this.#passkeys].find(([name, key]) => key.rpId === rpId && (allowed?.includes(name) ?? true));
    if (!found) throw domError("NotAllowedError", `no passkey for ${rpId}`);
    const [name, { id, privateKey, userHandle }] = found;
    const client = clientData("webauthn.get", options.challenge, this.#origin.origin);
    const data = authenticatorData(rpId, FLAGS);
    return credential(name, id, {
      clientDataJSON: toArrayBuffer(client),
      authenticatorData: toArrayBuffer(data),
      signature: toArrayBuffer(sign("sha256", Buffer.concat([data, sha256(client)]), privateKey)),
      userHandle: toArrayBuffer(userHandle),
    });
  }

  /** The relying party id of a request: by default the page's host, which is the only one allowed here. */
  #relyingParty(rpId = this.#origin.hostname) {
    if (rpId !== this.#origin.hostname) throw domError("SecurityError", `${rpId} is not ${this.#origin.hostname}`);
    return rpId;
  }
}

function credential(name, id, response) {
  return {
    id: name,
    rawId: toArrayBuffer(id),
    type: "public-key",
    authenticatorAttachment: "platform",
    response,
    getClientExtensionResults: () => ({}),
  };
}

function domError(name, message) {
  return new DOMException(message, name);
}
