// A user whose account is deployed at a sponsor's cost, with guardians' recovery installed, loses the device with the passkey and
// gets the account back on another one.
//
// `deployAccount` installs four modules. The suite has the first three; it has none for recovery by OpenID Connect, so an app that
// uses this function names another module there that needs no data. Apps that want to choose use `deployModularAccount`.

import { createWalletClient, keccak256, parseAbi, publicActions, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { eip712WalletActions } from "viem/zksync";
import { GuardianRecoveryValidatorAbi } from "zksync-sso/abi";
import {
  confirmGuardian,
  createZksyncRecoveryGuardianClient,
  deployAccount,
  deployModularAccount,
  fetchPasskeyAccount,
} from "zksync-sso/client";
import { addAccountOwnerPasskey, createZksyncPasskeyClient, registerNewPasskey } from "zksync-sso/client/passkey";
import { base64UrlToUint8Array, getPublicKeyBytesFromPasskeySignature } from "zksync-sso/utils";

import { openPage } from "./browser.mjs";
import { attempt, take } from "./report.mjs";
import { connection, contracts as core, fund, origin, recipient, settled, setting, sponsor } from "./setup.mjs";

const ZERO = "0x0000000000000000000000000000000000000000";
/** Delay of a recovery, in seconds. */
const DAY = 86_400;

const recovery = setting("GUARDIAN_RECOVERY");
const anotherModule = setting("DEAD_MAN_SWITCH");
const contracts = { ...core, recovery, recoveryOidc: anotherModule };
const hashedOrigin = keccak256(toHex(origin));

/** What the SDK has no function for: the end of a recovery. Anybody may send it. */
const finishAbi = parseAbi([
  "struct RecoveryRequest { address webAuthValidator; bytes32 credentialIdHash; bytes32 rpIdHash; bytes32 keyX; bytes32 keyY; address owner; bytes32[] removedPasskeys; address[] removedOwners; address sessionValidator; uint256 deadline; }",
  "struct PasskeyReveal { bytes credentialId; bytes32 rpIdHash; }",
  "struct RecoveryReveal { string origin; bytes credentialId; PasskeyReveal[] removedPasskeys; }",
  "function finishRecovery(bytes32 hashedOriginDomain, address account, RecoveryRequest request, RecoveryReveal reveal)",
]);

/** A new key, whose client can also send what paymasters pay for. */
function wallet() {
  const account = privateKeyToAccount(generatePrivateKey());
  return createWalletClient({ ...connection, account }).extend(publicActions).extend(eip712WalletActions());
}

function passkeyClient(address, credentialPublicKey) {
  const names = { userName: "alice", userDisplayName: "Alice" };
  return createZksyncPasskeyClient({ ...connection, address, contracts, credentialPublicKey, ...names });
}

/** Bytes and coordinates of a passkey, as contracts take them. */
function encoded({ credentialId, credentialPublicKey }) {
  const coordinates = getPublicKeyBytesFromPasskeySignature(credentialPublicKey);
  return { id: toHex(base64UrlToUint8Array(credentialId)), key: coordinates.map((part) => toHex(part, { size: 32 })) };
}

const hashOf = ({ transactionReceipt }) => ({ transaction: transactionReceipt.transactionHash });

// --- Sign-on ------------------------------------------------------------------------------------------------------------

openPage(origin);
const lost = await take("register", () => registerNewPasskey({ userName: "alice", userDisplayName: "Alice" }));
const { credentialId, credentialPublicKey } = lost;
const account = { credentialId, credentialPublicKey, paymasterAddress: setting("PAYMASTER") };

await attempt("deploy-with-three-modules", () => deployAccount(wallet(), { ...account, contracts: { ...core, recovery } }));
const withNobody = { ...contracts, recoveryOidc: ZERO };
await attempt("deploy-with-no-module", () => deployAccount(wallet(), { ...account, contracts: withNobody }));
const twice = { ...contracts, recoveryOidc: recovery };
await attempt("deploy-with-a-module-twice", () => deployAccount(wallet(), { ...account, contracts: twice }));

const { account: address } = await take("deploy", async () => {
  const deployed = await deployAccount(wallet(), { ...account, contracts });
  return { ...hashOf(deployed), account: deployed.address };
});
await take("find", async () => ({ account: (await fetchPasskeyAccount(sponsor, { contracts })).address }));
await take("fund", () => fund(address));
const owner = passkeyClient(address, credentialPublicKey);

await take("deploy-modular", async () => {
  const { address } = await deployModularAccount(sponsor, {
    accountFactory: contracts.accountFactory,
    owners: [],
    installNoDataModules: [recovery],
    sessionModule: { location: contracts.session },
    passkeyModule: { location: contracts.passkey, credentialId, credentialPublicKey },
  });
  return { account: address };
});

// --- Guardians ----------------------------------------------------------------------------------------------------------

const [guardian, retired] = [wallet(), wallet()];
for (const { account } of [guardian, retired]) await fund(account.address);

await take("propose", async () => hashOf(await owner.proposeGuardian({ newGuardian: guardian.account.address })));
await take("propose-another", async () => hashOf(await owner.proposeGuardian({ newGuardian: retired.account.address })));
for (const [step, client] of [
  ["confirm", guardian],
  ["confirm-another", retired],
]) {
  await take(step, async () => hashOf(await confirmGuardian(client, { accountToGuard: address, contracts })));
}
await take("remove-another", async () => hashOf(await owner.removeGuardian({ guardian: retired.account.address })));

const view = { address: recovery, abi: GuardianRecoveryValidatorAbi };
await take("guardians", async () => {
  const guardians = await sponsor.readContract({ ...view, functionName: "guardiansFor", args: [hashedOrigin, address] });
  if (guardians.length !== 1 || !guardians[0].isReady) throw new Error(`guardians are ${JSON.stringify(guardians, String)}`);
  return { account: guardians[0].addr };
});

// --- Recovery -----------------------------------------------------------------------------------------------------------

// Another device, with another authenticator.
openPage(origin);
const found = await take("register-anew", () => registerNewPasskey({ userName: "alice", userDisplayName: "Alice" }));
const { id, key } = encoded(found);
const start = { ...view, functionName: "initRecovery", args: [address, keccak256(id), key, hashedOrigin] };

await attempt("start-as-stranger", () => retired.writeContract(start));
await take("start", async () => settled(guardian, await guardian.writeContract(start)));
await take("pending", async () => {
  const args = [hashedOrigin, address];
  const pending = await sponsor.readContract({ ...view, functionName: "getPendingRecoveryData", args });
  if (pending.hashedCredentialId !== keccak256(id)) throw new Error(`${pending.hashedCredentialId} is pending`);
});

const request = {
  webAuthValidator: contracts.passkey,
  credentialIdHash: keccak256(id),
  rpIdHash: toHex(0, { size: 32 }),
  keyX: key[0],
  keyY: key[1],
  owner: ZERO,
  removedPasskeys: [],
  removedOwners: [],
  sessionValidator: ZERO,
  deadline: 2n ** 256n - 1n,
};
const finish = {
  address: recovery,
  abi: finishAbi,
  functionName: "finishRecovery",
  args: [hashedOrigin, address, request, { origin, credentialId: id, removedPasskeys: [] }],
};
await attempt("finish-early", () => sponsor.writeContract(finish));
await sponsor.request({ method: "evm_increaseTime", params: [DAY] });
await sponsor.request({ method: "evm_mine", params: [] });

// The SDK has the account itself finish, in a transaction that nobody signs and that names the module as its validator.
const unsigned = createZksyncRecoveryGuardianClient({ ...connection, address, contracts });
const newPasskey = { credentialId: found.credentialId, rawPublicKey: key, origin };
await attempt("finish-as-validator", () => unsigned.addAccountOwnerPasskey(newPasskey));

await take("finish", async () => settled(sponsor, await sponsor.writeContract(finish)));
const recovered = passkeyClient(address, found.credentialPublicKey);
await take("transfer", async () =>
  settled(recovered, await recovered.sendTransaction({ to: recipient, value: 5n, gas: 10_000_000n })),
);

// A spare one, which the client adds.
const spare = await take("register-spare", () => registerNewPasskey({ userName: "alice", userDisplayName: "Alice" }));
const spareKey = { credentialId: spare.credentialId, rawPublicKey: encoded(spare).key, origin, contracts };
await take("add-passkey", async () => hashOf(await addAccountOwnerPasskey(recovered, spareKey)));
