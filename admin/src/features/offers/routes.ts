import { Gift } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/offers', name: 'offers', component: () => import('./OfferList.vue'), meta: { title: 'offers.title', permission: 'offer.read' } },
    { path: '/offers/new', name: 'offer-new', component: () => import('./OfferEdit.vue'), meta: { title: 'offers.new', permission: 'offer.manage' } },
    { path: '/offers/:id', name: 'offer', component: () => import('./OfferPage.vue'), props: true, meta: { title: 'offers.title', permission: 'offer.read' } },
    { path: '/offers/:id/edit', name: 'offer-edit', component: () => import('./OfferEdit.vue'), props: true, meta: { title: 'offers.edit', permission: 'offer.manage' } },
  ],
  menu: [{ group: 'marketing', order: 20, label: 'offers.menu', icon: Gift, to: '/offers', permission: 'offer.read' }],
};
export default feature;
