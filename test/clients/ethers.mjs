// A program that uses ethers without more of zksync-ethers than a transaction of type 113 takes.

import { ethers } from "ethers";
import { EIP712Signer, utils } from "zksync-ethers";

import { attempt, take } from "../sdk/report.mjs";
import { attemptMistakes, batch, follow, readAgain } from "./ethers-steps.mjs";
import { PRICE, TITLE, guestbook, paymaster, privateKey, recipient, socketUrl, typedData, until, url } from "./setup.mjs";

const provider = new ethers.JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
const wallet = new ethers.Wallet(privateKey, provider);

/** Reports what the receipt of a transaction says, which must have succeeded. */
async function mined(hash) {
  const { type, status, gasUsed, gasPrice } = await provider.waitForTransaction(hash);
  if (status !== 1) throw new Error(`transaction ${hash} failed`);
  return { transaction: hash, answer: { type, status, gasUsed, effectiveGasPrice: gasPrice } };
}

const sent = async ({ hash }) => mined(hash);

/** Signs a transaction of type 113 and sends it. */
async function sendEip712(request) {
  const transaction = {
    type: utils.EIP712_TX_TYPE,
    from: wallet.address,
    nonce: await wallet.getNonce(),
    chainId: 260n,
    gasLimit: 10_000_000n,
    maxFeePerGas: (await provider.getFeeData()).gasPrice,
    maxPriorityFeePerGas: 0n,
    value: 0n,
    data: "0x",
    ...request,
    customData: { gasPerPubdata: 50_000n, factoryDeps: [], ...request.customData },
  };
  transaction.customData.customSignature = wallet.signingKey.sign(EIP712Signer.getSignedDigest(transaction)).serialized;
  return provider.send("eth_sendRawTransaction", [utils.serializeEip712(transaction)]);
}

/** Calldata of ContractDeployer for a contract. */
function creation({ abi, bytecode }, args) {
  const input = new ethers.Interface(abi).encodeDeploy(args);
  return utils.CONTRACT_DEPLOYER.encodeFunctionData("create", [ethers.ZeroHash, utils.hashBytecode(bytecode), input]);
}

/** The transaction and the contract that it created, whose address is in an event of ContractDeployer. */
async function created(report) {
  const { logs } = await provider.getTransactionReceipt(report.transaction);
  const events = logs.map((log) => utils.CONTRACT_DEPLOYER.parseLog(log)).filter((event) => event?.name === "ContractDeployed");
  return { transaction: report.transaction, account: events[0].args.contractAddress };
}

async function deployed(contract, args) {
  const transaction = { to: utils.CONTRACT_DEPLOYER_ADDRESS, data: creation(contract, args) };
  return created(await mined(await sendEip712({ ...transaction, customData: { factoryDeps: [contract.bytecode] } })));
}

// --- Chain --------------------------------------------------------------------------------------------------------------

await take("chain", async () => ({
  answer: {
    chainId: (await provider.getNetwork()).chainId,
    blockNumber: await provider.getBlockNumber(),
    balance: await provider.getBalance(wallet.address),
    nonce: await wallet.getNonce(),
  },
}));

await take("fees", async () => {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  return { answer: { gasPrice, maxFeePerGas, priorityFee: maxPriorityFeePerGas } };
});

// --- Deployment ---------------------------------------------------------------------------------------------------------

const { account: address } = await take("deploy", () => deployed(guestbook, [TITLE, PRICE]));
const book = new ethers.Contract(address, guestbook.abi, wallet);
// The chain knows the bytecode by now, so that an ordinary transaction can deploy it again.
await take("deploy-1559", async () => {
  const transaction = { to: utils.CONTRACT_DEPLOYER_ADDRESS, data: creation(guestbook, [TITLE, PRICE]) };
  return created(await sent(await wallet.sendTransaction({ ...transaction, type: 2 })));
});
await attempt("deploy-as-on-ethereum", () => {
  const factory = new ethers.ContractFactory(guestbook.abi, guestbook.bytecode, wallet);
  return factory.deploy(TITLE, PRICE);
});
const { account: paymasterAddress } = await take("deploy-paymaster", () => deployed(paymaster, []));

await take("read", async () => ({ answer: { title: await book.title(), price: await book.price() } }));

await take("state", async () => {
  const code = await provider.getCode(address);
  const none = await provider.getCode(recipient);
  return { answer: { isOurs: code === guestbook.bytecode, price: await provider.getStorage(address, 0), none } };
});

// --- Transactions -------------------------------------------------------------------------------------------------------

const sign = (note, options) => book.sign(note, { value: PRICE, ...options });

const endOfWatch = await follow(book, provider);

await take("sign-legacy", async () => sent(await sign("legacy", { type: 0 })));
const { transaction: eip1559 } = await take("sign-1559", async () => sent(await sign("1559", { type: 2 })));
const { transaction: eip712 } = await take("sign-712", async () => {
  const data = book.interface.encodeFunctionData("sign", ["712"]);
  return mined(await sendEip712({ to: address, data, value: PRICE }));
});
await take("transfer", async () => sent(await wallet.sendTransaction({ to: recipient, value: 5n })));

await endOfWatch();

await take("subscribe", async () => {
  const socket = new ethers.WebSocketProvider(socketUrl);
  const [notes, heads] = [[], []];
  await book.connect(socket).on("GuestbookSigned", (visitor, index, paid, note) => notes.push(note));
  await socket.on("block", (number) => heads.push(number));
  // Answers come in the order of the requests: both subscriptions are there once this one has come.
  await socket.send("eth_chainId", []);
  const report = await sent(await sign("subscribed"));
  await until(() => notes.length > 0 && heads.length > 0);
  await socket.destroy();
  return { ...report, answer: { ...report.answer, notes, heads: heads.length } };
});

await readAgain(provider, { address, eip1559, eip712 });

// --- Events -------------------------------------------------------------------------------------------------------------

await take("events", async () => {
  const { GuestbookSigned } = book.filters;
  return {
    answer: {
      all: (await book.queryFilter(GuestbookSigned())).map(({ args }) => args.toObject()),
      second: (await book.queryFilter(GuestbookSigned(wallet.address, 1n))).map(({ args }) => args.note),
      foreign: await book.queryFilter(GuestbookSigned(recipient), 0, "latest"),
    },
  };
});

// --- Estimates ----------------------------------------------------------------------------------------------------------

await take("estimate-gas", async () => {
  const gasLimit = await book.sign.estimateGas("an estimate", { value: PRICE });
  return sent(await sign("an estimate", { gasLimit, type: 2 }));
});

// --- Errors -------------------------------------------------------------------------------------------------------------

await take("error", async () => {
  const { revert } = await book.sign.staticCall("cheap", { value: 1n }).catch((error) => error);
  return { answer: { name: revert.name, args: [...revert.args] } };
});
await attemptMistakes(book);
await attempt("no-funds", () =>
  ethers.Wallet.createRandom(provider).sendTransaction({ to: recipient, value: 1n, gasLimit: 1_000_000n }),
);

await take("failed", async () => {
  const { hash } = await book.sign("cheap", { value: 1n, gasLimit: 3_000_000n });
  return { transaction: hash, answer: { status: (await provider.waitForTransaction(hash)).status } };
});

// --- Batches ------------------------------------------------------------------------------------------------------------

await batch(book, provider);

// --- Account abstraction ------------------------------------------------------------------------------------------------

await take("typed-data", async () => {
  const { domain, types, message } = typedData;
  const signature = await wallet.signTypedData(domain, types, message);
  const signer = ethers.verifyTypedData(domain, types, message, signature);
  return { answer: { valid: signer === wallet.address, forged: signer === recipient } };
});

await (await wallet.sendTransaction({ to: paymasterAddress, value: ethers.parseEther("1") })).wait();
await take("paymaster", async () => {
  const before = await provider.getBalance(wallet.address);
  const data = book.interface.encodeFunctionData("sign", ["sponsored"]);
  const paymasterParams = utils.getPaymasterParams(paymasterAddress, { type: "General", innerInput: "0x" });
  const report = await mined(await sendEip712({ to: address, data, value: PRICE, customData: { paymasterParams } }));
  return { ...report, answer: { ...report.answer, spent: before - (await provider.getBalance(wallet.address)) } };
});
