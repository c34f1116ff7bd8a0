// The same bits in a page of headless Chromium. Oracle: the pinned hashes, which Node, Deno and Bun meet.
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findBrowser, runInPage } from "../../../tools/headless_page.ts";
import type { PageResult } from "./testing/_bits_page.ts";
import { pinnedBits } from "./testing/_pinned_bits.ts";

const test = suite("bits of a training in a browser");
const title = "every training of 50 steps gives the pinned bits in headless Chromium";

const browser = findBrowser();
if (!browser) {
  console.log(`skip "${title}": neither chromium nor google-chrome is in PATH`);
  test.skip(title);
} else {
  test(title, async () => {
    const entry = fileURLToPath(new URL("testing/_bits_page.ts", import.meta.url));
    const { bits, gigaflops } = await runInPage(browser, entry) as PageResult;
    assert.equal(bits, pinnedBits);
    console.log(
      `float32 products of 512 × 512 matrices in ${browser}: ${gigaflops.toFixed(1)} GFLOP/s`,
    );
  });
}

test.run();
