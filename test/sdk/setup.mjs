// What the programs share: their settings, which come from the environment, and a funded account that pays for others.

import { createWalletClient, erc20Abi, http, parseAbi, parseEther, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { zksyncInMemoryNode } from "viem/chains";
import { callPolicy, formatSessionPreferences } from "zksync-sso/client-auth-server";

/** A setting, which must be there. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** Origin of the page that the user is on. */
export const origin = setting("ORIGIN");
/** An ERC-20 token with 18 decimals that anybody can mint. */
export const token = setting("TOKEN");
/** Whom sessions may pay. */
export const recipient = setting("RECIPIENT");
/** Whom they may not. */
export const stranger = setting("STRANGER");

export const contracts = {
  accountFactory: setting("FACTORY"),
  passkey: setting("WEB_AUTH_VALIDATOR"),
  session: setting("SESSION_KEY_VALIDATOR"),
};

export const connection = { chain: zksyncInMemoryNode, transport: http(setting("RPC_URL")) };

const sponsorAccount = privateKeyToAccount(setting("PRIVATE_KEY"));
/** Deploys accounts and funds them. */
export const sponsor = createWalletClient({ ...connection, account: sponsorAccount }).extend(publicActions);

/** Wei that a session may send to the recipient. */
export const WEI_LIMIT = 1_000n;
/** Tokens that a session may send to the recipient in a period. */
export const TOKEN_LIMIT = parseEther("10");

/** What a session key may do, made by the SDK from preferences as an app would write them. */
export function sessionConfig(sessionKey) {
  const preferences = {
    expiry: "1 day",
    feeLimit: parseEther("0.1"),
    transfers: [{ to: recipient, valueLimit: WEI_LIMIT }],
    contractCalls: [
      callPolicy({
        address: token,
        abi: erc20Abi,
        functionName: "transfer",
        constraints: [
          { index: 0, value: recipient },
          { index: 1, limit: { limit: TOKEN_LIMIT, period: currentPeriod() } },
        ],
      }),
    ],
  };
  return { signer: privateKeyToAccount(sessionKey).address, ...formatSessionPreferences(preferences, {}) };
}

/** Length in seconds of a period whose middle is now, so that none ends before the program does. */
function currentPeriod() {
  return (BigInt(Math.floor(Date.now() / 1000)) * 2n) / 3n;
}

/** Waits for a transaction, which must succeed. */
export async function settled(client, hash) {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} failed`);
  return { transaction: hash };
}

/** Gives an account ether and tokens. */
export async function fund(address) {
  await settled(sponsor, await sponsor.sendTransaction({ to: address, value: parseEther("1") }));
  const abi = parseAbi(["function mint(address to, uint256 amount)"]);
  const mint = { address: token, abi, functionName: "mint", args: [address, parseEther("100")] };
  return settled(sponsor, await sponsor.writeContract(mint));
}
