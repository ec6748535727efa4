import { KeyRound, ScrollText, TriangleAlert } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/api-keys', name: 'api-keys', component: () => import('./ApiKeyPage.vue'), meta: { permission: 'integrator.manage', title: 'integrators.keys.title' } },
    { path: '/failures', name: 'failures', component: () => import('./FailurePage.vue'), meta: { permission: 'integrator.manage', title: 'integrators.failures.title' } },
    { path: '/audit', name: 'audit', component: () => import('./AuditPage.vue'), meta: { permission: 'audit.read', title: 'integrators.audit.title' } },
  ],
  menu: [
    { group: 'settings', order: 30, label: 'integrators.keys.title', icon: KeyRound, to: '/api-keys', permission: 'integrator.manage' },
    { group: 'settings', order: 40, label: 'integrators.audit.title', icon: ScrollText, to: '/audit', permission: 'audit.read' },
    { group: 'settings', order: 50, label: 'integrators.failures.title', icon: TriangleAlert, to: '/failures', permission: 'integrator.manage' },
  ],
};
export default feature;
