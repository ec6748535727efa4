import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { contentFingerprint, filesBelow, statFingerprint } from './fingerprint.mjs';

let root: string;
const write = (file: string, content: string): void => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
};

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-fingerprint-'));
  write('src/a.ts', 'a');
  write('src/deep/b.ts', 'b');
});

describe('the fingerprint of sources', () => {
  it('leaves out what is installed or generated', () => {
    write('src/node_modules/x.ts', 'x');
    write('src/dist/x.js', 'x');
    write('src/generated/x.ts', 'x');
    expect(filesBelow(root, ['src', 'missing'])).toEqual(['src/a.ts', 'src/deep/b.ts']);
  });

  it('changes when a file is added, removed or written', () => {
    const now = () => statFingerprint(root, filesBelow(root, ['src']));
    const seen = [now()];
    write('src/c.ts', 'c');
    seen.push(now());
    write('src/c.ts', 'longer');
    seen.push(now());
    fs.rmSync(path.join(root, 'src/a.ts'));
    seen.push(now());
    expect(new Set(seen).size).toBe(4);
  });

  it('by contents does not care when a file was written', () => {
    const before = contentFingerprint(root, ['src/a.ts']);
    fs.utimesSync(path.join(root, 'src/a.ts'), 1, 1);
    expect(contentFingerprint(root, ['src/a.ts'])).toBe(before);
    write('src/a.ts', 'b');
    expect(contentFingerprint(root, ['src/a.ts'])).not.toBe(before);
  });
});
