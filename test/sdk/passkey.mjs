// A user signs on with a passkey and opens a session, an app uses it and tries to break out of it, the user revokes it.

import { erc20Abi, keccak256, parseEther } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { deployModularAccount, fetchPasskeyAccount } from "zksync-sso/client";
import { createZksyncPasskeyClient, registerNewPasskey } from "zksync-sso/client/passkey";
import { createZksyncSessionClient } from "zksync-sso/client/session";
import { encodeSession } from "zksync-sso/utils";

import { openPage } from "./browser.mjs";
import { attempt, take } from "./report.mjs";
import {
  TOKEN_LIMIT,
  WEI_LIMIT,
  connection,
  contracts,
  fund,
  origin,
  recipient,
  sessionConfig,
  settled,
  sponsor,
  stranger,
  token,
} from "./setup.mjs";

/**
 * Gas for transactions that are not estimated first. It is what the SDK itself gives to those that it makes for passkeys:
 * it estimates them without a signature, so the verification of one is not in its estimates.
 */
const GAS = 10_000_000n;

/** Transfers tokens through an SDK client. */
function transferTokens(client, to, amount) {
  return client.writeContract({ address: token, abi: erc20Abi, functionName: "transfer", args: [to, amount] });
}

/** Sends a transaction that the SDK signs, without the SDK's own look at the session's policies before. */
async function sendUnchecked(client, transaction) {
  const request = await client.prepareTransactionRequest({ ...transaction, gas: GAS });
  const serializedTransaction = await client.account.signTransaction(request);
  return client.sendRawTransaction({ serializedTransaction });
}

openPage(origin);

// --- Sign-on ------------------------------------------------------------------------------------------------------------

const passkey = await take("register", () => registerNewPasskey({ userName: "alice", userDisplayName: "Alice" }));

const { account: address } = await take("deploy", async () => {
  const deployed = await deployModularAccount(sponsor, {
    accountFactory: contracts.accountFactory,
    owners: [],
    sessionModule: { location: contracts.session },
    passkeyModule: {
      location: contracts.passkey,
      credentialId: passkey.credentialId,
      credentialPublicKey: passkey.credentialPublicKey,
    },
  });
  return { transaction: deployed.transactionReceipt.transactionHash, account: deployed.address };
});

const found = await take("find", async () => {
  const { address, passkeyPublicKey } = await fetchPasskeyAccount(sponsor, { contracts });
  return { account: address, passkeyPublicKey };
});

await take("fund", () => fund(address));

const owner = createZksyncPasskeyClient({
  ...connection,
  address,
  contracts,
  // What the chain knows of the passkey, as after a sign-in on another device.
  credentialPublicKey: found.passkeyPublicKey,
  userName: "alice",
  userDisplayName: "Alice",
});

await take("transfer-by-passkey", async () =>
  settled(owner, await owner.sendTransaction({ to: recipient, value: 5n, gas: GAS })),
);

// --- Session ------------------------------------------------------------------------------------------------------------

const sessionKey = generatePrivateKey();
const config = sessionConfig(sessionKey);

await take("create-session", async () => {
  const { transactionReceipt } = await owner.createSession({ sessionConfig: config });
  return { transaction: transactionReceipt.transactionHash };
});

const session = createZksyncSessionClient({ ...connection, address, contracts, sessionKey, sessionConfig: config });

await take("transfer", async () => settled(session, await session.sendTransaction({ to: recipient, value: 400n })));
await take("transfer-tokens", async () => settled(session, await transferTokens(session, recipient, parseEther("4"))));

const tooMuch = { to: recipient, value: WEI_LIMIT - 399n };
await attempt("too-much", () => session.sendTransaction(tooMuch));
await attempt("too-much-unchecked", () => sendUnchecked(session, tooMuch));
await attempt("stranger", () => session.sendTransaction({ to: stranger, value: 1n }));
await attempt("too-many-tokens", () => transferTokens(session, recipient, TOKEN_LIMIT - parseEther("3")));
await attempt("tokens-to-stranger", () => transferTokens(session, stranger, 1n));

// --- Revocation ---------------------------------------------------------------------------------------------------------

await take("revoke", async () => {
  const { transactionReceipt } = await owner.revokeSession({ sessionId: keccak256(encodeSession(config)) });
  return { transaction: transactionReceipt.transactionHash };
});

const allowedBefore = { to: recipient, value: 1n };
await attempt("revoked", () => session.sendTransaction(allowedBefore));
await attempt("revoked-unchecked", () => sendUnchecked(session, allowedBefore));
await attempt("revoked-tokens", () => transferTokens(session, recipient, 1n));
