// Reports what happens, one line of JSON for each step.

/**
 * Takes a step that must succeed, because later ones build on it. Its failure is the program's.
 *
 * @template T
 * @param {string} step
 * @param {() => Promise<T>} action
 * @returns {Promise<T>} What the action returns; its members `transaction`, `account` and `answer` are reported.
 */
export async function take(step, action) {
  try {
    const result = await action();
    const { transaction, account, answer } = result ?? {};
    print({ step, outcome: "done", transaction, account, answer });
    return result;
  } catch (error) {
    print({ step, outcome: "refused", error: describe(error) });
    throw error;
  }
}

/**
 * Tries what should be refused, and reports whether it was.
 *
 * @param {string} step
 * @param {() => Promise<`0x${string}`>} action Sends a transaction and returns its hash.
 */
export async function attempt(step, action) {
  try {
    print({ step, outcome: "done", transaction: await action() });
  } catch (error) {
    print({ step, outcome: "refused", error: describe(error) });
  }
}

/** Numbers beyond JSON's own are reported as decimal strings. */
function print(report) {
  console.log(JSON.stringify(report, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
}

function describe(error) {
  // ethers replaces what nodes say of calls and estimates with words of its own.
  const message = [error.message, error.info?.error?.message].filter(Boolean).join("\n");
  return { message, data: revertData(error) };
}

/** The contract's answer within an error of viem, ethers or the SDK, however deep, if there is one. */
function revertData(error) {
  for (let cause = error; cause; cause = cause.cause) {
    const found = [cause.raw, cause.data, cause.error?.data].find((value) => typeof value === "string" && value.startsWith("0x"));
    if (found) return found;
  }
  return undefined;
}
