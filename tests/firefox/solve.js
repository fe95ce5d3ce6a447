// Solves an exercise in Firefox, by keyboard, and prints the notebook that is downloaded.
// Arguments: the program, the page's address, and the answers by their questions as JSON.

import puppeteer from "puppeteer-core";

const { Deno, console, document } = globalThis;
const [executablePath, address, answers] = Deno.args;
const MOST_TABS = 300;

const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.evaluateOnNewDocument(() => {
    const { URL } = globalThis;
    const made = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      globalThis.handedIn = blob;
      return made.call(URL, blob);
    };
  });
  await page.goto(address);
  const focused = () =>
    page.evaluate(() =>
      document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent
    );
  async function go(words, left = MOST_TABS) {
    if (!left) throw new Error(`no key leads to ${words}`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    if (!(await focused()).startsWith(words)) await go(words, left - 1);
  }
  async function type(text) {
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type(text);
  }
  await Object.entries(JSON.parse(answers)).reduce(async (before, [name, text]) => {
    await before;
    await go("Your answer");
    await new Promise((done) => globalThis.setTimeout(done, 500)); // the field becomes the editor
    await type(text);
    if (await page.$(`[data-question="${name}"]`)) {
      await go("Check");
      await page.keyboard.press("Enter");
      await page.waitForSelector(`[data-question="${name}"] .solve-right`);
    }
  }, Promise.resolve());
  await go("top of this page");
  await page.keyboard.press("Enter");
  await go("Download to hand in");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.handedIn);
  console.log(await page.evaluate(() => globalThis.handedIn.text()));
} finally {
  await browser.close();
}
