// Steps that programs with ethers and with zksync-ethers, which is made of it, take alike.

import { attempt, take } from "../sdk/report.mjs";
import { PRICE, until } from "./setup.mjs";

/** Follows blocks and the guestbook's events; returns the step that ends this after three entries. */
export async function follow(book, provider) {
  const seen = [];
  const blocks = [];
  await book.on("GuestbookSigned", (visitor, index, paid, note) => seen.push(note));
  await provider.on("block", (number) => blocks.push(number));
  // ethers reports no block before the second that it learns of.
  while (blocks.length === 0) {
    await provider.send("evm_mine", []);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return () =>
    take("watch", async () => {
      await until(() => seen.length >= 3 && blocks.length >= 4);
      await book.removeAllListeners();
      await provider.removeAllListeners();
      return { answer: { notes: seen, moved: blocks.at(-1) - blocks[0] >= 3 } };
    });
}

/** Reads transactions of the guestbook again, of types 2 and 113, and the block of the first; `more` tells more of the block. */
export async function readAgain(provider, { address, eip1559, eip712 }, more = () => ({})) {
  await take("receipt", async () => {
    const { type, from, to, logs, status, contractAddress } = await provider.getTransactionReceipt(eip712);
    const ours = logs.filter((log) => log.address === address);
    return { transaction: eip712, answer: { type, from, to, status, contractAddress, events: ours.length } };
  });

  await take("transaction", async () => {
    const { type, from, to, value, nonce, gasLimit, chainId } = await provider.getTransaction(eip1559);
    return { transaction: eip1559, answer: { type, from, to, value, nonce, gas: gasLimit > 0n, chainId } };
  });

  await take("transaction-712", async () => {
    const { type, from, to, value } = await provider.getTransaction(eip712);
    return { transaction: eip712, answer: { type, from, to, value } };
  });

  await take("block", async () => {
    const { blockNumber, blockHash } = await provider.getTransactionReceipt(eip1559);
    const block = await provider.getBlock(blockNumber);
    const full = await provider.getBlock(blockHash, true);
    return {
      answer: {
        same: block.hash === full.hash && block.hash === blockHash,
        transactions: block.transactions,
        full: full.prefetchedTransactions.map(({ hash, type }) => ({ hash, type })),
        count: full.length,
        parent: (await provider.getBlock(blockNumber - 1)).hash === block.parentHash,
        ...more(block),
      },
    };
  });
}

/** Calls that the contract, the machine or the chain refuses. */
export async function attemptMistakes(book) {
  await attempt("error-in-call", () => book.sign.staticCall("cheap", { value: 1n }));
  await attempt("error-in-estimate", () => book.sign.estimateGas("cheap", { value: 1n }));
  await attempt("panic", () => book.entry(999n));
  await attempt("nonce-too-low", () => book.sign("late", { value: PRICE, nonce: 0, gasLimit: 2_000_000n }));
}

/** Requests of one moment, which travel together. */
export async function batch(book, provider) {
  await take("batch", async () => {
    const answers = await Promise.allSettled([
      book.title(),
      book.count(),
      provider.getBlockNumber(),
      book.sign.staticCall("cheap", { value: 1n }),
      provider.send("eth_chainId", []),
    ]);
    return { answer: answers.map(({ status, value }) => (status === "fulfilled" ? value : status)) };
  });
}
