import { UserRoundCog } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./SignIn.vue'), meta: { isPublic: true, title: 'staff.signIn.title' } },
    { path: '/sign-up', name: 'sign-up', component: () => import('./SignUp.vue'), meta: { isPublic: true, title: 'staff.signUp.title' } },
    { path: '/invitation/:token', name: 'accept-invitation', component: () => import('./AcceptInvitation.vue'), meta: { isPublic: true, title: 'staff.accept.title' } },
    { path: '/staff', name: 'staff', component: () => import('./StaffPage.vue'), meta: { permission: 'staff.read', title: 'staff.menu' } },
  ],
  menu: [{ group: 'settings', order: 20, label: 'staff.menu', icon: UserRoundCog, to: '/staff', permission: 'staff.read' }],
};
export default feature;
