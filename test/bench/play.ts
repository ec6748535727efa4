// The `play` benchmark: what a customer's phone loads before it shows the offer, and what it asks the server for.
import os from 'node:os';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { aCoupon, aMerchant, anOffer } from '../support/merchant.ts';
import { startStack } from '../support/stack.ts';

const ROUNDS = { small: 3, full: 9 } as const;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

interface Load {
  scriptBytes: number;
  styleBytes: number;
  /** GraphQL calls started before the first paint with the offer on it. */
  callsBeforePaint: number;
  paintMs: number;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const stack = await startStack({ pages: true });
  try {
    const merchant = await aMerchant(stack.url, stack.simulator);
    const offer = await anOffer(merchant, (await aCoupon(merchant)).id);
    const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS });
    try {
      const loads: Load[] = [];
      for (let round = 0; round < ROUNDS[scale]; round += 1) {
        loads.push(await oneLoad(browser, `${stack.url}/p/${merchant.slug}/o/${offer.id}`));
        process.stderr.write(`play ${round + 1}/${ROUNDS[scale]}: ${JSON.stringify(loads.at(-1))}\n`);
      }
      return summary(loads);
    } finally {
      await browser.close();
    }
  } finally {
    await stack.stop();
  }
}

/** A stranger's first visit: nothing cached, nothing stored. */
async function oneLoad(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 375, height: 812 } });
  const page = await context.newPage();
  const bytes = { script: 0, stylesheet: 0 };
  const reading: Promise<void>[] = [];
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    if (kind === 'script' || kind === 'stylesheet') reading.push(response.body().then((body) => void (bytes[kind] += gzipSync(body, { level: 9 }).length)));
  });
  // Element timing of the browser itself would miss the button; the first frame after it appears is the paint that counts.
  await page.addInitScript(() => {
    const watcher = new MutationObserver(() => {
      if (!document.querySelector('button.main')) return;
      watcher.disconnect();
      requestAnimationFrame(() => performance.mark('offer-painted'));
    });
    watcher.observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('offer-painted').length > 0);
  const { paintMs, callsBeforePaint } = await page.evaluate(() => {
    const at = performance.getEntriesByName('offer-painted')[0]!.startTime;
    const calls = performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/graphql') && entry.startTime <= at);
    return { paintMs: at, callsBeforePaint: calls.length };
  });
  await Promise.all(reading);
  await context.close();
  return { scriptBytes: bytes.script, styleBytes: bytes.stylesheet, callsBeforePaint, paintMs };
}

function summary(loads: Load[]): object {
  const worst = (pick: (load: Load) => number): number => Math.max(...loads.map(pick));
  const paints = loads.map((load) => load.paintMs).toSorted((a, b) => a - b);
  const scriptBytes = worst((load) => load.scriptBytes);
  const calls = worst((load) => load.callsBeforePaint);
  return {
    bench: 'play',
    ours: Math.round(scriptBytes / 102.4) / 10,
    unit: 'KB gzip',
    styleKb: Math.round(worst((load) => load.styleBytes) / 102.4) / 10,
    callsBeforePaint: calls,
    paintMs: Math.round(paints[Math.floor(paints.length / 2)]!),
    goals: { kb: 40, thenKb: 25, calls: 1 },
    violations: Number(calls > 1),
    env: { node: process.version, cpus: os.cpus().length, rounds: loads.length },
  };
}
