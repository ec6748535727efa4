// Chromium as the browser tests start it, and what every page must fulfil: access, width, no error.
import axe from 'axe-core';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 375, height: 812 };

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS });

/** What breaks WCAG 2.1 AA here, each with the nodes; frames within are other pages and not looked into. */
export async function violations(where: Page | Frame): Promise<string[]> {
  if (!(await where.evaluate(() => 'axe' in window))) await where.evaluate(axe.source);
  const found = await where.evaluate((tags) => (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: tags, iframes: false, resultTypes: ['violations'] }), RULES);
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}

export const isTooWide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

/** Collects what the browser complains about from now on: script errors, console errors, files that did not load. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && errors.push(`${page.url()}: ${message.text()}`));
  page.on('response', (answer) => answer.status() >= 400 && errors.push(`${page.url()}: ${answer.status()} ${answer.url()}`));
  return errors;
}

const RAW_KEY = /^[a-z]+(?:\.[a-zA-Z_]+)+$/u;
/** Words that are written in Latin letters in Chinese, too: names of things, units, what the tests typed. */
const LATIN = /^(?:AppID|AppSecret|Token|EncodingAESKey|GraphQL|[A-Z\d]{2,}|\S*[@/:_.-]\S*|wx\w*|gh_?\w*|tmpl\S*|hk\w*|v?\d\S*|[a-zA-Z]\d*|[\da-f]{4,}|unionid|openid)$/u;

/** Every piece of text that a person sees or hears read out. */
export function visibleTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, { acceptNode: (node) => (node.parentElement?.closest('script, style, code, svg, [hidden], iframe') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT) });
    const texts: string[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode.textContent ?? '');
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
      for (const name of ['aria-label', 'placeholder', 'title', 'alt']) texts.push(element.getAttribute(name) ?? '');
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  });
}

export const rawKeys = (texts: string[]): string[] => texts.filter((text) => RAW_KEY.test(text));

/** English that leaked into a Chinese page: Latin words that are no names. */
export function englishIn(texts: string[], names: readonly string[] = []): string[] {
  return texts.flatMap((text) => {
    const bare = names.reduce((rest, name) => rest.replaceAll(name, ' '), text);
    return bare.split(/[^\w@/:.-]+/u).filter((word) => /[A-Za-z]{2,}/u.test(word) && !LATIN.test(word)).map((word) => `${word} in "${text}"`);
  });
}
