import { LayoutDashboard } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [{ path: '', name: 'home', component: () => import('./HomePage.vue'), meta: { permission: 'analytics.read', title: 'analytics.menu' } }],
  menu: [{ group: 'home', order: 0, label: 'analytics.menu', icon: LayoutDashboard, to: '/', permission: 'analytics.read' }],
};
export default feature;
