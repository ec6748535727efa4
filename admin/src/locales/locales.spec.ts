// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en/index.ts';
import zh from './zh-CN/index.ts';

type Tree = Record<string, unknown>;
const source = join(import.meta.dirname, '..');

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'string') flat.set(path, value);
    else for (const [inner, text] of flatten(value as Tree, path)) flat.set(inner, text);
  }
  return flat;
}

const chinese = flatten(zh);
const english = flatten(en);
// 8 折 counts what is left, 20% off what is taken away.
const WORDED_APART = new Set(['pickers.coupon.percent']);
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? ''))].sort();

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(vue|ts)$/u.test(file) && !file.includes('.spec.') && !file.includes('generated'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

/** Keys written out: t('a.b'), and the label and title of routes and menus. */
function writtenKeys(text: string): string[] {
  return [/\bt\(\s*'([\w.-]+)'/gu, /\b(?:label|title): '([a-z]\w*(?:\.\w+)+)'/gu, /\bt\(\s*[^'`()]*\? '([\w.-]+)' : '[\w.-]+'/gu, /\bt\(\s*[^'`()]*\? '[\w.-]+' : '([\w.-]+)'/gu]
    .flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
    .filter((key) => key.includes('.'));
}

/** What stands before the first ${} of a key that is put together. */
function keyPrefixes(text: string): string[] {
  return [...text.matchAll(/\bt\(\s*`([\w.]+)\.\$\{/gu)].map((match) => `${match[1] ?? ''}.`);
}

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('have the same placeholders in every text', () => {
    const different = [...chinese].filter(([key, text]) => !WORDED_APART.has(key) && String(placeholders(text)) !== String(placeholders(english.get(key) ?? ''))).map(([key]) => key);
    expect(different).toEqual([]);
  });

  it('say something in every text', () => {
    expect([...chinese, ...english].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
  });

  it('hold every key that a page uses', () => {
    expect(files.length).toBeGreaterThan(50);
    const missing = files.flatMap(({ file, text }) => writtenKeys(text).filter((key) => !chinese.has(key)).map((key) => `${file}: ${key}`));
    expect(missing).toEqual([]);
  });

  it('hold a group for every key that is put together', () => {
    const missing = files.flatMap(({ file, text }) => keyPrefixes(text).filter((prefix) => ![...chinese.keys()].some((key) => key.startsWith(prefix))).map((prefix) => `${file}: ${prefix}`));
    expect(missing).toEqual([]);
  });
});
