// What a feature's routes.ts exports: its pages and its entries in the side menu.
import type { Component } from 'vue';
import type { RouteRecordRaw } from 'vue-router';

export type MenuGroup = 'home' | 'customers' | 'marketing' | 'settings';

export interface MenuEntry {
  group: MenuGroup;
  /** Position within the group. */
  order: number;
  /** Locale key of the label, for example coupons.menu. */
  label: string;
  icon: Component;
  to: string;
  permission?: string;
}

export interface FeatureRoutes {
  routes: RouteRecordRaw[];
  menu: MenuEntry[];
}

declare module 'vue-router' {
  interface RouteMeta {
    /** Locale key of the document's title. */
    title?: string;
    /** Needs this permission; none: any signed-in person. */
    permission?: string;
    /** Open without signing in, in the bare layout. */
    isPublic?: boolean;
  }
}
