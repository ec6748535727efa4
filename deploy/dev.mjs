// `pnpm dev`: the same as `npm start`, and what changes is built and started again.
// For work on the console alone, `pnpm --filter @huiliu/admin dev` beside it reloads at once.
import { start } from './local/start.mjs';

await start({ isWatching: true });
