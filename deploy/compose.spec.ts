// docker compose cannot run here, so what it would start is compared with what npm start does start.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configVariables } from '../server/src/config.ts';
import { SCRIPTS } from './local/plans.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

interface Service {
  image?: string;
  command?: string[];
  build?: { context: string; dockerfile: string };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  healthcheck?: { test: string[] };
}

const text = read('docker-compose.yml');
const { services, volumes } = parse(text, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const product = ['migrate', 'api', 'worker'] as const;

/** Variables that the table explains, with their comments. */
const table = read('.env.example').split('\n');
const inTable = table.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split('=')[0]!);

/** Variables that compose takes from the person: ${NAME}, ${NAME:-default}, ${NAME:?complaint}. */
const asked = [...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1]!);

describe('docker compose', () => {
  it.each(product)('starts the same script for %s as npm start', (name) => {
    expect(services[name]!.command).toEqual(['node', SCRIPTS[name]]);
  });

  it.each(product)('gives %s every variable that the server reads, and no other', (name) => {
    expect(Object.keys(services[name]!.environment!).sort()).toEqual([...configVariables].sort());
  });

  it('builds all three from one file that exists, and runs the API by default', () => {
    for (const name of product) expect(services[name]!.build).toEqual({ context: '.', dockerfile: 'deploy/Dockerfile' });
    expect(read('deploy/Dockerfile')).toContain(`CMD ["node", "${SCRIPTS.api}"]`);
  });

  it('migrates once, after the database and before anything that uses it', () => {
    expect(services['migrate']!.depends_on!['postgres']!.condition).toBe('service_healthy');
    for (const name of ['api', 'worker']) expect(services[name]!.depends_on!['migrate']!.condition).toBe('service_completed_successfully');
  });

  it('never shows the simulator to the world', () => {
    for (const name of product) expect(services[name]!.environment!['SIMULATOR_URL']).toBe('');
  });

  it('has no fallback for secrets: it complains instead', () => {
    for (const secret of ['SECRET_KEY', 'POSTGRES_PASSWORD', 'PUBLIC_URL']) {
      const uses = [...text.matchAll(new RegExp(`\\$\\{${secret}(\\W[^}]*)?\\}`, 'g'))];
      expect(uses.length).toBeGreaterThan(0);
      for (const use of uses) expect(use[1]).toMatch(/^:\?/);
    }
  });

  it('mounts only volumes and files that exist', () => {
    for (const mount of Object.values(services).flatMap((service) => service.volumes ?? [])) {
      const [source] = mount.split(':');
      expect(source!.startsWith('./') ? fs.existsSync(path.join(ROOT, source!)) : source! in volumes, mount).toBe(true);
    }
  });

  it('asks the health address and port of the API itself', () => {
    expect(services['api']!.healthcheck!.test.join(' ')).toContain(`127.0.0.1:${services['api']!.environment!['PORT']}/health/ready`);
    expect(read('deploy/proxy/Caddyfile')).toContain(`dynamic a api ${services['api']!.environment!['PORT']}`);
  });
});

describe('the table of variables', () => {
  it('names every variable of the server, of npm start and of compose, once', () => {
    expect(inTable.toSorted()).toEqual([...new Set([...configVariables, ...asked, 'DATA_DIR'])].toSorted());
  });

  it('explains each one above its line', () => {
    for (const name of inTable) {
      const at = table.findIndex((line) => line.startsWith(`${name}=`));
      expect(table[at - 1], name).toMatch(/^# \S.{15,}/);
    }
  });

  it('sets nothing: a plain copy to .env changes no behaviour', () => {
    expect(table.filter((line) => /^[A-Z_]+=.+/.test(line))).toEqual([]);
  });
});

describe('the image', () => {
  it('copies the manifest of every workspace package before installing', () => {
    const { packages } = parse(read('pnpm-workspace.yaml')) as { packages: string[] };
    const dockerfile = read('deploy/Dockerfile');
    for (const name of packages) expect(dockerfile).toContain(`COPY ${name}/package.json ${name}/`);
  });

  it('uses the same pnpm as npm start', () => {
    const [, version] = /pnpm@([\d.]+)/.exec(read('deploy/local/commands.mjs'))!;
    expect(read('deploy/Dockerfile')).toContain(`pnpm@${version}`);
  });
});
