import type { CodegenConfig } from '@graphql-codegen/cli';

// server/schema.graphql is committed: it shows every change of the API. The types are made anew and are not.
const config: CodegenConfig = {
  schema: ['server/src/core/graphql/core.graphql', 'server/src/modules/*/*.graphql'],
  documents: ['admin/src/**/*.graphql'],
  ignoreNoDocuments: true,
  generates: {
    'server/schema.graphql': { plugins: ['schema-ast'], config: { includeDirectives: true, sort: true } },
    'server/src/core/graphql/generated/schema.ts': {
      plugins: ['typescript'],
      config: { scalars: { DateTime: { input: 'Date', output: 'Date' }, JSON: 'unknown', Fen: 'number' }, enumsAsTypes: true, avoidOptionals: { field: true } },
    },
    'admin/src/api/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { scalars: { DateTime: 'string', JSON: 'unknown', Fen: 'number' }, documentMode: 'string', enumsAsTypes: true, useTypeImports: true },
    },
  },
};
export default config;
