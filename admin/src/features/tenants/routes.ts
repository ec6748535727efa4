import { Settings } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [{ path: '/settings', name: 'settings', component: () => import('./SettingsPage.vue'), meta: { permission: 'tenant.manage', title: 'tenants.settings' } }],
  menu: [{ group: 'settings', order: 60, label: 'tenants.settings', icon: Settings, to: '/settings', permission: 'tenant.manage' }],
};
export default feature;
