// Collects features/*/routes.ts: every page and every entry of the side menu.
import type { RouteRecordRaw } from 'vue-router';
import type { FeatureRoutes, MenuEntry } from './routing.ts';

const features = Object.values(import.meta.glob<{ default: FeatureRoutes }>('./features/*/routes.ts', { eager: true })).map((file) => file.default);

export const pages: RouteRecordRaw[] = features.flatMap((feature) => feature.routes);

/** In order of place within a group. */
export const menu: MenuEntry[] = features.flatMap((feature) => feature.menu).sort((a, b) => a.order - b.order);
