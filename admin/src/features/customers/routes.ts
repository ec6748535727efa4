import { Tags, Users } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/customers', name: 'customers', component: () => import('./CustomerList.vue'), meta: { permission: 'customer.read', title: 'customers.menu' } },
    { path: '/customers/:id', name: 'customer', component: () => import('./CustomerPage.vue'), props: true, meta: { permission: 'customer.read', title: 'customers.profile' } },
    { path: '/tags', name: 'tags', component: () => import('./TagPage.vue'), meta: { permission: 'customer.read', title: 'customers.tags.title' } },
  ],
  menu: [
    { group: 'customers', order: 10, label: 'customers.menu', icon: Users, to: '/customers', permission: 'customer.read' },
    { group: 'customers', order: 30, label: 'customers.tags.title', icon: Tags, to: '/tags', permission: 'customer.read' },
  ],
};
export default feature;
