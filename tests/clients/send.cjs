// A client library at work: `node send.cjs LIBRARY ADDRESS`.
//
// Each line of its input is a phase, like `before 60`: so many events are handed to the library, and the line is answered. At the end of the input it waits
// until the library has told what became of every event, and prints what it says went wrong, as JSON.

"use strict";

const readline = require("node:readline");

const [library, address] = process.argv.slice(2);
const KEY = "dev-write";

const libraries = {
  segment() {
    const { Analytics } = require("@segment/analytics-node");
    const client = new Analytics({ writeKey: KEY, host: address, flushAt: 7, flushInterval: 20 });
    return { call: (kind, message, told) => client[kind](message, (problem) => told(problem)), end: () => client.closeAndFlush({ timeout: 60000 }) };
  },
  rudder() {
    const Analytics = require("@rudderstack/rudder-sdk-node");
    // Its three tries take a second and a half together, which is less than a server takes to start.
    const client = new Analytics(KEY, { dataPlaneUrl: address, flushAt: 7, flushInterval: 20, retryCount: 10, logLevel: "silly", errorHandler: () => {} });
    return { call: (kind, message, told) => client[kind](message, told), end: () => client.flush() };
  },
  jitsu() {
    const { jitsuAnalytics } = require("@jitsu/js");
    const client = jitsuAnalytics({ host: address, writeKey: `shop:${KEY}`, s2s: true });
    const calls = {
      identify: (message) => client.identify(message.userId, message.traits),
      track: (message) => client.track(message.event, message.properties),
    };
    return { call: (kind, message, told) => calls[kind](message).then(() => told(), told), end: () => {} };
  },
};

function message(name, number) {
  if (number % 3 === 0) return ["identify", { userId: `u${number}`, traits: { email: `${name}@example.com` } }];
  const who = number % 3 === 1 ? { userId: `u${number}` } : { anonymousId: `a${number}` };
  return ["track", { ...who, event: "Product Viewed", properties: { product_id: name } }];
}

async function main() {
  const client = libraries[library]();
  const problems = [];
  let waiting = 0;
  const told = (problem) => {
    waiting -= 1;
    if (problem) problems.push(String(problem.reason ?? problem));
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [phase, count] = line.split(" ");
    for (let number = 0; number < Number(count); number += 1) {
      waiting += 1;
      client.call(...message(`${library}-${phase}-${number}`, number), told);
    }
    console.log(line);
  }
  while (waiting > 0) {
    await client.end();
    await new Promise((resume) => setTimeout(resume, 20));
  }
  console.log(JSON.stringify(problems));
  process.exit(0);
}

main();
