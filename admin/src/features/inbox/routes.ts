import { MessageCircle } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [{ path: '/inbox', name: 'inbox', component: () => import('./InboxPage.vue'), meta: { permission: 'message.read', title: 'inbox.menu' } }],
  menu: [{ group: 'customers', order: 20, label: 'inbox.menu', icon: MessageCircle, to: '/inbox', permission: 'message.read' }],
};
export default feature;
