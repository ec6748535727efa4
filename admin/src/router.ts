// The pages of all features in two layouts; one guard for signing in and permissions.
import type { Client } from '@urql/vue';
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw, type Router, type RouteRecordRaw } from 'vue-router';
import { menu, pages } from './menu.ts';
import { useSession } from './session.ts';

const routes: RouteRecordRaw[] = [
  // The children's paths are absolute; the parent's own path only has to be no other page's.
  { path: '/enter', redirect: '/sign-in', component: () => import('./layouts/AuthLayout.vue'), children: pages.filter((page) => page.meta?.isPublic) },
  {
    path: '/',
    component: () => import('./layouts/AppLayout.vue'),
    children: [
      ...pages.filter((page) => !page.meta?.isPublic),
      { path: 'no-access', name: 'no-access', component: () => import('./layouts/NoAccess.vue'), meta: { title: 'shell.noAccess.title' } },
      { path: ':path(.*)*', name: 'not-found', component: () => import('./layouts/NotFound.vue'), meta: { title: 'shell.notFound.title' } },
    ],
  },
];

async function guard(to: RouteLocationNormalized, client: Client): Promise<RouteLocationRaw | true> {
  const session = useSession();
  if (!session.isLoaded) await session.load(client);
  if (to.meta.isPublic) return true;
  if (!session.me && session.isLoaded) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  const { permission } = to.meta;
  if (session.me && permission && !session.can(permission)) {
    const open = to.path === '/' ? menu.find((entry) => entry.permission && session.can(entry.permission)) : undefined;
    return open ? open.to : { name: 'no-access' };
  }
  return true;
}

export function makeRouter(client: Client): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  router.beforeEach((to) => guard(to, client));
  return router;
}
