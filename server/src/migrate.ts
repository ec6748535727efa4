// `pnpm db:migrate`: brings DATABASE_URL to the newest schema and ends.
import { readConfig } from './config.js';
import { migrate } from './core/db/migrations.js';

const config = readConfig();
const count = await migrate(config.databaseUrl, config.secretKeys[0]!, (name) => console.log(`migrating ${name}`));
console.log(count === 0 ? 'the schema is up to date' : `${count} migrations applied`);
