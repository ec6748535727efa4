// The documents must not point at what is not there.
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const documents = globSync(['*.md', 'docs/**/*.md', 'deploy/*.md', 'admin/*.md'], { cwd: ROOT });
const NOT_A_SCRIPT = new Set(['install', 'exec', 'add']);

function brokenLinks(file: string): string[] {
  const links = [...text(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!.split('#')[0]!);
  return links.filter((link) => link && !/^[a-z]+:/.test(link) && !existsSync(path.join(ROOT, path.dirname(file), link)));
}

describe('the documents', () => {
  it('are found', () => expect(documents).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])));

  it.each(documents)('%s has no broken relative link', (file) => expect(brokenLinks(file)).toEqual([]));

  it.each(['README.md', 'CONTRIBUTING.md'])('%s names only scripts that exist', (file) => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...text(file).matchAll(/\b(?:p?npm run|p?npm) ([a-z][a-z0-9:]*)/g)].map((match) => match[1]!).filter((name) => name !== 'run' && !NOT_A_SCRIPT.has(name));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('name every module in the architecture', () => {
    const modules = readdirSync(path.join(ROOT, 'server/src/modules'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const map = text('ARCHITECTURE.md');
    expect(modules.map((entry) => entry.name).filter((name) => !map.includes(`\`${name}\``))).toEqual([]);
  });
});
