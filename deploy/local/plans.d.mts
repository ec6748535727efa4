/** See plans.mjs: the scripts of the product's processes, relative to the root. */
export const SCRIPTS: Readonly<Record<'api' | 'worker' | 'migrate' | 'simulator' | 'demo', string>>;
