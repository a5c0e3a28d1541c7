// A project as the plugin's users have it. ZKSOLC is the compiler, SOLC the solc that it is to use.
"use strict";

const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");
require("@matterlabs/hardhat-zksync-solc");

// The plugin downloads its own edition of solc, and Hardhat the original, unless a task of the project names one.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => ({
  compilerPath: process.env.SOLC,
  isSolcJs: false,
  version: solcVersion,
  longVersion: solcVersion,
}));

module.exports = {
  solidity: { version: "0.8.28", settings: { evmVersion: "cancun" } },
  zksolc: {
    compilerSource: "binary",
    settings: {
      compilerPath: process.env.ZKSOLC,
      libraries: process.env.LIBRARIES ? JSON.parse(process.env.LIBRARIES) : {},
    },
  },
  networks: { hardhat: { zksync: true } },
};
