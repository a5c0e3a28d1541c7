// What the Hardhat plugin asks of its telemetry, doing nothing.
"use strict";

const silent = {
  trackError() {},
  trackEvent() {},
  async shutdown() {},
};

exports.Telemetry = { initialize: () => silent };
