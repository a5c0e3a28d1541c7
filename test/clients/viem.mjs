// A program that uses viem with its ZKsync extensions.

import { createPublicClient, createWalletClient, encodeFunctionData, http, keccak256, parseEther, toHex, webSocket, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { zksyncInMemoryNode } from "viem/chains";
import {
  eip712WalletActions,
  getGasPerPubdata,
  getGeneralPaymasterInput,
  hashBytecode,
  parseEip712Transaction,
  publicActionsL2,
  toSinglesigSmartAccount,
} from "viem/zksync";

import { attempt, take } from "../sdk/report.mjs";
import {
  PRICE,
  TITLE,
  guestbook,
  ownedAccount,
  paymaster,
  privateKey,
  recipient,
  socketUrl,
  typedData,
  until,
  url,
} from "./setup.mjs";

const connection = { chain: zksyncInMemoryNode, pollingInterval: 20 };
const reader = createPublicClient({ ...connection, transport: http(url) }).extend(publicActionsL2());
const batching = createPublicClient({ ...connection, transport: http(url, { batch: true }) });
const account = privateKeyToAccount(privateKey);
const wallet = createWalletClient({ ...connection, transport: http(url), account }).extend(eip712WalletActions());

const ZERO_HASH = `0x${"00".repeat(32)}`;

/** Waits for a transaction, which must succeed. */
async function settled(hash) {
  const receipt = await reader.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} failed`);
  return receipt;
}

/** Sends one and reports what its receipt says. */
async function sent(hash) {
  const { type, status, gasUsed, effectiveGasPrice, l1BatchNumber } = await settled(hash);
  return { transaction: hash, answer: { type, status, gasUsed, effectiveGasPrice, l1BatchNumber } };
}

async function deployed(contract, args, options = {}) {
  const hash = await wallet.deployContract({ ...contract, args, ...options });
  return { transaction: hash, account: (await settled(hash)).contractAddress };
}

// --- Chain --------------------------------------------------------------------------------------------------------------

await take("chain", async () => ({
  answer: {
    chainId: await reader.getChainId(),
    blockNumber: await reader.getBlockNumber(),
    balance: await reader.getBalance({ address: account.address }),
    nonce: await reader.getTransactionCount({ address: account.address }),
  },
}));

await take("fees", async () => {
  const history = await reader.getFeeHistory({ blockCount: 1, rewardPercentiles: [25, 75] });
  const { maxFeePerGas, maxPriorityFeePerGas } = await reader.estimateFeesPerGas();
  return {
    answer: {
      gasPrice: await reader.getGasPrice(),
      priorityFee: await reader.estimateMaxPriorityFeePerGas(),
      suffices: maxFeePerGas >= history.baseFeePerGas[0] && maxPriorityFeePerGas === 0n,
      rewards: history.reward,
      gasPerPubdata: await getGasPerPubdata(reader),
    },
  };
});

// --- Deployment ---------------------------------------------------------------------------------------------------------

const { account: address } = await take("deploy", () => deployed(guestbook, [TITLE, PRICE]));
const book = { address, abi: guestbook.abi };

const salt = keccak256(toHex("salt"));
await take("deploy-create2", () => deployed(guestbook, [TITLE, PRICE], { deploymentType: "create2", salt }));

const ownerKey = generatePrivateKey();
const owner = privateKeyToAccount(ownerKey);
const { account: smartAddress } = await take("deploy-account", () =>
  deployed(ownedAccount, [owner.address], { deploymentType: "createAccount" }),
);
await take("deploy-account-create2", () =>
  deployed(ownedAccount, [owner.address], { deploymentType: "create2Account", salt }),
);
const { account: paymasterAddress } = await take("deploy-paymaster", () => deployed(paymaster, []));

await take("read", async () => ({
  answer: {
    title: await reader.readContract({ ...book, functionName: "title" }),
    price: await reader.readContract({ ...book, functionName: "price" }),
  },
}));

await take("state", async () => ({
  answer: {
    code: hashBytecode(await reader.getCode({ address })).length === 32,
    isOurs: (await reader.getCode({ address })) === guestbook.bytecode,
    price: await reader.getStorageAt({ address, slot: toHex(0) }),
    none: (await reader.getCode({ address: recipient })) ?? null,
  },
}));

// --- Transactions -------------------------------------------------------------------------------------------------------

const sign = (note, options) =>
  wallet.writeContract({ ...book, functionName: "sign", args: [note], value: PRICE, ...options });

const seen = [];
const blocks = [];
const stops = [
  reader.watchContractEvent({ ...book, eventName: "GuestbookSigned", onLogs: (logs) => seen.push(...logs) }),
  reader.watchBlockNumber({ onBlockNumber: (number) => blocks.push(number), emitMissed: true, emitOnBegin: true }),
];
await until(() => blocks.length > 0);

await take("sign-legacy", async () => sent(await sign("legacy", { type: "legacy" })));
const { transaction: eip1559 } = await take("sign-1559", async () => sent(await sign("1559", { type: "eip1559" })));
const { transaction: eip712 } = await take("sign-712", async () =>
  sent(await sign("712", { type: "eip712", gasPerPubdata: 50_000n })),
);
await take("transfer", async () => sent(await wallet.sendTransaction({ to: recipient, value: 5n })));

await take("watch", async () => {
  await until(() => seen.length >= 3 && blocks.length >= 4);
  stops.forEach((stop) => stop());
  return { answer: { notes: seen.map(({ args }) => args.note), moved: blocks.at(-1) - blocks[0] >= 3n } };
});

await take("subscribe", async () => {
  const socket = createPublicClient({ chain: zksyncInMemoryNode, transport: webSocket(socketUrl) });
  const [notes, heads] = [[], []];
  const stops = [
    socket.watchContractEvent({ ...book, onLogs: (logs) => notes.push(...logs.map(({ args }) => args.note)) }),
    socket.watchBlocks({ onBlock: ({ number }) => heads.push(number) }),
  ];
  // Answers come in the order of the requests: both subscriptions are there once this one has come.
  await socket.getChainId();
  const report = await sent(await sign("subscribed"));
  await until(() => notes.length > 0 && heads.length > 0);
  stops.forEach((stop) => stop());
  (await socket.transport.getRpcClient()).close();
  return { ...report, answer: { ...report.answer, notes, heads: heads.length } };
});

await take("receipt", async () => {
  const { type, from, to, logs, status, contractAddress } = await reader.getTransactionReceipt({ hash: eip712 });
  const ours = logs.filter((log) => log.address === address.toLowerCase());
  return { transaction: eip712, answer: { type, from, to, status, contractAddress, events: ours.length } };
});

await take("transaction", async () => {
  const { type, from, to, value, nonce, gas, chainId } = await reader.getTransaction({ hash: eip1559 });
  return { transaction: eip1559, answer: { type, from, to, value, nonce, gas: gas > 0n, chainId } };
});

await take("transaction-712", async () => {
  const { type, from, to, value } = await reader.getTransaction({ hash: eip712 });
  return { transaction: eip712, answer: { type, from, to, value } };
});

await take("block", async () => {
  const { blockNumber, blockHash } = await reader.getTransactionReceipt({ hash: eip1559 });
  const block = await reader.getBlock({ blockNumber });
  const full = await reader.getBlock({ blockHash, includeTransactions: true });
  return {
    answer: {
      same: block.hash === full.hash && block.hash === blockHash,
      transactions: block.transactions,
      full: full.transactions.map(({ hash, type }) => ({ hash, type })),
      count: await reader.getBlockTransactionCount({ blockHash }),
      l1BatchNumber: block.l1BatchNumber === blockNumber,
      parent: (await reader.getBlock({ blockNumber: blockNumber - 1n })).hash === block.parentHash,
    },
  };
});

// --- Events -------------------------------------------------------------------------------------------------------------

await take("events", async () => {
  const events = await reader.getContractEvents({ ...book, eventName: "GuestbookSigned", fromBlock: 0n });
  const second = await reader.getContractEvents({
    ...book,
    eventName: "GuestbookSigned",
    args: { visitor: account.address, index: 1n },
    fromBlock: "earliest",
    toBlock: "latest",
  });
  const foreign = await reader.getContractEvents({ ...book, args: { visitor: recipient }, fromBlock: 0n });
  return { answer: { all: events.map(({ args }) => args), second: second.map(({ args }) => args.note), foreign } };
});

// --- Estimates ----------------------------------------------------------------------------------------------------------

await take("estimate-gas", async () => {
  const request = { ...book, account, functionName: "sign", args: ["an estimate"], value: PRICE };
  const gas = await reader.estimateContractGas(request);
  return sent(await sign("an estimate", { gas, type: "eip1559" }));
});

await take("estimate-fee", async () => {
  const fee = await reader.estimateFee({ account, to: recipient, value: 1n, data: "0x" });
  const transaction = { to: recipient, value: 1n, gas: fee.gasLimit, maxFeePerGas: fee.maxFeePerGas };
  return sent(await wallet.sendTransaction({ ...transaction, type: "eip1559", maxPriorityFeePerGas: 0n }));
});

await take("overrides", async () => {
  const stateOverride = [{ address, stateDiff: [{ slot: toHex(0, { size: 32 }), value: toHex(7, { size: 32 }) }] }];
  const price = await reader.readContract({ ...book, functionName: "price", stateOverride });
  const free = [{ address, stateDiff: [{ slot: toHex(0, { size: 32 }), value: toHex(0, { size: 32 }) }] }];
  const request = { ...book, account, functionName: "sign", args: ["for nothing"], value: 0n };
  const { result } = await reader.simulateContract({ ...request, stateOverride: free });
  return { answer: { price, result, gas: (await reader.estimateContractGas({ ...request, stateOverride: free })) > 0n } };
});

await take("access-list", async () => {
  const request = { account, to: address, data: encodeFunctionData({ ...book, functionName: "price" }) };
  const { accessList } = await reader.createAccessList(request);
  return { answer: accessList };
});

// --- Errors -------------------------------------------------------------------------------------------------------------

const tooLittle = { ...book, account, functionName: "sign", args: ["cheap"], value: 1n };
await take("error", async () => {
  const error = await reader.simulateContract(tooLittle).catch((error) => error);
  const { errorName, args } = error.walk(({ data }) => data?.errorName).data;
  return { answer: { name: errorName, args } };
});
await attempt("error-in-call", () => reader.simulateContract(tooLittle));
await attempt("error-in-estimate", () => reader.estimateContractGas(tooLittle));
await attempt("panic", () => reader.readContract({ ...book, functionName: "entry", args: [999n] }));
await attempt("nonce-too-low", () => sign("late", { nonce: 0 }));
await attempt("no-funds", () => {
  const poor = createWalletClient({ ...connection, transport: http(url), account: owner });
  return poor.sendTransaction({ to: recipient, value: 1n, gas: 1_000_000n });
});

await take("failed", async () => {
  const hash = await wallet.writeContract({ ...tooLittle, gas: 3_000_000n });
  const { status } = await reader.waitForTransactionReceipt({ hash });
  return { transaction: hash, answer: { status } };
});

// --- Batches ------------------------------------------------------------------------------------------------------------

await take("batch", async () => {
  const read = (functionName) => batching.readContract({ ...book, functionName });
  const answers = await Promise.allSettled([
    read("title"),
    read("count"),
    batching.getBlockNumber(),
    batching.simulateContract(tooLittle),
    batching.getChainId(),
  ]);
  return { answer: answers.map(({ status, value }) => (status === "fulfilled" ? value : status)) };
});

// --- Account abstraction ------------------------------------------------------------------------------------------------

await take("typed-data", async () => {
  const signature = await wallet.signTypedData(typedData);
  const valid = await reader.verifyTypedData({ ...typedData, address: account.address, signature });
  const forged = await reader.verifyTypedData({ ...typedData, address: recipient, signature });
  return { answer: { valid, forged } };
});

await take("signed-712", async () => {
  const request = { to: recipient, value: 2n, gasPerPubdata: 50_000n, type: "eip712" };
  const prepared = await wallet.prepareTransactionRequest(request);
  const serializedTransaction = await wallet.signTransaction(prepared);
  const { customSignature } = parseEip712Transaction(serializedTransaction);
  if (customSignature.length !== 132) throw new Error(`a signature of ${customSignature.length / 2 - 1} bytes`);
  return sent(await wallet.sendRawTransaction({ serializedTransaction }));
});

const funds = [smartAddress, paymasterAddress].map((to) => ({ to, value: parseEther("1") }));
for (const transfer of funds) await settled(await wallet.sendTransaction(transfer));

const sponsored = { paymaster: paymasterAddress, paymasterInput: getGeneralPaymasterInput({ innerInput: "0x" }) };
await take("paymaster", async () => {
  const before = await reader.getBalance({ address: account.address });
  const report = await sent(await sign("sponsored", sponsored));
  const spent = before - (await reader.getBalance({ address: account.address }));
  return { ...report, answer: { ...report.answer, spent } };
});

function smartWallet(privateKey) {
  const account = toSinglesigSmartAccount({ address: smartAddress, privateKey });
  return createWalletClient({ ...connection, transport: http(url), account }).extend(eip712WalletActions());
}

await take("smart-account", async () =>
  sent(await smartWallet(ownerKey).sendTransaction({ to: recipient, value: 3n, type: "eip712" })),
);
await take("smart-account-sponsored", async () =>
  sent(await smartWallet(ownerKey).sendTransaction({ to: recipient, value: 3n, ...sponsored })),
);
await attempt("smart-account-stranger", () =>
  smartWallet(generatePrivateKey()).sendTransaction({ to: recipient, value: 3n, gas: 5_000_000n, type: "eip712" }),
);

// --- Methods of the protocol --------------------------------------------------------------------------------------------

const number = Number((await reader.getTransactionReceipt({ hash: eip712 })).blockNumber);

await take("protocol", async () => ({
  answer: {
    batch: await reader.getL1BatchNumber(),
    head: await reader.getBlockNumber({ cacheTime: 0 }),
    l1ChainId: await reader.getL1ChainId(),
    baseToken: await reader.getBaseTokenL1Address(),
    testnetPaymaster: (await reader.getTestnetPaymasterAddress()) ?? null,
    bridges: await reader.getDefaultBridgeAddresses(),
    balances: await reader.getAllBalances({ account: recipient }),
  },
}));

await take("details", async () => ({
  answer: {
    number,
    block: await reader.getBlockDetails({ number }),
    batch: await reader.getL1BatchDetails({ number }),
    range: await reader.getL1BatchBlockRange({ l1BatchNumber: number }),
    transaction: await reader.getTransactionDetails({ txHash: eip712 }),
    raw: await reader.getRawBlockTransaction({ number }),
  },
}));

await attempt("main-contract", () => reader.getMainContractAddress());
await attempt("bridgehub", () => reader.getBridgehubContractAddress());
await attempt("log-proof", () => reader.getLogProof({ txHash: eip712 }));
await attempt("proof", () => reader.getProof({ address, storageKeys: [ZERO_HASH] }));
await attempt("l1-to-l2", () => reader.estimateGasL1ToL2({ account, to: zeroAddress, value: 1n }));
