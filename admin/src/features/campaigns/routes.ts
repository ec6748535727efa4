import { Send } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/campaigns', name: 'campaigns', component: () => import('./CampaignList.vue'), meta: { title: 'campaigns.title', permission: 'campaign.read' } },
    { path: '/campaigns/new', name: 'campaign-new', component: () => import('./CampaignEdit.vue'), meta: { title: 'campaigns.new', permission: 'campaign.manage' } },
    { path: '/campaigns/:id', name: 'campaign', component: () => import('./CampaignPage.vue'), props: true, meta: { title: 'campaigns.title', permission: 'campaign.read' } },
    { path: '/campaigns/:id/edit', name: 'campaign-edit', component: () => import('./CampaignEdit.vue'), props: true, meta: { title: 'campaigns.edit', permission: 'campaign.manage' } },
  ],
  menu: [{ group: 'marketing', order: 0, label: 'campaigns.menu', icon: Send, to: '/campaigns', permission: 'campaign.read' }],
};
export default feature;
