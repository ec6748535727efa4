import { Link2 } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [{ path: '/entry-links', name: 'entry-links', component: () => import('./EntryLinkList.vue'), meta: { title: 'attribution.title', permission: 'entry_link.read' } }],
  menu: [{ group: 'marketing', order: 30, label: 'attribution.menu', icon: Link2, to: '/entry-links', permission: 'entry_link.read' }],
};
export default feature;
