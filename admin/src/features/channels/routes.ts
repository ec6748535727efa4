import { Plug } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/channels', name: 'channels', component: () => import('./ChannelList.vue'), meta: { permission: 'channel.read', title: 'channels.menu' } },
    { path: '/channels/new', name: 'channel-new', component: () => import('./ChannelConnect.vue'), meta: { permission: 'channel.manage', title: 'channels.connect.title' } },
    { path: '/channels/authorised', name: 'channel-authorised', component: () => import('./AuthorisationReturn.vue'), meta: { permission: 'channel.manage', title: 'authorisation.returning' } },
    { path: '/channels/:id', name: 'channel', component: () => import('./ChannelPage.vue'), props: true, meta: { permission: 'channel.read', title: 'channels.menu' } },
    { path: '/channels/:id/setup', name: 'channel-setup', component: () => import('./ChannelSetup.vue'), props: true, meta: { permission: 'channel.manage', title: 'channels.connect.title' } },
  ],
  menu: [{ group: 'settings', order: 10, label: 'channels.menu', icon: Plug, to: '/channels', permission: 'channel.read' }],
};
export default feature;
