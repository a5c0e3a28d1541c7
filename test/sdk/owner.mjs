// A user who has a wallet already: the account gets its key as owner and a first session, both while it is deployed.

import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createZksyncEcdsaClient, deployAccount, fetchAccount } from "zksync-sso/client/ecdsa";
import { createZksyncSessionClient } from "zksync-sso/client/session";

import { openPage } from "./browser.mjs";
import { take } from "./report.mjs";
import { connection, contracts, fund, origin, recipient, sessionConfig, settled, sponsor } from "./setup.mjs";

openPage(origin);

const wallet = privateKeyToAccount(generatePrivateKey());
const sessionKey = generatePrivateKey();
const config = sessionConfig(sessionKey);

const { account: address } = await take("deploy", async () => {
  const account = { owner: wallet.address, prefix: "app", contracts, initialSession: config };
  const deployed = await deployAccount(sponsor, account);
  return { transaction: deployed.transactionReceipt.transactionHash, account: deployed.address };
});

await take("find", async () => {
  const { address } = await fetchAccount(sponsor, { owner: wallet.address, prefix: "app", contracts });
  return { account: address };
});

await take("fund", () => fund(address));

const owner = await createZksyncEcdsaClient({ ...connection, address, owner: wallet, contracts });
await take("transfer-by-owner", async () =>
  settled(owner, await owner.sendTransaction({ to: recipient, value: 5n })),
);

const session = createZksyncSessionClient({ ...connection, address, contracts, sessionKey, sessionConfig: config });
await take("transfer", async () => settled(session, await session.sendTransaction({ to: recipient, value: 400n })));
