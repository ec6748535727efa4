import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

// Layers of proof: each runs alone (`vitest run --project db`). Workspace packages are read from source.
export default defineConfig({
  resolve: { alias: { '@huiliu/shared': `${root}shared/src/index.ts` } },
  test: {
    projects: [
      {
        extends: true,
        root,
        test: {
          name: 'unit',
          include: ['shared/src/**/*.spec.ts', 'server/src/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/simulator/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/*.db.spec.ts', '**/*.contract.spec.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        root,
        plugins: [vue()],
        resolve: { alias: { '@': `${root}admin/src`, '@huiliu/shared': `${root}shared/src/index.ts` } },
        test: { name: 'console', include: ['admin/**/*.spec.ts'], exclude: ['**/node_modules/**'], environment: 'happy-dom' },
      },
      {
        extends: true,
        root,
        test: {
          name: 'db',
          include: ['server/src/**/*.db.spec.ts', 'deploy/**/*.db.spec.ts'],
          globalSetup: ['server/src/core/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        root,
        test: {
          name: 'contract',
          include: ['server/src/**/*.contract.spec.ts'],
          globalSetup: ['server/src/core/testing/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        root,
        test: { name: 'e2e', include: ['test/api/**/*.e2e.ts', 'test/invariants/**/*.spec.ts'], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1, fileParallelism: false },
      },
      {
        extends: true,
        root,
        test: { name: 'browser', include: ['test/browser/**/*.e2e.ts', 'test/simulator/**/*.e2e.ts'], testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 1, fileParallelism: false },
      },
    ],
  },
});
