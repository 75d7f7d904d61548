// A customer: `node answer.cjs CHROMIUM ADDRESS BUTTON...` opens their page without JavaScript and presses buttons by their names, one after the other.
//
// Prints, as JSON, what the page said at first and after each button, every request made, and what went wrong.

"use strict";

const { chromium } = require("playwright-core");

const [executablePath, address, ...buttons] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];

async function main() {
  const browser = await chromium.launch({ executablePath, args });
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const requests = [];
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("response", (response) => requests.push({ url: response.url(), method: response.request().method(), status: response.status() }));
  page.on("request", (request) => request.headers().referer && problems.push(`told ${request.url()} where it came from`));
  await page.goto(address);
  const said = [await page.locator("main").innerText()];
  for (const name of buttons) {
    await page.getByRole("button", { name, exact: true }).first().click();
    await page.waitForLoadState("networkidle");
    said.push(await page.locator("main").innerText());
  }
  await browser.close();
  console.log(JSON.stringify({ said, requests, problems }));
}

main();
