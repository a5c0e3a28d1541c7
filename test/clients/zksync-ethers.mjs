// A program that uses zksync-ethers.

import { ethers } from "ethers";
import { ContractFactory, ECDSASmartAccount, Provider, SmartAccount, Wallet, types, utils } from "zksync-ethers";

import { attempt, take } from "../sdk/report.mjs";
import { attemptMistakes, batch, follow, readAgain } from "./ethers-steps.mjs";
import {
  PRICE,
  TITLE,
  guestbook,
  ownedAccount,
  paymaster,
  privateKey,
  recipient,
  typedData,
  url,
} from "./setup.mjs";

const provider = new Provider(url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
const wallet = new Wallet(privateKey, provider);
const salt = ethers.id("salt");

/** Waits for a transaction, which must succeed, and reports what its receipt says. */
async function sent(response) {
  const { hash, type, status, gasUsed, gasPrice, l1BatchNumber } = await response.wait();
  return { transaction: hash, answer: { type, status, gasUsed, effectiveGasPrice: gasPrice, l1BatchNumber } };
}

async function deployed({ abi, bytecode }, args, deploymentType) {
  const contract = await new ContractFactory(abi, bytecode, wallet, deploymentType).deploy(...args, { customData: { salt } });
  return { transaction: contract.deploymentTransaction().hash, account: await contract.getAddress() };
}

// --- Chain --------------------------------------------------------------------------------------------------------------

await take("chain", async () => ({
  answer: {
    chainId: (await provider.getNetwork()).chainId,
    blockNumber: await provider.getBlockNumber(),
    balance: await wallet.getBalance(),
    nonce: await wallet.getNonce(),
  },
}));

await take("fees", async () => {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  const gasPerPubdata = await provider.send("zks_gasPerPubdata", []);
  return { answer: { gasPrice, maxFeePerGas, priorityFee: maxPriorityFeePerGas, gasPerPubdata } };
});

// --- Deployment ---------------------------------------------------------------------------------------------------------

const { account: address } = await take("deploy", () => deployed(guestbook, [TITLE, PRICE], "create"));
const book = new ethers.Contract(address, guestbook.abi, wallet);
await take("deploy-create2", () => deployed(guestbook, [TITLE, PRICE], "create2"));

const owner = ethers.Wallet.createRandom();
const { account: smartAddress } = await take("deploy-account", () =>
  deployed(ownedAccount, [owner.address], "createAccount"),
);
await take("deploy-account-create2", () => deployed(ownedAccount, [owner.address], "create2Account"));
const { account: paymasterAddress } = await take("deploy-paymaster", () => deployed(paymaster, [], "create"));

await take("read", async () => ({ answer: { title: await book.title(), price: await book.price() } }));

await take("state", async () => {
  const code = await provider.getCode(address);
  const none = await provider.getCode(recipient);
  const known = await provider.getBytecodeByHash(ethers.hexlify(utils.hashBytecode(guestbook.bytecode)));
  const sameByHash = ethers.hexlify(Uint8Array.from(known)) === code;
  return { answer: { isOurs: code === guestbook.bytecode, sameByHash, price: await provider.getStorage(address, 0), none } };
});

await take("account-kinds", async () => {
  const version = async (account) => (await provider.getContractAccountInfo(account)).supportedAAVersion;
  return { answer: { account: await version(smartAddress), contract: await version(address) } };
});

// --- Transactions -------------------------------------------------------------------------------------------------------

const sign = (note, options) => book.sign(note, { value: PRICE, ...options });

const endOfWatch = await follow(book, provider);

await take("sign-legacy", async () => sent(await sign("legacy", { type: 0 })));
const { transaction: eip1559 } = await take("sign-1559", async () => sent(await sign("1559", { type: 2 })));
const { transaction: eip712 } = await take("sign-712", async () =>
  sent(await sign("712", { type: utils.EIP712_TX_TYPE, customData: { gasPerPubdata: 50_000 } })),
);
await take("transfer", async () => sent(await wallet.transfer({ to: recipient, amount: 5n })));

await endOfWatch();

await readAgain(provider, { address, eip1559, eip712 }, ({ l1BatchNumber, number }) => ({
  l1BatchNumber: l1BatchNumber === number,
}));

await take("status", async () => ({
  answer: {
    finalized: (await provider.getTransactionStatus(eip712)) === types.TransactionStatus.Finalized,
    unknown: (await provider.getTransactionStatus(ethers.ZeroHash)) === types.TransactionStatus.NotFound,
  },
}));

// --- Events -------------------------------------------------------------------------------------------------------------

await take("events", async () => {
  const { GuestbookSigned } = book.filters;
  const plain = ({ args }) => args.toObject();
  return {
    answer: {
      all: (await book.queryFilter(GuestbookSigned())).map(plain),
      second: (await book.queryFilter(GuestbookSigned(wallet.address, 1n))).map(({ args }) => args.note),
      foreign: await book.queryFilter(GuestbookSigned(recipient), 0, "latest"),
      raw: (await provider.getLogs({ address, fromBlock: 0 })).length,
    },
  };
});

await take("filters", async () => {
  const [logs, hashes] = [await provider.newFilter({ address }), await provider.newBlockFilter()];
  const { transaction } = await sent(await sign("filtered"));
  const found = await provider.getFilterChanges(logs);
  return { transaction, answer: { logs: found.length, blocks: (await provider.getFilterChanges(hashes)).length } };
});

// --- Estimates ----------------------------------------------------------------------------------------------------------

await take("estimate-gas", async () => {
  const gasLimit = await book.sign.estimateGas("an estimate", { value: PRICE });
  return sent(await sign("an estimate", { gasLimit, type: 2 }));
});

await take("estimate-fee", async () => {
  const transaction = { from: wallet.address, to: recipient, value: 1n };
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = await provider.estimateFee(transaction);
  return sent(await wallet.sendTransaction({ ...transaction, gasLimit, maxFeePerGas, maxPriorityFeePerGas }));
});

// --- Errors -------------------------------------------------------------------------------------------------------------

await take("error", async () => {
  const { error } = await book.sign.staticCall("cheap", { value: 1n }).catch((error) => error);
  const { name, args } = book.interface.parseError(error.data);
  return { answer: { name, args: [...args] } };
});
await attemptMistakes(book);
await attempt("no-funds", () =>
  new Wallet(owner.privateKey, provider).sendTransaction({ to: recipient, value: 1n, gasLimit: 1_000_000n }),
);

await take("failed", async () => {
  const { hash } = await book.sign("cheap", { value: 1n, gasLimit: 3_000_000n });
  await provider.waitForTransaction(hash).catch(() => {});
  return { transaction: hash, answer: { status: (await provider.getTransactionReceipt(hash)).status } };
});

// --- Batches ------------------------------------------------------------------------------------------------------------

await batch(book, provider);

// --- Account abstraction ------------------------------------------------------------------------------------------------

await take("typed-data", async () => {
  const { domain, types, message } = typedData;
  const signature = await wallet.signTypedData(domain, types, message);
  const valid = (account) => utils.isTypedDataSignatureCorrect(provider, account, domain, types, message, signature);
  return { answer: { valid: await valid(wallet.address), forged: await valid(recipient) } };
});

await take("signed-712", async () => {
  const request = { to: recipient, value: 2n, type: utils.EIP712_TX_TYPE, customData: { gasPerPubdata: 50_000 } };
  const raw = await wallet.signTransaction(await wallet.populateTransaction(request));
  return sent(await provider.broadcastTransaction(raw));
});

// The library estimates transactions of smart accounts as if their owners sent them.
for (const to of [smartAddress, owner.address, paymasterAddress]) {
  await (await wallet.sendTransaction({ to, value: ethers.parseEther("1") })).wait();
}

const flow = utils.getPaymasterParams(paymasterAddress, { type: "General", innerInput: new Uint8Array() });
const sponsored = { customData: { gasPerPubdata: 50_000, paymasterParams: flow } };
await take("paymaster", async () => {
  const before = await wallet.getBalance();
  const report = await sent(await sign("sponsored", sponsored));
  return { ...report, answer: { ...report.answer, spent: before - (await wallet.getBalance()) } };
});

await take("smart-account", async () => {
  const account = ECDSASmartAccount.create(smartAddress, owner.privateKey, provider);
  return sent(await account.sendTransaction({ to: recipient, value: 3n }));
});
await take("smart-account-sponsored", async () => {
  const account = new SmartAccount({ address: smartAddress, secret: owner.privateKey }, provider);
  return sent(await account.sendTransaction({ to: recipient, value: 3n, ...sponsored }));
});
await attempt("smart-account-stranger", () => {
  const stranger = ethers.Wallet.createRandom().privateKey;
  const account = ECDSASmartAccount.create(smartAddress, stranger, provider);
  return account.sendTransaction({ to: recipient, value: 3n, gasLimit: 5_000_000n });
});

// --- Methods of the protocol --------------------------------------------------------------------------------------------

const number = (await provider.getTransactionReceipt(eip712)).blockNumber;

await take("protocol", async () => ({
  answer: {
    batch: await provider.getL1BatchNumber(),
    head: await provider.getBlockNumber(),
    l1ChainId: await provider.l1ChainId(),
    baseToken: await provider.getBaseTokenContractAddress(),
    testnetPaymaster: await provider.getTestnetPaymasterAddress(),
    bridges: await provider.send("zks_getBridgeContracts", []),
    balances: await provider.getAllAccountBalances(recipient),
    tokens: await provider.getConfirmedTokens(),
    version: await provider.getProtocolVersion(),
    feeParams: await provider.getFeeParams(),
    deployments: await wallet.getDeploymentNonce(),
  },
}));

await take("details", async () => ({
  answer: {
    number,
    block: await provider.getBlockDetails(number),
    batch: await provider.getL1BatchDetails(number),
    range: await provider.getL1BatchBlockRange(number),
    transaction: await provider.getTransactionDetails(eip712),
    raw: await provider.getRawBlockTransactions(number),
  },
}));

await take("detailed-output", async () => {
  const request = await book.sign.populateTransaction("detailed", { value: PRICE });
  const raw = await wallet.signTransaction(await wallet.populateTransaction(request));
  const output = await provider.sendRawTransactionWithDetailedOutput(raw);
  return { transaction: output.transactionHash, answer: output };
});

await attempt("main-contract", () => provider.getMainContractAddress());
await attempt("bridgehub", () => provider.getBridgehubContractAddress());
await attempt("log-proof", () => provider.getLogProof(eip712));
await attempt("proof", () => provider.getProof(address, [ethers.ZeroHash], number));
await attempt("l1-to-l2", () => provider.estimateGasL1({ from: wallet.address, to: recipient, value: 1n }));
