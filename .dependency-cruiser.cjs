// Who may import whom. The ladder, lowest rung first: a module may import what stands to its left, through its index.ts.
const ladder = [
  ['tenants'],
  ['staff'],
  ['channels'],
  ['customers'],
  ['consents', 'attribution', 'programs', 'coupons', 'points'],
  ['games'],
  ['offers', 'segments'],
  ['messages'],
  ['campaigns', 'journeys'],
  ['analytics', 'integrators'],
];
const M = '^server/src/modules/';
const PLAIN = `${M}[a-z0-9/-]+[.]ts$`; // one dot in the name: plain rules on plain data
const SPEC = '[.](db[.]spec|contract[.]spec|spec|fixture)[.]ts$';
const ban = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ban('no-circular', {}, { circular: true }),
    ...ladder.map((rung, i) =>
      ban(`calls-go-down:${rung}`, { path: `${M}(${rung.join('|')})/`, pathNot: SPEC }, { path: `${M}(${ladder.slice(i).flat().join('|')})/`, pathNot: `${M}$1/` }),
    ),
    ban('front-door-only', { path: `${M}([^/]+)/`, pathNot: SPEC }, { path: M, pathNot: [`${M}$1/`, `${M}[^/]+/index[.]ts$`] }),
    ban('core-knows-no-module', { path: '^server/src/core/', pathNot: '^server/src/core/testing/' }, { path: M }),
    ban('rules-are-plain', { path: PLAIN, pathNot: '/index[.]ts$' }, { pathNot: ['^shared/', PLAIN, 'node_modules/(dayjs|uuid)', '^node:(crypto|buffer|util)$', '^(crypto|buffer|util)$'] }),
    ban('sql-in-repositories', { path: M, pathNot: ['[.](entity|repository)[.]ts$', SPEC] }, { path: 'node_modules/(@nestjs/typeorm|typeorm|pg)/', pathNot: 'types' }),
    ban('graphql-at-the-edge', { path: M, pathNot: '[.](resolver|module)[.]ts$' }, { path: 'node_modules/@nestjs/graphql' }),
    ban('queue-behind-core', { path: '^server/', pathNot: '^server/src/core/(jobs|db|testing)/' }, { path: 'node_modules/(bull|graphile-worker)/' }),
    ban('system-scope-is-rare', { path: '^server/', pathNot: [`^server/src/core/|${M}(tenants|staff|channels)/`, SPEC] }, { path: '^server/src/core/db/system-db' }),
    ban('adapters-only-translate', { path: `${M}channels/adapters/[^/]+/`, pathNot: SPEC }, { path: ['^server/src/core/(db|jobs|events|graphql)/', 'node_modules/typeorm', `${M}channels/[^/]+[.](entity|repository|service)`] }),
    // What a platform's accounts speak alike lives in wechat/ and wecom/.
    ban('adapters-are-strangers', { path: `${M}channels/adapters/([^/]+)/` }, { path: `${M}channels/adapters/([^/]+)/`, pathNot: [`${M}channels/adapters/$1/`, `${M}channels/adapters/(wechat|wecom)/`] }),
    ban('shared-is-a-leaf', { path: '^shared/', pathNot: SPEC }, { pathNot: ['^shared/', 'node_modules/zod'] }),
    ban('admin-never-imports-server', { path: '^admin/' }, { path: '^server/' }),
    ban('features-are-strangers', { path: '^admin/src/features/([^/]+)/' }, { path: '^admin/src/features/', pathNot: '^admin/src/features/$1/' }),
    ban('test-is-a-black-box', { path: '^test/' }, { path: '^(server|admin)/' }),
    ban('the-simulator-is-a-stranger', { path: '^test/simulator/' }, { path: '^(server|admin|shared)/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'server/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['[.]dist/', '/dist/', '/generated/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'require', 'node', 'default'], extensions: ['.ts', '.mts', '.js', '.mjs', '.vue', '.json', '.d.ts'] },
  },
};
