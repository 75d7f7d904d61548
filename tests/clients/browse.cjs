// A visitor: `node browse.cjs CHROMIUM ADDRESS...` opens each page in turn in one tab, waits until it says `document.title = "done"`, and leaves.
//
// Prints, as JSON, every request made by the pages, with its status, and what went wrong in them.

"use strict";

const { chromium } = require("playwright-core");

const [executablePath, ...addresses] = process.argv.slice(2);
// Nothing may be looked up on a network: a page that asks for its library's maker finds nobody.
const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"];

async function main() {
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  const requests = [];
  const problems = [];
  page.on("pageerror", (problem) => problems.push(String(problem)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("requestfailed", (request) => problems.push(`${request.url()} ${request.failure().errorText}`));
  page.on("response", (response) => requests.push({ url: response.url(), method: response.request().method(), status: response.status() }));
  for (const address of addresses) {
    await page.goto(address);
    await page.waitForFunction(() => document.title === "done", null, { timeout: 60000 }).catch((problem) => problems.push(String(problem)));
    await page.waitForLoadState("networkidle");
  }
  await page.goto("about:blank"); // Leaving a page is when beacons go.
  await page.waitForTimeout(500);
  await browser.close();
  console.log(JSON.stringify({ requests, problems }));
}

main();
